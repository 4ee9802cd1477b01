"""What somebody has to look at now. The tables belong to other slices; this one reads a count of each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.reports.figures import Sums
from yunhu.domains.reports.schemas import Alarm, Quota

QUOTA_LOW = 0.1
"""Left of a period's quota: below this somebody should know."""
_TRUNK_TROUBLE = ("trunk_failure", "own_line_blocked", "congestion")
FEWEST_TROUBLED = 5
"""Calls of today that ended at our own or the carrier's trouble, before it is an alarm."""

OF_TENANTS = """
    SELECT 'service_suspended' AS code, count(*) AS count, min(asked_at) AS since
    FROM contract_suspensions WHERE tenant_id = ANY(CAST(:tenants AS uuid[])) AND state = 'standing'
    UNION ALL
    SELECT 'numbers_out', count(*) FILTER (WHERE state IN ('held', 'quarantined') OR cooling_until > :now), NULL
    FROM caller_numbers WHERE tenant_id = ANY(CAST(:tenants AS uuid[]))
    UNION ALL
    SELECT 'no_number_left', (count(*) > 0 AND
        count(*) FILTER (WHERE state = 'allocated' AND (cooling_until IS NULL OR cooling_until <= :now)) = 0)::int, NULL
    FROM caller_numbers WHERE tenant_id = ANY(CAST(:tenants AS uuid[])) AND state <> 'released'
    UNION ALL
    SELECT 'callbacks_paused', count(*), min(failing_since) FROM callback_endpoints
    WHERE tenant_id = ANY(CAST(:tenants AS uuid[])) AND state = 'paused'
    UNION ALL
    SELECT 'faults_open', count(*), min(created_at) FROM fault_reports
    WHERE tenant_id = ANY(CAST(:tenants AS uuid[])) AND state IN ('open', 'reopened')
    """
"""Rows of `code`, `count`, `since`; takes `tenants` and `now`."""
_OF_PLATFORM = text(
    """
    SELECT 'no_node' AS code, (count(*) = 0)::int AS count, NULL::timestamptz AS since FROM nodes
    WHERE state = 'running' AND heartbeat_at > clock_timestamp() - interval '15 seconds'
    """
)
_JOBS = text(
    "SELECT 'jobs_failing' AS code, count(*) AS count, min(last_success_at) AS since FROM jobs WHERE failures > 2"
)


class _Word(msgspec.Struct, frozen=True):
    severity: str
    title: str
    title_zh: str


_WORDS = {
    "no_node": _Word(
        "critical", "No call node is running: nothing is called", "没有运行中的呼叫节点，无法外呼"
    ),
    "service_suspended": _Word("critical", "Service is suspended", "服务已停机"),
    "no_number_left": _Word("critical", "No caller number can be shown", "没有可用的外显号码"),
    "quota_exhausted": _Word("critical", "A quota is used up", "额度已用尽"),
    "trunk_trouble": _Word("critical", "Calls fail at the trunk today", "今日外呼线路异常"),
    "numbers_out": _Word(
        "warning", "Caller numbers are held, quarantined or cooling", "有外显号码停用、隔离或冷却中"
    ),
    "callbacks_paused": _Word("warning", "Callbacks are paused", "回调已暂停"),
    "faults_open": _Word("warning", "Fault reports wait for an answer", "有障碍申报待答复"),
    "quota_low": _Word("warning", "Less than a tenth of a quota is left", "额度剩余不足一成"),
    "jobs_failing": _Word("warning", "Jobs of the product fail", "有后台作业连续失败"),
}


def told(found: Sequence[Mapping[str, Any]]) -> list[Alarm]:
    """Rows of `OF_TENANTS` as JSON."""
    return [
        _alarm(
            row["code"],
            row["count"],
            datetime.fromisoformat(row["since"]) if row["since"] is not None else None,
        )
        for row in found
    ]


async def of_platform(session: AsyncSession, *, for_operator: bool) -> list[Alarm]:
    """What concerns everybody; failing jobs are the operator's business."""
    found = _told(await session.execute(_OF_PLATFORM))
    return found + _told(await session.execute(_JOBS)) if for_operator else found


def of_figures(calls: Sums, quotas: Sequence[Quota]) -> list[Alarm]:
    """What today's figures say."""
    found = []
    troubled = sum(calls.by_state.get(result, 0) for result in _TRUNK_TROUBLE)
    if troubled >= FEWEST_TROUBLED:
        found.append(_alarm("trunk_trouble", troubled, None))
    metered = [quota for quota in quotas if quota.left is not None and quota.granted]
    exhausted = [quota for quota in metered if quota.left is not None and quota.left <= 0]
    low = [q for q in metered if q.left is not None and 0 < q.left < q.granted * QUOTA_LOW]
    for code, quotas_ in (("quota_exhausted", exhausted), ("quota_low", low)):
        if quotas_:
            found.append(_alarm(code, len(quotas_), None))
    return found


def ordered(alarms: Sequence[Alarm]) -> list[Alarm]:
    """The critical ones first."""
    return sorted(alarms, key=lambda alarm: (alarm.severity != "critical", alarm.code))


def _told(rows: Any) -> list[Alarm]:
    return [_alarm(row.code, row.count, row.since) for row in rows if row.count]


def _alarm(code: str, count: int, since: datetime | None) -> Alarm:
    word = _WORDS[code]
    return Alarm(
        code=code,
        severity=word.severity,
        count=count,
        since=since,
        title=word.title,
        title_zh=word.title_zh,
    )
