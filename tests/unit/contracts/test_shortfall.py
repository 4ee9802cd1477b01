"""What counts as capacity that was not supplied (row C13)."""

from typing import Any

import pytest

from yunhu.domains.contracts.shortfall import Missed, missed_by
from yunhu.domains.contracts.words import ItemKind, ShortfallKind

GRANTED = {ItemKind.ROBOT: 2, ItemKind.CALLER_NUMBER: 40}


def lost(reason: str, *findings: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
    told = [{"rule": rule, "outcome": outcome, "saw": saw} for rule, outcome, saw in findings]
    return {"reason": reason, "verdict": {"outcome": "refused", "findings": told}}


@pytest.mark.parametrize(
    ("payload", "missed"),
    [
        (
            lost("robot_free", ("robot_free", "refused", {"robots": 1, "free": 0})),
            Missed(ShortfallKind.ROBOT, 2, 1),
        ),
        (
            lost("robot_free", ("robot_free", "refused", {"robots": 2, "free": 0})),
            None,
        ),  # all supplied, all busy
        (
            lost("caller_number_free", ("caller_number_free", "refused", {"usable": 0, "free": 0})),
            Missed(ShortfallKind.TRUNK, 40, 0),
        ),
        (
            lost("caller_number_free", ("caller_number_free", "refused", {"usable": 12, "free": 0})),
            Missed(ShortfallKind.CALLER_NUMBER, 40, 12),
        ),
        (lost("caller_number_free", ("caller_number_free", "refused", {"usable": 40, "free": 0})), None),
        (
            lost("trunk_free", ("trunk_free", "refused", {"free": 40, "on_open_trunks": 0})),
            Missed(ShortfallKind.TRUNK, 40, 0),
        ),
        (
            lost(
                "robot_free",
                ("robot_free", "refused", {"robots": 0}),
                ("callee_refusal", "refused", {}),
            ),
            None,  # it would not have been spoken with all the robots in the world
        ),
        (lost("deadline", ("deadline", "refused", {})), None),
        ({"reason": "robot_free"}, None),
        ({"reason": ["robot_free"]}, None),
        ({}, None),
        (lost("robot_free", ("robot_free", "refused", {"robots": "two"})), None),
    ],
)
def test_given_a_lost_notification_when_judged_then_only_missing_capacity_counts(
    payload: dict[str, Any], missed: Missed | None
) -> None:
    assert missed_by(payload, GRANTED) == missed
