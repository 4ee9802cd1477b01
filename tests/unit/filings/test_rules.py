"""Who may decide, what may be submitted, and what the gate says."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest
from tests.support.filings.builders import WIDE_PLAN, content_for

from yunhu.domains.filings.errors import SamePersonError, ValidityInvalidError
from yunhu.domains.filings.faults import FaultCode, fault
from yunhu.domains.filings.gate import (
    FilingFacts,
    filed_frequency,
    filed_numbers,
    filed_volume,
    filed_window,
    filing_in_force,
)
from yunhu.domains.filings.rules import (
    FiledWording,
    Validity,
    check_reviewer,
    content_faults,
    content_hash,
    force_of,
)
from yunhu.domains.notifications.public import TimeWindow
from yunhu.domains.scripts.public import Channel
from yunhu.foundation.actor import Actor, ActorKind
from yunhu.foundation.calendar import WorkingCalendar
from yunhu.foundation.verdicts import Asked, Outcome

NOW = datetime(2026, 2, 9, 2, 0, tzinfo=UTC)
ANNA, BO = Actor(ActorKind.USER, "anna", uuid4()), Actor(ActorKind.USER, "bo", uuid4())
IN_FORCE = FilingFacts(
    filing_version_id=uuid4(),
    text_hash="a" * 64,
    wording_hash="a" * 64,
    purposes=("your_turn",),
    plan=WIDE_PLAN,
    calls_today=0,
    messages_today=0,
    callee_calls=0,
    callee_messages=0,
    callee_last_call=None,
    numbers_outside=False,
)


def facts(**changes) -> FilingFacts:
    return msgspec.structs.replace(IN_FORCE, **changes)


def asked(channel: str = "voice", purpose: str = "your_turn") -> Asked:
    return Asked(now=NOW, channel=channel, purpose=purpose, deadline=NOW + timedelta(minutes=3))


@pytest.mark.parametrize(
    ("reviewer", "drafters", "submitter", "refused"),
    [
        (ANNA, [BO], BO, False),
        (ANNA, [ANNA], BO, True),
        (ANNA, [BO, ANNA], BO, True),
        (ANNA, [BO], ANNA, True),
        (Actor(ActorKind.USER, "renamed", ANNA.id), [ANNA], None, True),
        (Actor(ActorKind.COMMAND, "x"), [Actor(ActorKind.COMMAND, "x")], None, True),
        (Actor(ActorKind.COMMAND, "x"), [Actor(ActorKind.COMMAND, "y")], None, False),
        (Actor(ActorKind.USER, "anna", uuid4()), [ANNA], None, False),
    ],
)
def test_given_a_reviewer_when_checked_then_two_different_people_are_needed(
    reviewer: Actor, drafters: list[Actor], submitter: Actor | None, refused: bool
) -> None:
    if not refused:
        check_reviewer(reviewer, drafters, submitter)
        return
    with pytest.raises(SamePersonError):
        check_reviewer(reviewer, drafters, submitter)


def wording(slug: str = "a", channel: Channel = Channel.VOICE) -> FiledWording:
    return FiledWording(uuid4(), uuid4(), slug, channel)


def test_given_a_package_when_nothing_is_wrong_then_no_faults() -> None:
    one = wording()

    assert content_faults(content_for([one.version_id]), [one]) == []


def test_given_packages_with_one_fault_each_when_checked_then_it_is_named() -> None:
    one, text = wording(), wording("b", Channel.SMS)
    other = msgspec.structs.replace(one, version_id=uuid4())
    silent = msgspec.structs.replace(WIDE_PLAN, daily_calls=0, daily_messages=0)
    backwards = msgspec.structs.replace(
        WIDE_PLAN, windows=(TimeWindow(days=(1,), start="18:00", end="08:00"),)
    )
    cases = [
        (content_for([one.version_id, uuid4()]), [one], FaultCode.SCRIPT_UNKNOWN, "1"),
        (content_for([one.version_id, one.version_id]), [one], FaultCode.SCRIPT_REPEATED, ""),
        (
            content_for([one.version_id, other.version_id]),
            [one, other],
            FaultCode.WORDINGS_OF_ONE_SCRIPT,
            one.slug,
        ),
        (content_for([one.version_id], silent), [one], FaultCode.DAILY_CALLS_MISSING, ""),
        (content_for([text.version_id], silent), [text], FaultCode.DAILY_MESSAGES_MISSING, ""),
        (content_for([one.version_id], backwards), [one], FaultCode.WINDOW_BACKWARDS, "18:00-08:00"),
    ]
    for content, wordings, code, of in cases:
        told = {found.code: found for found in content_faults(content, wordings)}
        assert told[code].of == of
        assert of in told[code].message
        assert of in told[code].message_zh


def test_given_any_code_when_put_in_words_then_both_languages_have_their_own() -> None:
    for code in FaultCode:
        told = fault(code, "x1")
        assert "{}" not in told.message + told.message_zh
        assert told.message.isascii()
        assert not told.message_zh.isascii()


def test_given_the_same_package_in_another_order_when_hashed_then_the_hash_is_the_same() -> None:
    one, two = uuid4(), uuid4()

    assert content_hash(content_for([one, two])) == content_hash(content_for([two, one]))
    assert content_hash(content_for([one])) != content_hash(content_for([two]))


def test_given_a_validity_that_ends_within_the_notice_when_approved_then_refused_with_the_earliest_day() -> (
    None
):
    validity = Validity(NOW.date(), NOW.date() + timedelta(days=1))

    with pytest.raises(ValidityInvalidError) as caught:
        force_of(NOW, validity, WorkingCalendar(), notice=True)
    assert caught.value.details == {"earliest": "2026-02-11"}


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        (facts(), Outcome.ALLOWED),
        (facts(filing_version_id=None), Outcome.REFUSED),
        (facts(wording_hash="b" * 64), Outcome.REFUSED),
        (facts(purposes=("near_turn",)), Outcome.REFUSED),
    ],
)
def test_given_facts_when_asked_for_the_filing_then_only_this_wording_for_this_purpose(
    seen: FilingFacts, outcome: Outcome
) -> None:
    assert filing_in_force(seen, asked()).outcome is outcome


@pytest.mark.parametrize("rule", [filing_in_force, filed_window, filed_volume, filed_frequency])
def test_given_no_filing_when_asked_then_every_rule_refuses(rule) -> None:
    nothing = facts(filing_version_id=None, plan=None, purposes=None, text_hash=None, wording_hash=None)

    assert rule(nothing, asked()).outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("channel", "changes", "outcome"),
    [
        ("voice", {"calls_today": 999_999}, Outcome.ALLOWED),
        ("voice", {"calls_today": 1_000_000}, Outcome.DEFERRED),
        ("voice", {"messages_today": 1_000_000}, Outcome.ALLOWED),
        ("sms", {"messages_today": 1_000_000}, Outcome.DEFERRED),
        ("sms", {"plan": msgspec.structs.replace(WIDE_PLAN, daily_messages=0)}, Outcome.REFUSED),
    ],
)
def test_given_the_days_volume_when_asked_then_each_channel_has_its_own(channel, changes, outcome) -> None:
    assert filed_volume(facts(**changes), asked(channel)).outcome is outcome


@pytest.mark.parametrize(
    ("channel", "changes", "outcome"),
    [
        ("voice", {"callee_calls": 2}, Outcome.ALLOWED),
        ("voice", {"callee_calls": 3}, Outcome.DEFERRED),
        ("sms", {"callee_messages": 49}, Outcome.ALLOWED),
        ("sms", {"callee_messages": 50}, Outcome.DEFERRED),
    ],
)
def test_given_what_a_person_got_today_when_asked_then_no_more_than_filed(channel, changes, outcome) -> None:
    assert filed_frequency(facts(**changes), asked(channel)).outcome is outcome


def test_given_a_number_outside_the_filed_regions_when_asked_then_refused() -> None:
    assert filed_numbers(facts(), asked()).outcome is Outcome.ALLOWED
    assert filed_numbers(facts(numbers_outside=True), asked()).outcome is Outcome.REFUSED
