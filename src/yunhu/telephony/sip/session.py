"""A confirmed dialog's own duties: session refresh, our re-INVITE, and waiting for ACKs (RFC 4028, RFC 3261 §14)."""

import random
from typing import TYPE_CHECKING

from yunhu.telephony.sip.dialog import Dialog, next_hop
from yunhu.telephony.sip.digest import MAX_ROUNDS
from yunhu.telephony.sip.ending import EndCause
from yunhu.telephony.sip.errors import SdpError, SendRefusedError, TransportError
from yunhu.telephony.sip.message import Request, Response
from yunhu.telephony.sip.sdp import is_sdp, parse_audio
from yunhu.telephony.sip.session_timer import SessionTimer, agreed, raised_interval, wish_headers
from yunhu.telephony.sip.timers import Timer
from yunhu.telephony.sip.transaction import ClientTransaction, InviteServerTransaction
from yunhu.telephony.sip.transport import Hop

if TYPE_CHECKING:
    from yunhu.telephony.sip.call import OutgoingCall


class Session:
    """Lives from the answer to the end of the call."""

    __slots__ = (
        "_ack",
        "_ack_limit",
        "_awaited",
        "_call",
        "_dialog",
        "_interval",
        "_knows_update",
        "_reinvite_seq",
        "_repeat",
        "_repeat_interval",
        "_rounds",
        "_timer_handle",
        "offer_pending",
        "timer",
    )  # fmt: skip

    def __init__(self, call: "OutgoingCall", dialog: Dialog, knows_update: bool) -> None:
        self._call = call
        self._dialog = dialog
        self._knows_update = knows_update
        self.timer: SessionTimer | None = None
        self.offer_pending = False
        """Whether a re-INVITE of ours waits for its answer: glare then (RFC 3261 §14.2)."""
        self._interval = call.timer_wish.expires
        self._timer_handle: Timer | None = None
        self._reinvite_seq = 0
        self._rounds = 0
        self._ack: tuple[bytes, Hop] | None = None
        self._awaited: tuple[InviteServerTransaction, int, bool] | None = None
        self._repeat: Timer | None = None
        self._repeat_interval = 0.0
        self._ack_limit: Timer | None = None

    # ── session timer ──

    def take_timer(self, response: Response) -> None:
        """Take what a 2xx to our INVITE or refresh agreed on."""
        self.set_timer(agreed(response) if self._call.timer_wish.expires else None)

    def set_timer(self, timer: SessionTimer | None) -> None:
        """Run the agreed timer from now on; None for none."""
        self.timer = timer
        if timer is not None:
            self._interval = timer.interval
            self._arm(timer.delay)
        else:
            self._disarm()

    def _arm(self, delay: float) -> None:
        self._disarm()
        self._timer_handle = self._call.agent.layer.timers.later(delay, self._on_timer)

    def _disarm(self) -> None:
        if self._timer_handle is not None:
            self._timer_handle.cancel()
            self._timer_handle = None

    def _on_timer(self) -> None:
        self._timer_handle = None
        if self.timer is None or not self.timer.we_refresh:
            self._call.hang_up(EndCause.SESSION_EXPIRED)
            return
        # The session dies at the full interval unless this refresh succeeds before (RFC 4028 §10).
        self._timer_handle = self._call.agent.layer.timers.later(self.timer.interval / 2, self._on_expiry)
        self.refresh()

    def _on_expiry(self) -> None:
        self._timer_handle = None
        self._call.hang_up(EndCause.SESSION_EXPIRED)

    def refresh(self) -> None:
        """UPDATE without a body where the peer knows it, otherwise a re-INVITE with the same description (§7.4)."""
        if self.offer_pending:
            return
        if self._knows_update:
            # The description is left alone, so that no offer crosses another one.
            wish = wish_headers(self._call.timer_wish, self._interval, "uac")
            self._call.send(self._dialog, "UPDATE", self._on_refreshed, wish)
        else:
            self._reinvite()

    def _on_refreshed(self, response: Response | None) -> None:
        if self._call.session is not self:
            return
        if response is None or response.status in {408, 481}:
            self._call.hang_up(EndCause.SESSION_EXPIRED)
        elif response.status < 300:
            self._dialog.refresh_target(response)
            self.take_timer(response)
        elif response.status == 422 and self._raised(response):
            self.refresh()
        elif response.status == 491:
            self._later()
        elif response.status in {405, 501} and self._knows_update:
            self._knows_update = False
            self.refresh()

    def _raised(self, response: Response) -> bool:
        raised = raised_interval(response, self._interval)
        if raised is None:
            return False
        self._interval = raised
        return True

    def _later(self) -> None:
        """We own the Call-ID, so we wait 2.1 to 4 seconds (RFC 3261 §14.1)."""
        delay = random.uniform(2.1, 4.0)  # noqa: S311 - spreads retries, guards nothing
        self._call.agent.layer.timers.later(delay, self._refresh_again)

    def _refresh_again(self) -> None:
        if self._call.session is self:
            self.refresh()

    # ── our re-INVITE ──

    def _reinvite(self) -> None:
        request = self._dialog.request("INVITE")
        request.body = self._call.audio.repeat()
        request.headers.set("content-type", "application/sdp")
        self._call.describe(request)
        for name, value in wish_headers(self._call.timer_wish, self._interval, "uac"):
            request.headers.set(name, value)
        self._call.auth.sign(request)
        self._reinvite_seq = request.cseq.number
        self._ack = None
        try:
            self._call.agent.layer.request(request, next_hop(request, self._call.hop), self)
        except SendRefusedError:
            # The number was withdrawn while the call talks: no INVITE leaves for it, the session runs out.
            return
        except TransportError:
            self._call.hang_up(EndCause.SESSION_EXPIRED)
        else:
            self.offer_pending = True

    def on_response(self, transaction: ClientTransaction, response: Response) -> None:
        """A response to our re-INVITE."""
        if response.status < 200:
            return
        if response.status < 300:
            self._acknowledge(response)
            return
        self.offer_pending = False
        if response.status in {401, 407} and self._may_answer(response):
            self._reinvite()
        else:
            self._on_refreshed(response)

    def _may_answer(self, response: Response) -> bool:
        self._rounds += 1
        return self._call.session is self and self._rounds <= MAX_ROUNDS and self._call.auth.learn(response)

    def on_no_response(self, transaction: ClientTransaction, *, broken: bool) -> None:
        """RFC 3261 §14.1: as a 408, which ends the dialog."""
        self.offer_pending = False
        self._on_refreshed(None)

    def _acknowledge(self, response: Response) -> None:
        layer = self._call.agent.layer
        if self._ack is not None:
            layer.stats.acks_repeated += 1
            layer.send_again(*self._ack)
            return
        self.offer_pending = False
        self._rounds = 0
        self._dialog.refresh_target(response)
        ack = self._dialog.request("ACK", self._reinvite_seq)
        self._call.auth.accept()
        self._call.auth.sign(ack)
        hop = next_hop(ack, self._call.hop)
        self._ack = (layer.acknowledge(ack, hop), hop)
        if self._call.session is not self:
            return
        if response.body and is_sdp(response):
            self.follow(response.body)
        self.take_timer(response)

    def follow(self, description: bytes) -> bool:
        """Connect the media to an answer of the peer; False when it is of no use."""
        user = self._call.user
        if user is None:
            return False
        try:
            remote = parse_audio(description, self._call.audio.codecs)
            if remote.port:
                user.on_media(remote, answered=True)
        except SdpError:
            return False
        return True

    # ── our 2xx to a re-INVITE of the peer ──

    def await_ack(self, transaction: InviteServerTransaction, seq: int, *, answer_in_ack: bool) -> None:
        """Repeat the 2xx until its ACK comes, even over TCP (RFC 3261 §13.3.1.4)."""
        self._stop_awaiting()
        layer = self._call.agent.layer
        self._awaited = (transaction, seq, answer_in_ack)
        self._repeat_interval = layer.timing.t1
        self._repeat = layer.timers.later(self._repeat_interval, self._repeat_success)
        self._ack_limit = layer.timers.later(layer.timing.patience, self._on_no_ack)

    def _repeat_success(self) -> None:
        if self._awaited is None:
            return
        layer = self._call.agent.layer
        self._awaited[0].repeat_success()
        self._repeat_interval = min(self._repeat_interval * 2, layer.timing.t2)
        self._repeat = layer.timers.later(self._repeat_interval, self._repeat_success)

    def on_ack(self, ack: Request) -> None:
        """The ACK of the peer's re-INVITE, perhaps with the answer to our offer."""
        if self._awaited is None or ack.cseq.number != self._awaited[1]:
            return
        answer_in_ack = self._awaited[2]
        self._stop_awaiting()
        if answer_in_ack and not (ack.body and is_sdp(ack) and self.follow(ack.body)):
            self._call.hang_up(EndCause.BAD_ANSWER)

    def _on_no_ack(self) -> None:
        self._call.hang_up(EndCause.NO_ACK)

    def _stop_awaiting(self) -> None:
        self._awaited = None
        for timer in (self._repeat, self._ack_limit):
            if timer is not None:
                timer.cancel()
        self._repeat = self._ack_limit = None

    def close(self) -> None:
        """Stop every timer."""
        self._disarm()
        self._stop_awaiting()
