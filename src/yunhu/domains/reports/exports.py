"""Reports for export, and for mail: every line of one report."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.exports.public import Batch, CellKind, Column, Door, ListOffer, Offer, unchanged
from yunhu.domains.identity.public import Scope
from yunhu.domains.reports import figures
from yunhu.domains.reports.rules import By, Kind, Narrowed, Question, Span, check_span, source_of
from yunhu.domains.reports.schemas import CallFigures, CountFigures
from yunhu.foundation.crypto import Vault

Word = Annotated[str, Meta(max_length=128)]
_WEEKDAYS = "一二三四五六日"


class ReportQuery(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"first": "from", "last": "to"},
):
    """What a report is asked for by, as its endpoint."""

    by: By = By.DAY
    first: date
    last: date
    script_id: UUID | None = None
    scenario_id: UUID | None = None
    caller_number: Word | None = None
    result: Word | None = None
    matter: Word | None = None
    window: Word | None = None


def question_of(kind: Kind, query: ReportQuery) -> Question:
    """The question behind a query. Raises `RangeInvalidError`, `RangeTooLongError`, `SplitImpossibleError`."""
    question = Question(
        kind=kind,
        by=query.by,
        span=check_span(Span(query.first, query.last)),
        narrowed=Narrowed(
            script_id=query.script_id,
            scenario_id=query.scenario_id,
            state=query.result,
            number=query.caller_number,
            matter=query.matter,
            window=query.window,
        ),
    )
    source_of(question)
    return question


def _label(by: By, key: str, label: str) -> str:
    if by is By.WEEKDAY_HOUR:
        weekday, _, hour = key.partition("-")
        return f"周{_WEEKDAYS[int(weekday) - 1]} {hour}:00"
    return f"{key}:00" if by is By.HOUR_OF_DAY else label


def _call_cells(key: str, label: str, line: CallFigures) -> list[Any]:
    return [
        key,
        label,
        line.attempts,
        line.answered,
        line.answer_rate,
        line.talk_seconds,
        line.average_talk_seconds,
        line.average_ring_seconds,
        line.delivered,
        line.attempts_per_success,
        _told(line.by_result),
    ]


def _count_cells(key: str, label: str, line: CountFigures) -> list[Any]:
    return [key, label, line.total, line.delivered, line.delivery_rate, _told(line.by_state)]


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{word} {count}" for word, count in sorted(counts.items(), key=lambda item: -item[1]))


async def _read_calls(session: AsyncSession, tenant_id: UUID, query: ReportQuery, _: Any, __: int) -> Batch:
    report = await figures.call_report(session, [tenant_id], question_of(Kind.CALL, query))
    rows = [_call_cells(line.key, _label(query.by, line.key, line.label), line) for line in report.lines]
    return Batch([*rows, _call_cells("", "合计 Total", report.total)])


def _count_offer(kind: Kind, name: str, title_zh: str, title: str) -> Offer:
    async def read(session: AsyncSession, tenant_id: UUID, query: ReportQuery, _: Any, __: int) -> Batch:
        report = await figures.count_report(session, [tenant_id], question_of(kind, query))
        rows = [_count_cells(line.key, _label(query.by, line.key, line.label), line) for line in report.lines]
        return Batch([*rows, _count_cells("", "合计 Total", report.total)])

    return Offer(
        name=name,
        title_zh=title_zh,
        title=title,
        scope=Scope.REPORTS_READ,
        wire=ReportQuery,
        stored=ReportQuery,
        prepare=_checked(kind),
        columns=(
            Column("key", "统计项", "Key", width=26),
            Column("label", "名称", "Name", width=26),
            Column("total", "总数", "Total", CellKind.NUMBER, 10),
            Column("delivered", "送达数", "Delivered", CellKind.NUMBER, 10),
            Column("delivery_rate", "送达率", "Delivery rate", CellKind.NUMBER, 10),
            Column("by_state", "各状态数量", "By state", width=60),
        ),
        read=read,
    )


def _checked(kind: Kind) -> Any:
    def prepare(query: ReportQuery, vault: Vault) -> Any:
        question_of(kind, query)
        return unchanged(query, vault)

    return prepare


CALL_REPORT = Offer(
    name="report_calls",
    title_zh="通话报表",
    title="Report of calls",
    scope=Scope.REPORTS_READ,
    wire=ReportQuery,
    stored=ReportQuery,
    prepare=_checked(Kind.CALL),
    columns=(
        Column("key", "统计项", "Key", width=26),
        Column("label", "名称", "Name", width=26),
        Column("attempts", "呼叫次数", "Attempts", CellKind.NUMBER, 10),
        Column("answered", "接通次数", "Answered", CellKind.NUMBER, 10),
        Column("answer_rate", "接通率", "Answer rate", CellKind.NUMBER, 10),
        Column("talk_seconds", "通话总时长(秒)", "Talk seconds", CellKind.NUMBER, 14),
        Column("average_talk_seconds", "平均通话时长(秒)", "Average talk seconds", CellKind.NUMBER, 16),
        Column("average_ring_seconds", "平均振铃时长(秒)", "Average ring seconds", CellKind.NUMBER, 16),
        Column("delivered", "送达通知数", "Delivered", CellKind.NUMBER, 12),
        Column("attempts_per_success", "每次成功呼叫数", "Attempts per success", CellKind.NUMBER, 14),
        Column("by_result", "各结果数量", "By result", width=60),
    ),
    read=_read_calls,
)
NOTIFICATION_REPORT = _count_offer(
    Kind.NOTIFICATION, "report_notifications", "通知报表", "Report of notifications"
)
MESSAGE_REPORT = _count_offer(Kind.MESSAGE, "report_messages", "短信报表", "Report of text messages")
REPORTS = (CALL_REPORT, NOTIFICATION_REPORT, MESSAGE_REPORT)
_REPORTS = {offer.name: offer.title_zh for offer in REPORTS}
SCHEDULES = ListOffer(
    name="report_schedules",
    title_zh="定时报表",
    title="Mailed reports",
    tenant=Door("/reports/schedules", Scope.REPORTS_SCHEDULE, paged=False),
    columns=(
        Column("name", "名称", "Name", width=24),
        Column("report", "报表", "Report", words=_REPORTS),
        Column("every", "周期", "Every", width=8, words={"day": "每天", "week": "每周", "month": "每月"}),
        Column("on_day", "第几天", "On day", CellKind.NUMBER, 8),
        Column("hour", "时刻", "Hour", CellKind.NUMBER, 8),
        Column("recipients", "收件人", "Recipients", width=40),
        Column("enabled", "启用", "Enabled", width=8),
        Column("next_due_at", "下次发送", "Next at", CellKind.MOMENT, 20),
        Column("created_by", "创建人", "Made by"),
        Column("created_at", "创建时间", "Made at", CellKind.MOMENT, 20),
        Column("id", "编号", "Id", width=38),
    ),
)
OFFERS = (
    *REPORTS,
    SCHEDULES,
)
