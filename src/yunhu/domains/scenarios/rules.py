"""Whether a plan stays within what was filed (rows C3, C4). Pure."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from yunhu.domains.filings.public import CallPlan, FiledTerms
from yunhu.domains.notifications.public import Purpose, ScenarioPlan, TimeWindow, scripts_used
from yunhu.domains.scripts.public import Channel

_DAYS = ("一", "二", "三", "四", "五", "六", "日")


class FilingFault(msgspec.Struct, frozen=True, kw_only=True):
    """One place of a plan that goes beyond the filing."""

    pointer: str
    """JSON pointer into the plan."""
    rule: str
    """`filing_in_force`, `filed_purpose`, `filed_window`, `filed_frequency`: as the gate names them."""
    message: str
    message_zh: str


def filing_faults(plan: ScenarioPlan, filed: Mapping[str, FiledTerms]) -> list[FilingFault]:
    """Everything that the gate would hold against the plan's notifications later."""
    faults: list[FilingFault] = []
    for place, slug, channel in scripts_used(plan):
        pointer = "/" + place.replace(".", "/")
        terms = filed.get(slug)
        if terms is None:
            faults.append(_not_filed(pointer, slug))
            continue
        purpose = Purpose.NEAR_TURN if place.startswith("near_turn") else Purpose.YOUR_TURN
        if place.endswith("turn.script"):
            faults += _purpose_faults(pointer, slug, purpose, terms)
            faults += _window_faults(plan.windows, terms.plan, slug)
            if channel is Channel.VOICE:
                faults += _frequency_faults(plan, terms.plan, slug)
    return list(dict.fromkeys(faults))


def uncovered(window: TimeWindow, filed: Iterable[TimeWindow]) -> list[int]:
    """Weekdays on which some minute of the window lies outside all of the filed ones."""
    return [day for day in window.days if not _covers(window, [one for one in filed if day in one.days])]


def _covers(window: TimeWindow, filed: Sequence[TimeWindow]) -> bool:
    # "HH:MM" compares as text, "24:00" included.
    reached = window.start
    for one in sorted(filed, key=lambda one: one.start):
        if one.start <= reached < one.end:
            reached = one.end
    return reached >= window.end


def _not_filed(pointer: str, slug: str) -> FilingFault:
    return FilingFault(
        pointer=pointer,
        rule="filing_in_force",
        message=f"no filing in force holds the script {slug!r}",
        message_zh=f"话术“{slug}”没有生效的备案",
    )


def _purpose_faults(pointer: str, slug: str, purpose: Purpose, terms: FiledTerms) -> Iterable[FilingFault]:
    if purpose not in terms.purposes:
        yield FilingFault(
            pointer=pointer,
            rule="filed_purpose",
            message=f"the script {slug!r} was not filed for the purpose {purpose.value}",
            message_zh=f"话术“{slug}”的备案用途不包括“{purpose.value}”",
        )


def _window_faults(windows: Sequence[TimeWindow], filed: CallPlan, slug: str) -> Iterable[FilingFault]:
    for at, window in enumerate(windows):
        days = uncovered(window, filed.windows)
        if days:
            named = ", ".join(str(day) for day in days)
            named_zh = "、".join(f"周{_DAYS[day - 1]}" for day in days)
            yield FilingFault(
                pointer=f"/windows/{at}",
                rule="filed_window",
                message=f"{window.start}-{window.end} on weekday {named} lies outside the hours filed for {slug!r}",
                message_zh=f"{named_zh} {window.start}—{window.end} 超出话术“{slug}”备案的时段",
            )
    if not windows:
        always = TimeWindow(days=(1, 2, 3, 4, 5, 6, 7), start="00:00", end="24:00")
        if uncovered(always, filed.windows):
            yield FilingFault(
                pointer="/windows",
                rule="filed_window",
                message=f"no window means day and night, which was not filed for {slug!r}",
                message_zh=f"不设时段即全天，超出话术“{slug}”备案的时段",
            )


def _frequency_faults(plan: ScenarioPlan, filed: CallPlan, slug: str) -> Iterable[FilingFault]:
    for result, rule in plan.retries.items():
        pointer = f"/retries/{result.value}"
        if 1 + rule.at_most > filed.calls_per_callee:
            yield FilingFault(
                pointer=f"{pointer}/at_most",
                rule="filed_frequency",
                message=f"{1 + rule.at_most} calls to one person; {filed.calls_per_callee} a day were filed for {slug!r}",
                message_zh=f"对同一人最多拨打{1 + rule.at_most}次，话术“{slug}”备案为每日{filed.calls_per_callee}次",
            )
        if rule.after_seconds < filed.minutes_between_calls * 60:
            yield FilingFault(
                pointer=f"{pointer}/after_seconds",
                rule="filed_frequency",
                message=f"{rule.after_seconds} s between calls; {filed.minutes_between_calls} min were filed for {slug!r}",
                message_zh=f"间隔{rule.after_seconds}秒，话术“{slug}”备案为{filed.minutes_between_calls}分钟",
            )
