"""What a filing has to say about an outgoing notification (rows C3, C4). Pure rules over facts.

Cost of the facts: a handful of look-ups by index (the wording in force, its version, the counter of the day, what
the callee got today: at most 3 calls, some messages; one more for the menu and each confirmation). Nothing is counted
over a tenant's calls.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from yunhu.domains.filings.plan import CallPlan
from yunhu.domains.notifications.public import next_opening
from yunhu.domains.scripts.public import IN_FORCE
from yunhu.foundation.clock import day_start, natural_day
from yunhu.foundation.verdicts import Asked, Finding, GatePart, allowed, deferred, refused


class FilingFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules look at."""

    filing_version_id: UUID | None
    """The one approved version in force that has this very wording; none: nothing may leave."""
    text_hash: str | None
    """Of the wording as filed."""
    wording_hash: str | None
    """Of the wording as it would be used."""
    purposes: tuple[str, ...] | None
    plan: CallPlan | None
    calls_today: int
    messages_today: int
    """Of the filing."""
    callee_calls: int
    callee_messages: int
    """Of this person today, under the filing."""
    callee_last_call: datetime | None
    unfiled_prompts: int = 0
    """Menu and confirmations of the delivery plan that no filing holds now."""
    numbers_outside: bool
    """A caller number of the tenant can be shown that is not of a filed region."""


def filing_in_force(facts: FilingFacts, asked: Asked) -> Finding:
    """Exactly one approved filing holds this wording for this purpose now."""
    rule = "filing_in_force"
    if facts.filing_version_id is None:
        return refused(rule)
    saw = {"filing_version_id": str(facts.filing_version_id)}
    if facts.text_hash != facts.wording_hash:
        return refused(rule, **saw, reason="wording")
    if asked.purpose not in (facts.purposes or ()):
        return refused(rule, **saw, reason="purpose", purpose=str(asked.purpose))
    if facts.unfiled_prompts:
        return refused(rule, **saw, reason="prompts", unfiled=facts.unfiled_prompts)
    return allowed(rule, **saw, text_hash=facts.text_hash)


def filed_window(facts: FilingFacts, asked: Asked) -> Finding:
    """Inside the hours of the filed call plan; outside, deferred to the next opening."""
    rule = "filed_window"
    if facts.plan is None:
        return refused(rule, reason="no_plan")
    opening = next_opening(facts.plan.windows, asked.now)
    if opening is None:
        return refused(rule)
    return allowed(rule) if opening <= asked.now else deferred(rule, opening)


def filed_volume(facts: FilingFacts, asked: Asked) -> Finding:
    """Below the daily volume that was filed; `take_filed_volume` takes it."""
    rule = "filed_volume"
    if facts.plan is None:
        return refused(rule, reason="no_plan")
    voice = asked.channel == "voice"
    used = facts.calls_today if voice else facts.messages_today
    limit = facts.plan.daily_calls if voice else facts.plan.daily_messages
    if used < limit:
        return allowed(rule, used=used, filed=limit)
    if limit == 0:
        return refused(rule, used=used, filed=0)
    return deferred(rule, _tomorrow(asked.now), used=used, filed=limit)


def filed_frequency(facts: FilingFacts, asked: Asked) -> Finding:
    """Not more often to one person than was filed."""
    rule = "filed_frequency"
    if facts.plan is None:
        return refused(rule, reason="no_plan")
    voice = asked.channel == "voice"
    used = facts.callee_calls if voice else facts.callee_messages
    limit = facts.plan.calls_per_callee if voice else facts.plan.messages_per_callee
    if used >= limit:
        return deferred(rule, _tomorrow(asked.now), used=used, filed=limit)
    if voice and facts.callee_last_call is not None:
        rested = facts.callee_last_call + timedelta(minutes=facts.plan.minutes_between_calls)
        if rested > asked.now:
            return deferred(rule, rested, minutes_between_calls=facts.plan.minutes_between_calls)
    return allowed(rule, used=used, filed=limit)


def filed_numbers(facts: FilingFacts, _asked: Asked) -> Finding:
    """Every caller number that could be shown is of a filed region."""
    rule = "filed_numbers"
    return refused(rule) if facts.numbers_outside else allowed(rule)


def _tomorrow(now: datetime) -> datetime:
    return day_start(natural_day(now) + timedelta(days=1))


_SQL = f"""
    SELECT filed.filing_version_id, filed.text_hash, worded.text_hash AS wording_hash,
        filing.content -> 'purposes' AS purposes, filing.content -> 'plan' AS plan,
        coalesce(taken.calls, 0) AS calls_today, coalesce(taken.messages, 0) AS messages_today,
        coalesce(called.count, 0) AS callee_calls, called.last AS callee_last_call,
        coalesce(texted.count, 0) AS callee_messages,
        (SELECT count(*) FROM (
            SELECT to_jsonb(picked) -> 'plan' ->> 'menu_version_id' AS id
            UNION SELECT jsonb_path_query(to_jsonb(picked) -> 'plan', '$.keys[*].confirmation_version_id') #>> '{{}}'
         ) AS said
         WHERE said.id IS NOT NULL AND picked.channel = 'voice' AND NOT EXISTS (
            SELECT FROM filing_scripts AS filed JOIN script_versions AS worded ON worded.id = filed.script_version_id
            WHERE filed.script_version_id = CAST(said.id AS uuid) AND filed.tenant_id = picked.tenant_id
              AND {IN_FORCE})) AS unfiled_prompts,
        coalesce(jsonb_array_length(filing.content -> 'caller_regions'), 0) > 0 AND EXISTS (
            SELECT FROM caller_numbers AS number
            WHERE number.tenant_id = picked.tenant_id AND number.state = 'allocated'
              AND NOT filing.content -> 'caller_regions' ? number.region) AS numbers_outside
    FROM (SELECT) AS one
    LEFT JOIN (
        filing_scripts AS filed
        JOIN script_versions AS worded ON worded.id = filed.script_version_id
        JOIN filing_versions AS filing ON filing.id = filed.filing_version_id
    ) ON filed.script_version_id = picked.script_version_id AND filed.tenant_id = picked.tenant_id AND {IN_FORCE}
    LEFT JOIN filing_days AS taken ON taken.filing_id = filing.filing_id AND taken.day = :day
    LEFT JOIN LATERAL (
        SELECT count(*) AS count, max(placed.reserved_at) AS last FROM calls AS placed
        JOIN filing_versions AS its ON its.id = placed.filing_version_id
        WHERE picked.channel = 'voice' AND placed.callee_index = picked.callee_index AND placed.day = :day
          AND placed.tenant_id = picked.tenant_id AND its.filing_id = filing.filing_id
    ) AS called ON true
    LEFT JOIN LATERAL (
        SELECT count(*) AS count FROM sms_messages AS sent
        JOIN filing_versions AS its ON its.id = sent.filing_version_id
        WHERE picked.channel = 'sms' AND sent.callee_index = picked.callee_index
          AND sent.created_at >= CAST(:day AS date)::timestamp AT TIME ZONE 'Asia/Shanghai'
          AND sent.tenant_id = picked.tenant_id AND its.filing_id = filing.filing_id
    ) AS texted ON true
"""  # noqa: S608 constant text
_RULES = (filing_in_force, filed_window, filed_volume, filed_frequency)

GATE_PART = GatePart(
    name="filings",
    sql=_SQL,
    facts=FilingFacts,
    rules={"voice": (*_RULES, filed_numbers), "sms": _RULES},
)
