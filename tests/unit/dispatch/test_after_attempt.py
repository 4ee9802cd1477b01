"""What follows an attempt."""

from datetime import UTC, datetime, timedelta

import pytest

from yunhu.domains.notifications.lifecycle import Attempted, after_attempt
from yunhu.domains.notifications.plans import RetryRule
from yunhu.domains.notifications.public import DeliveryPlan, NotificationState
from yunhu.telephony.port import ResultClass

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PLAN = DeliveryPlan(
    retries={
        ResultClass.BUSY: RetryRule(after_seconds=30, at_most=1),
        ResultClass.NO_ANSWER: RetryRule(after_seconds=60, at_most=2),
    }
)


def ended(**changes: object) -> Attempted:
    values = {
        "attempts": 1,
        "deadline": NOW + timedelta(minutes=3),
        "stop_reason": None,
        "plan": PLAN,
        **changes,
    }
    return Attempted(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("result", "changes", "state", "wait"),
    [
        (ResultClass.ANSWERED, {}, NotificationState.DELIVERED, None),
        (ResultClass.ANSWERED, {"stop_reason": "superseded"}, NotificationState.DELIVERED, None),
        (ResultClass.UNKNOWN, {}, NotificationState.UNKNOWN, None),
        (ResultClass.UNKNOWN, {"stop_reason": "cancelled"}, NotificationState.UNKNOWN, None),
        (ResultClass.BUSY, {}, NotificationState.PENDING, 30),
        (ResultClass.BUSY, {"attempts": 2}, NotificationState.FAILED, None),
        (ResultClass.NO_ANSWER, {"attempts": 2}, NotificationState.PENDING, 60),
        (ResultClass.NO_ANSWER, {"attempts": 3}, NotificationState.FAILED, None),
        (ResultClass.NO_ANSWER, {"deadline": NOW + timedelta(seconds=60)}, NotificationState.EXPIRED, None),
        (ResultClass.REJECTED, {}, NotificationState.FAILED, None),
        (ResultClass.NO_SUCH_NUMBER, {}, NotificationState.FAILED, None),
        (ResultClass.CANCELLED, {"stop_reason": "superseded"}, NotificationState.SUPERSEDED, None),
        (ResultClass.CANCELLED, {"stop_reason": "cancelled"}, NotificationState.CANCELLED, None),
        (ResultClass.CANCELLED, {"stop_reason": "refused"}, NotificationState.REFUSED, None),
        (ResultClass.CANCELLED, {}, NotificationState.PENDING, 0),
        (ResultClass.BUSY, {"stop_reason": "superseded"}, NotificationState.SUPERSEDED, None),
    ],
)
def test_given_an_ending_when_decided_then_the_notification_goes_where_the_plan_says(
    result: ResultClass, changes: dict[str, object], state: NotificationState, wait: int | None
) -> None:
    following = after_attempt(ended(**changes), result, NOW)
    assert following.state is state
    assert following.due_at == (None if wait is None else NOW + timedelta(seconds=wait))
