"""One visit while a batch of its events is judged, in the order in which they happened."""

from collections.abc import Collection, Mapping
from uuid import UUID

import msgspec

from yunhu.domains.notifications.consents import Evidence, kiosk_evidence
from yunhu.domains.notifications.create import DEFAULT_PRIORITY, Draft
from yunhu.domains.notifications.events import PROMPTS_CHANNEL
from yunhu.domains.notifications.intake_events import Incoming
from yunhu.domains.notifications.intake_parameters import SlotChecker, Unfilled, known_values
from yunhu.domains.notifications.intake_scenarios import LoadedScenario
from yunhu.domains.notifications.repository_intake import JourneyRow
from yunhu.domains.notifications.repository_record import Record
from yunhu.domains.notifications.rules import (
    Decision,
    EventFacts,
    JourneyFacts,
    Reason,
    announced,
    judge,
    withdrawn,
)
from yunhu.domains.notifications.schemas import AnswerStatus, CreatedNotification, EventAnswer, NotCreated
from yunhu.domains.notifications.states import JourneyState, QueueEventKind
from yunhu.domains.scripts.public import Channel
from yunhu.foundation.crypto import SealedPhone, Vault
from yunhu.foundation.ids import new_id


class Tools(msgspec.Struct, frozen=True):
    """What judging needs besides the facts."""

    vault: Vault
    checker: SlotChecker
    record: Record
    tenant_id: UUID
    refused: Collection[bytes]
    """Blind indexes of people who want no more calls and texts."""


