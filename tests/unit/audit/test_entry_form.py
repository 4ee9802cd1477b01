"""The hashed form of an entry: fixed for ever, and different for every difference."""

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunhu.domains.audit.canonical import EntryForm, canonical, entry_hash
from yunhu.domains.audit.cleaning import MOST_CHARACTERS, changed_fields, clean

FORM = EntryForm(
    chain=UUID(int=0),
    sequence=1,
    previous=bytes(32),
    kind="change",
    at=datetime(2026, 2, 9, 2, 0, 0, 5, tzinfo=UTC),
    actor_kind="user",
    actor_name="安",
    actor_id=None,
    action="a.b",
    subject_kind="a",
    subject_id="1",
    changes=[{"name": "n", "before": None, "after": "\u2028\n"}],
    reason="",
    address=None,
)


def test_given_an_entry_when_written_canonically_then_the_bytes_are_these() -> None:
    assert canonical(FORM).decode() == (
        '{"action":"a.b","actor_id":null,"actor_kind":"user","actor_name":"安","address":null,'
        '"at":"2026-02-09T02:00:00.000005+00:00","chain":"00000000-0000-0000-0000-000000000000",'
        '"changes":[{"after":"\u2028\\n","before":null,"name":"n"}],"form":1,"kind":"change",'
        f'"previous":"{"0" * 64}","reason":"","sequence":1,"subject_id":"1","subject_kind":"a"}}'
    )
    assert entry_hash(FORM).hex() == "c83338a386f0dd227124752d3a6884d209a15cc6b43ca5d032eabc72b11f07a2"


def test_given_another_zone_or_order_when_hashed_then_the_hash_is_the_same() -> None:
    same = msgspec.structs.replace(
        FORM,
        at=FORM.at.astimezone(timezone(timedelta(hours=8))),
        changes=[{"after": "\u2028\n", "name": "n", "before": None}],
    )
    assert entry_hash(same) == entry_hash(FORM)


@pytest.mark.parametrize("field", EntryForm.__struct_fields__)
def test_given_any_field_changed_when_hashed_then_the_hash_differs(field: str) -> None:
    other = {
        "chain": UUID(int=1),
        "sequence": 2,
        "previous": bytes(31) + b"\x01",
        "at": FORM.at + timedelta(microseconds=1),
        "actor_id": UUID(int=1),
        "changes": [],
    }
    changed = msgspec.structs.replace(FORM, **{field: other.get(field, "other")})
    assert entry_hash(changed) != entry_hash(FORM)


@given(st.text(max_size=50), st.text(max_size=50))
def test_given_any_text_when_written_then_it_is_json_and_no_two_texts_share_a_form(
    one: str, two: str
) -> None:
    first, second = (msgspec.structs.replace(FORM, reason=clean(text)) for text in (one, two))
    assert json.loads(canonical(first))["reason"] == clean(one)
    assert (entry_hash(first) == entry_hash(second)) == (clean(one) == clean(two))


@given(st.text(max_size=3000))
def test_given_any_text_when_cleaned_then_it_can_be_stored_and_cleaning_again_changes_nothing(
    text: str,
) -> None:
    cleaned = clean(text)
    assert len(cleaned) <= MOST_CHARACTERS
    assert "\x00" not in cleaned
    cleaned.encode()
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("call 13812345678 now", "call 138****5678 now"),
        ("+8613812345678", "+86138****5678"),
        ("号码13812345678。", "号码138****5678。"),
        ("order 138123456789", "order 138123456789"),
        ("0192b3f0-0000-7000-8000-13812345678a", "0192b3f0-0000-7000-8000-13812345678a"),
    ],
)
def test_given_a_mobile_number_in_text_when_cleaned_then_only_that_is_masked(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_given_values_of_every_kind_when_compared_then_they_are_text() -> None:
    after = {"a": UUID(int=0), "b": [1], "c": datetime(2026, 1, 1, tzinfo=UTC), "d": 5, "e": False, "f": None}
    assert {field["name"]: field["after"] for field in changed_fields(None, after)} == {
        "a": "00000000-0000-0000-0000-000000000000",
        "b": "[1]",
        "c": "2026-01-01T00:00:00Z",
        "d": "5",
        "e": "false",
    }
