"""The 2xx responses of one INVITE: each is acknowledged, and one that nobody wants is released (RFC 3261 §13.2.2.4)."""

from typing import TYPE_CHECKING

from yunhu.telephony.sip.dialog import Dialog, Seed, next_hop
from yunhu.telephony.sip.digest import Authenticator
from yunhu.telephony.sip.errors import SipParseError
from yunhu.telephony.sip.exchange import Exchange
from yunhu.telephony.sip.message import Request, Response
from yunhu.telephony.sip.transport import Hop

if TYPE_CHECKING:
    from yunhu.telephony.sip.agent import UserAgent

MAX_FORKS = 16
"""Most dialogs of one INVITE that are followed, and most ACKs kept for repetition."""


class Answers:
    """What of an INVITE outlives its call: enough for ACK and BYE, and nothing that leads back to the call."""

    __slots__ = ("_acks", "_agent", "_auth", "_hop", "seed")

    def __init__(self, agent: "UserAgent", auth: Authenticator, hop: Hop, seed: Seed) -> None:
        self._agent = agent
        self._auth = auth
        self._hop = hop
        self._acks: dict[str, tuple[bytes, Hop]] = {}
        self.seed = seed

    def fits(self, response: Response) -> bool:
        """Whether a response belongs to this INVITE, beyond its branch."""
        same_caller = self.seed.local.endswith(f";tag={response.from_.tag}")
        return response.call_id == self.seed.call_id and response.cseq.number == self.seed.seq and same_caller

    def repeat(self, response: Response) -> bool:
        """Send the same ACK again for a 2xx that came again; False for the first of its fork."""
        ack = self._acks.get(response.to.tag or "")
        if ack is None:
            return False
        self._agent.layer.stats.acks_repeated += 1
        self._agent.layer.send_again(*ack)
        return True

    def acknowledge(self, dialog: Dialog) -> None:
        """Send the ACK of a dialog's first 2xx."""
        ack = dialog.request("ACK", self.seed.seq)
        self._auth.sign(ack)
        hop = next_hop(ack, self._hop)
        data = self._agent.layer.acknowledge(ack, hop)
        if len(self._acks) < MAX_FORKS:
            self._acks[dialog.remote_tag] = (data, hop)

    def release(self, response: Response) -> None:
        """Another fork, or an answer after we gave up: ACK, then BYE (§13.2.2.4, §15)."""
        try:
            dialog = Dialog(self.seed, response)
        except SipParseError:
            self._agent.layer.stats.dropped += 1
            return
        self.acknowledge(dialog)

        def make() -> Request:
            bye = dialog.request("BYE")
            self._agent.describe_briefly(bye)
            return bye

        hop = self._hop
        Exchange(
            self._agent.layer, self._auth, make, lambda request: next_hop(request, hop), lambda _: None
        ).start()
