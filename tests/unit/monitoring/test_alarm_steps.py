"""What facts do to alarms."""

from datetime import UTC, datetime
from typing import Any

from yunhu.domains.monitoring.alarms import Clear, Raise, steps_for
from yunhu.foundation.ids import new_id
from yunhu.foundation.outbox import Event

NOW = datetime(2026, 2, 9, tzinfo=UTC)
TENANT, SUBJECT = new_id(), new_id()


def steps(type_: str, **payload: Any) -> list[Raise | Clear]:
    return steps_for(Event(TENANT, type_, SUBJECT, payload, NOW))


def raised(type_: str, **payload: Any) -> Raise:
    (found,) = [step for step in steps(type_, **payload) if isinstance(step, Raise)]
    return found


def cleared(type_: str, **payload: Any) -> tuple[str, ...]:
    return next((step.keys for step in steps(type_, **payload) if isinstance(step, Clear)), ())


def test_given_two_levels_of_a_quota_when_told_then_two_alarms_and_the_same_level_is_one() -> None:
    at_80 = raised("quota.alarm", kind="voice_notification", percent=80, used=8, quota=10)
    assert at_80.key == raised("quota.alarm", kind="voice_notification", percent=80, used=9, quota=10).key
    assert at_80.key != raised("quota.alarm", kind="voice_notification", percent=95, used=10, quota=10).key
    assert at_80.detail == {"kind": "voice_notification", "percent": 80, "used": 8, "quota": 10}


def test_given_a_suspension_when_it_follows_its_proposal_then_the_proposal_is_cleared_first() -> None:
    proposed = raised("contract.suspension_proposed", number="C-1", cause="complaints")
    following = steps("contract.suspended", number="C-1", cause="complaints")
    assert isinstance(following[0], Clear)
    assert proposed.key in following[0].keys
    standing = raised("contract.suspended", number="C-1", cause="complaints")
    assert standing.key in cleared("contract.suspension_lifted", number="C-1", cause="complaints")
    assert standing.key not in cleared("contract.suspension_lifted", number="C-1", cause="unpaid")


def test_given_a_late_answer_when_it_comes_then_the_fault_is_no_longer_an_alarm() -> None:
    assert raised("fault.overdue", reference="F-1").key in cleared("fault.answered")
    assert raised("complaint.overdue", reference="K-1").key in cleared("complaint.closed")
    assert raised("support_visit.overdue", due_on="2026-02-09").key in cleared("support_visit.done")


def test_given_an_incident_that_was_not_reported_when_only_answered_then_it_stays() -> None:
    assert raised("fault.report_overdue", reference="F-1").key not in cleared("fault.answered")
    assert raised("fault.report_overdue", reference="F-1").key in cleared("fault.resolved")


def test_given_what_is_no_trouble_when_told_then_nothing_happens() -> None:
    assert steps("notification.delivered", state="delivered") == []
    hidden = raised("complaint.overdue", reference="K-1", text="what the visitor said")
    assert "text" not in hidden.detail


def test_given_a_second_complaint_of_the_month_when_the_threshold_is_told_again_then_it_is_one_alarm() -> (
    None
):
    first = raised("complaint.threshold_reached", month="2026-02-01", counted=1, threshold=1)
    other = steps_for(
        Event(TENANT, "complaint.threshold_reached", new_id(), {"month": "2026-02-01", "counted": 2}, NOW)
    )
    assert [step.key for step in other if isinstance(step, Raise)] == [first.key]
