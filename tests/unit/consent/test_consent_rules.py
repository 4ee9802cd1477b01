"""What stands, what the gate says, and when times contradict each other."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from yunhu.domains.consent.errors import ConsentTimesError
from yunhu.domains.consent.evidence import CLOCK_SKEW, check_times, stands
from yunhu.domains.consent.gate import GATE_PART, ConsentFacts
from yunhu.domains.consent.models import Consent
from yunhu.foundation.verdicts import Asked, Outcome

NOW = datetime(2026, 2, 9, 2, 0, tzinfo=UTC)
TODAY = date(2026, 2, 9)


def consent(**changes) -> Consent:
    values = {"given_at": NOW - timedelta(days=1), "valid_until": None, "withdrawn_at": None}
    return Consent(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"valid_until": TODAY}, True),
        ({"valid_until": TODAY - timedelta(days=1)}, False),
        ({"withdrawn_at": NOW}, False),
        ({"given_at": NOW + timedelta(seconds=1)}, False),
    ],
)
def test_given_evidence_when_asked_today_then_it_stands_or_not(changes, holds):
    assert stands(consent(**changes), NOW) is holds


def test_given_a_last_day_when_it_ends_in_china_then_evidence_ends_with_it():
    midnight = datetime(2026, 2, 9, 16, 0, tzinfo=UTC)
    assert stands(consent(valid_until=TODAY), midnight - timedelta(seconds=1))
    assert not stands(consent(valid_until=TODAY), midnight)


@pytest.mark.parametrize(
    ("given_at", "valid_until", "field"),
    [
        (NOW + CLOCK_SKEW + timedelta(seconds=1), None, "given_at"),
        (NOW, TODAY - timedelta(days=1), "valid_until"),
    ],
)
def test_given_impossible_times_when_checked_then_the_field_is_named(given_at, valid_until, field):
    with pytest.raises(ConsentTimesError) as caught:
        check_times(given_at, valid_until, NOW)
    assert caught.value.details["field"] == field


@pytest.mark.parametrize("channel", ["voice", "sms"])
@pytest.mark.parametrize(
    ("consent_id", "refuses_all", "refusing"),
    [
        (UUID(int=1), False, []),
        (None, False, ["consent"]),
        (UUID(int=1), True, ["platform_refusal"]),
        (None, True, ["platform_refusal", "consent"]),
    ],
)
def test_given_facts_when_the_gate_asks_then_only_evidence_without_a_refusal_passes(
    channel, consent_id, refuses_all, refusing
):
    seen = ConsentFacts(consent_id=consent_id, source="kiosk", valid_until=None, refuses_all=refuses_all)
    asked = Asked(now=NOW, channel=channel, purpose="your_turn", deadline=NOW + timedelta(minutes=5))
    findings = [rule(seen, asked) for rule in GATE_PART.rules[channel]]
    assert [found.rule for found in findings if found.outcome is Outcome.REFUSED] == refusing