class Visit:
    """Judges events one after the other and remembers what they lead to."""

    def __init__(
        self, row: JourneyRow, scenario: LoadedScenario | None, tools: Tools, *, is_new: bool
    ) -> None:
        self.id = row.id
        self.is_new = is_new
        """Whether it begins with this batch."""
        self.drafts: list[Draft] = []
        self.overtaken: list[UUID] = []
        """Drafts of this very batch that a later event of it made pointless."""
        self.superseded_by: EventAnswer | None = None
        """The answer of the event that superseded what was open before the batch."""
        self.consent: Evidence | None = None
        """What the visitor said by leaving a phone number, in this batch."""
        self._row = row
        self._scenario = scenario
        self._tools = tools
        self._sealed = _sealed_in(row)
        self._facts = JourneyFacts(
            state=JourneyState(row.state),
            judged_at=row.judged_at,
            calls_announced=row.calls_announced,
            near_announced=row.near_announced,
            matter=row.matter,
            window=row.window,
            ahead=row.ahead,
            has_phone=self._sealed is not None,
        )

    def judge(self, event: Incoming) -> EventAnswer:
        """Decide about one event; call it in the order of `occurred_at`."""
        said = event.said
        facts = EventFacts(
            kind=said.event,
            occurred_at=event.occurred_at,
            matter=said.matter,
            window=said.window,
            ahead=said.ahead,
            has_phone=event.phone is not None,
        )
        plan = self._scenario.plan if self._scenario else None
        decision = judge(self._facts, facts, plan, self._tools.record.now)
        self._learn_phone(event, newer=decision.ignored is None)
        decision, parameter = self._fill(decision, event)
        answer = EventAnswer(
            event_id=said.event_id,
            status=AnswerStatus.ACCEPTED if decision.ignored is None else AnswerStatus.IGNORED,
            reason=decision.ignored,
            journey_id=self.id,
            created=[],
            superseded=[],
            not_created=_not_created(decision, parameter),
        )
        if decision.announce is not None:
            draft = self.drafts[-1]
            answer.created.append(CreatedNotification(draft.id, draft.purpose, draft.channel))
        if decision.supersede:
            self._supersede(answer)
        self._facts = announced(decision)
        if said.window is not None and self._facts.state is JourneyState.WAITING:
            # The window is known before the call to it: its prompt can be ready by then.
            self._tools.record.wake(PROMPTS_CHANNEL, f"journey:{self.id}")
        return answer

    def row(self) -> JourneyRow:
        """The visit as it is to be written back."""
        return JourneyRow(
            id=self.id,
            hall=self._row.hall,
            day=self._row.day,
            queue_number=self._row.queue_number,
            scenario_id=self._scenario.id if self._scenario else None,
            state=self._facts.state.value,
            matter=self._facts.matter,
            window=self._facts.window,
            ahead=self._facts.ahead,
            callee_cipher=self._sealed.cipher if self._sealed else None,
            callee_index=self._sealed.index if self._sealed else None,
            calls_announced=self._facts.calls_announced,
            near_announced=self._facts.near_announced,
            judged_at=self._facts.judged_at,
        )

    def _learn_phone(self, event: Incoming, *, newer: bool) -> None:
        if event.phone is None or (self._sealed is not None and not newer):
            return
        known = self._sealed is not None and self._sealed.index == event.callee_index
        if not known:
            self._sealed = self._tools.vault.seal_phone(event.phone)
        if self._sealed is not None and (not known or event.said.event is QueueEventKind.TAKEN):
            # Other events only repeat the number: they say nothing about consent that was withdrawn since.
            self.consent = kiosk_evidence(
                self._sealed.cipher, self._sealed.index, event.occurred_at, self.id, self._tools.record.now
            )

    def _supersede(self, answer: EventAnswer) -> None:
        if self.superseded_by is None:
            self.superseded_by = answer
        gone = {*self.overtaken, *(created.id for created in answer.created)}
        overtaken = [draft.id for draft in self.drafts if draft.id not in gone]
        self.overtaken += overtaken
        answer.superseded.extend(overtaken)

    def _fill(self, decision: Decision, event: Incoming) -> tuple[Decision, str | None]:
        """Turn an announcement into a draft, or withdraw it."""
        if decision.announce is None or self._scenario is None or self._sealed is None:
            return decision, None
        prepared = self._scenario.prepared.get(decision.announce.purpose)
        if prepared is None:
            return withdrawn(decision, Reason.SCRIPT_NOT_APPROVED), None
        if self._sealed.index in self._tools.refused:
            return withdrawn(decision, Reason.REFUSED_BY_CALLEE), None
        if prepared.script.channel is Channel.SMS and not self._is_mobile():
            return withdrawn(decision, Reason.PHONE_NOT_MOBILE), None
        values = known_values(decision.journey, self._row.queue_number, event.said.attributes)
        parameters = self._tools.checker.fill(prepared.script, values)
        if isinstance(parameters, Unfilled):
            return withdrawn(decision, parameters.reason), parameters.parameter
        self.drafts.append(self._draft(decision, parameters))
        return decision, None

    def _draft(self, decision: Decision, parameters: Mapping[str, str]) -> Draft:
        announcement, sealed, scenario = decision.announce, self._sealed, self._scenario
        assert announcement is not None and sealed is not None and scenario is not None  # noqa: S101, PT018 _fill checked
        prepared = scenario.prepared[announcement.purpose]
        return Draft(
            id=new_id(),
            tenant_id=self._tools.tenant_id,
            journey_id=self.id,
            announcement=announcement.number,
            scenario_id=scenario.id,
            matter=decision.journey.matter,
            window=decision.journey.window,
            purpose=announcement.purpose,
            channel=prepared.script.channel.value,
            script_version_id=prepared.script.version_id,
            parameters=dict(parameters),
            callee_cipher=sealed.cipher,
            callee_index=sealed.index,
            plan=prepared.plan,
            priority=DEFAULT_PRIORITY[announcement.purpose],
            deadline=announcement.deadline,
            due_at=self._tools.record.now,
        )

    def _is_mobile(self) -> bool:
        return self._sealed is not None and self._tools.vault.open_phone(self._sealed.cipher).is_mobile


def _sealed_in(row: JourneyRow) -> SealedPhone | None:
    if row.callee_cipher is None or row.callee_index is None:
        return None
    return SealedPhone(row.callee_cipher, row.callee_index)


def _not_created(decision: Decision, parameter: str | None) -> list[NotCreated]:
    if decision.purpose is None or decision.reason is None:
        return []
    return [NotCreated(decision.purpose, decision.reason, parameter)]
