"""Answering the peer inside our dialogs: BYE, re-INVITE, UPDATE, INFO, OPTIONS (RFC 3261 §12.2.2, §14.2, §15.1.2)."""

import re
from typing import TYPE_CHECKING

from yunhu.telephony.sip.ending import EndCause
from yunhu.telephony.sip.errors import SdpError
from yunhu.telephony.sip.headers import tokens
from yunhu.telephony.sip.message import Request, Response
from yunhu.telephony.sip.sdp import is_sdp, parse_audio
from yunhu.telephony.sip.session_timer import TimerAnswer, answer_refresh
from yunhu.telephony.sip.transaction import InviteServerTransaction, ServerTransaction

if TYPE_CHECKING:
    from yunhu.telephony.sip.call import OutgoingCall
    from yunhu.telephony.sip.call_model import Fork

SUPPORTED = frozenset({"100rel", "timer"})
"""Option tags that we implement (RFC 3262, RFC 4028)."""

_SIGNAL = re.compile(rb"(?:^|\n)\s*Signal\s*=\s*([0-9A-D*#])\s*(?:\r?\n|$)", re.IGNORECASE)


class PeerRequests:
    """Answers for every call of one agent; holds nothing of its own."""

    def answer(self, call: "OutgoingCall", transaction: ServerTransaction, request: Request) -> None:
        """Send exactly one final response."""
        fork = call.fork_for(request.from_.tag or "")
        if fork is None:
            transaction.respond(call.agent.reply(request, 481))
            return
        if not fork.dialog.accepts(request):
            transaction.respond(call.agent.reply(request, 500))
            return
        unsupported = tokens(request.headers.all("require")) - SUPPORTED
        if unsupported:
            response = call.agent.reply(request, 420)
            response.headers.set("unsupported", ", ".join(sorted(unsupported)))
            transaction.respond(response)
            return
        self._by_method(call, fork, transaction, request)

    def _by_method(
        self, call: "OutgoingCall", fork: "Fork", transaction: ServerTransaction, request: Request
    ) -> None:
        if request.method == "BYE":
            transaction.respond(call.agent.reply(request, 200))
            if fork.dialog.confirmed:
                call.end(EndCause.REMOTE_BYE, request)
        elif request.method == "INVITE" and isinstance(transaction, InviteServerTransaction):
            self._reinvite(call, fork, transaction, request)
        elif request.method == "UPDATE":
            transaction.respond(self._update(call, fork, request))
        elif request.method == "INFO":
            self._info(call, fork, transaction, request)
        elif request.method == "OPTIONS":
            response = call.agent.reply(request, 200)
            call.describe(response)
            transaction.respond(response)
        else:
            # PRACK has nothing to acknowledge (RFC 3262 §3); what else we do not allow is told by Allow.
            transaction.respond(call.agent.reply(request, 481 if request.method == "PRACK" else 405))

    def _reinvite(
        self, call: "OutgoingCall", fork: "Fork", transaction: InviteServerTransaction, request: Request
    ) -> None:
        session = call.session
        if session is None or session.offer_pending:
            transaction.respond(call.agent.reply(request, 491))
            return
        response = self._refresh(call, fork, request)
        if response.status == 200 and not response.body:
            # No offer came: ours goes out, the answer is in the ACK (RFC 3261 §14.2).
            response.body = call.audio.offer()
            response.headers.set("content-type", "application/sdp")
        seq = request.cseq.number
        transaction.respond(response)
        if response.status == 200:
            session.await_ack(transaction, seq, answer_in_ack=not request.body)

    def _update(self, call: "OutgoingCall", fork: "Fork", request: Request) -> Response:
        """RFC 3311 §5.2: an offer is refused while one of ours has no answer."""
        unanswered = fork.remote is None or (call.session is not None and call.session.offer_pending)
        if request.body and unanswered:
            return call.agent.reply(request, 491)
        return self._refresh(call, fork, request)

    def _refresh(self, call: "OutgoingCall", fork: "Fork", request: Request) -> Response:
        """What re-INVITE and UPDATE have in common: session timer, new description, new target."""
        if request.body and not is_sdp(request):
            response = call.agent.reply(request, 415)
            response.headers.set("accept", "application/sdp")
            return response
        session = call.session
        timer = answer_refresh(request, call.timer_wish, session.timer if session is not None else None)
        if timer.too_small is not None:
            response = call.agent.reply(request, 422)
            response.headers.set("min-se", str(timer.too_small))
            return response
        response = call.agent.reply(request, 200)
        if request.body:
            try:
                response.body = self._negotiate(call, fork, request.body)
            except SdpError:
                return call.agent.reply(request, 488)
            response.headers.set("content-type", "application/sdp")
        fork.dialog.refresh_target(request)
        call.describe(response)
        if session is not None:
            _set_timer(response, timer)
            session.set_timer(timer.timer)
        return response

    def _negotiate(self, call: "OutgoingCall", fork: "Fork", offer: bytes) -> bytes:
        """Follow an offer and answer it. Raises `SdpError`."""
        remote = parse_audio(offer, call.audio.codecs)
        if call.user is not None and remote.port:
            call.user.on_media(remote, answered=fork.dialog.confirmed)
        fork.remote = remote
        return call.audio.answer(remote)

    def _info(
        self, call: "OutgoingCall", fork: "Fork", transaction: ServerTransaction, request: Request
    ) -> None:
        """Keys by INFO count only where telephone-event was not negotiated, so that none is heard twice."""
        kind = (request.headers.first("content-type") or "").partition(";")[0].strip().lower()
        transaction.respond(call.agent.reply(request, 200))
        by_rtp = fork.remote is not None and fork.remote.telephone_event is not None
        if kind != "application/dtmf-relay" or by_rtp or call.user is None:
            return
        signal = _SIGNAL.search(request.body[:256])
        if signal is not None:
            call.user.on_digit(signal.group(1).decode("ascii").upper())


def _set_timer(response: Response, timer: TimerAnswer) -> None:
    """Session-Expires and Require of a 2xx (RFC 4028 §9)."""
    if timer.session_expires is not None:
        response.headers.set("session-expires", timer.session_expires)
    if timer.require:
        response.headers.set("require", "timer")
