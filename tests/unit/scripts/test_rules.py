"""What may be filed, and how it is named by its content."""

import hashlib

import pytest

from yunhu.domains.scripts.models import Channel
from yunhu.domains.scripts.rules import MAX_TEXT, faults_of, text_hash
from yunhu.speech.reading import Slot, SlotKind

WINDOW = Slot("window", SlotKind.WINDOW)


@pytest.mark.parametrize(
    ("text", "slots", "expected"),
    [
        ("请到{window}号窗口", (WINDOW,), []),
        ("请到{window}号窗口", (), ["placeholder {window} is not declared as a slot"]),
        ("请到窗口", (WINDOW,), ["slot 'window' is declared but the text does not use it"]),
        ("请到{window}", (WINDOW, WINDOW), ["slot 'window' is declared 2 times"]),
        ("请到{window", (WINDOW,), ["a brace at position 3 is not part of a {name} placeholder"]),
        ("  ", (), ["the text is empty"]),
        ("一\u200b二", (), ["the text holds an invisible character at position 2"]),
        (
            "{window}",
            (Slot("window", SlotKind.WINDOW, 13),),
            ["slot 'window' may be 1 to 12 characters long, not 13"],
        ),
        ("长" * (MAX_TEXT + 1), (), [f"the text has {MAX_TEXT + 1} characters; {MAX_TEXT} can be filed"]),
    ],
)
def test_given_a_wording_when_checked_then_every_fault_is_a_sentence(text, slots, expected):
    assert faults_of(text, slots, Channel.VOICE) == expected


def test_given_several_faults_when_checked_then_all_are_told_at_once():
    assert len(faults_of("{a}{b}\u200b", (WINDOW,), Channel.SMS)) == 4


def test_given_a_line_break_when_checked_then_only_sms_may_have_it():
    assert faults_of("一\n二", (), Channel.SMS) == []
    assert len(faults_of("一\n二", (), Channel.VOICE)) == 1


def test_given_a_known_script_when_hashed_then_it_is_the_sha256_of_canonical_json():
    canonical = '{"slots":[{"kind":"window","max_length":12,"name":"window"}],"text":"到{window}号"}'

    assert text_hash("到{window}号", (WINDOW,)) == hashlib.sha256(canonical.encode()).hexdigest()


def test_given_slots_in_another_order_when_hashed_then_the_hash_is_the_same():
    other = Slot("name", SlotKind.NAME)

    assert text_hash("{window}{name}", (WINDOW, other)) == text_hash("{window}{name}", (other, WINDOW))


@pytest.mark.parametrize("slot", [Slot("window", SlotKind.TEXT), Slot("window", SlotKind.WINDOW, 3)])
def test_given_another_kind_or_length_when_hashed_then_the_hash_differs(slot):
    assert text_hash("{window}", (slot,)) != text_hash("{window}", (WINDOW,))
