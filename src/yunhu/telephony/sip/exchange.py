"""One request other than INVITE, with its answer; challenges are answered on the way."""

from collections.abc import Callable

from yunhu.telephony.sip.digest import MAX_ROUNDS, Authenticator
from yunhu.telephony.sip.errors import SendRefusedError, TransportError
from yunhu.telephony.sip.layer import TransactionLayer
from yunhu.telephony.sip.message import Request, Response
from yunhu.telephony.sip.transaction import ClientTransaction
from yunhu.telephony.sip.transport import Hop

Done = Callable[[Response | None], None]
"""Takes the final response, or None when none came."""


class Exchange:
    """Sends what `make` builds, anew for each challenge, and calls `done` exactly once."""

    __slots__ = ("_auth", "_done", "_hop", "_layer", "_limit", "_make", "_rounds", "_transaction")

    def __init__(
        self,
        layer: TransactionLayer,
        auth: Authenticator,
        make: Callable[[], Request],
        hop: Callable[[Request], Hop],
        done: Done,
        *,
        limit: float | None = None,
    ) -> None:
        """`limit` in seconds from now on, challenges included, where timer F is too long."""
        self._layer = layer
        self._auth = auth
        self._make = make
        self._hop = hop
        self._done: Done | None = done
        self._rounds = 0
        self._transaction: ClientTransaction | None = None
        self._limit = None if limit is None else layer.timers.later(limit, self._on_limit)

    def start(self) -> None:
        """Send the request; where nothing can leave, `done(None)` follows at once."""
        request = self._make()
        self._auth.sign(request)
        try:
            self._transaction = self._layer.request(request, self._hop(request), self)
        except (TransportError, SendRefusedError):
            self._finish(None)

    def abandon(self) -> None:
        """Ask no more; `done` is not called."""
        self._done = None
        if self._transaction is not None:
            self._transaction.abandon()
        self._finish(None)

    def _on_limit(self) -> None:
        self._limit = None
        if self._transaction is not None:
            self._transaction.abandon()
        self._finish(None)

    def _finish(self, response: Response | None) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
        self._transaction = None
        done, self._done = self._done, None
        if done is not None:
            done(response)

    def on_response(self, transaction: ClientTransaction, response: Response) -> None:
        """RFC 3261 §22.2: a new request with a new CSeq answers the challenge."""
        if response.status < 200:
            return
        if response.status in {401, 407} and self._rounds < MAX_ROUNDS:
            self._rounds += 1
            if self._auth.learn(response):
                self.start()
                return
        else:
            self._auth.accept()
        self._finish(response)

    def on_no_response(self, transaction: ClientTransaction, *, broken: bool) -> None:
        """RFC 3261 §8.1.3.1: as good as a 408."""
        self._finish(None)


class Ignore:
    """Takes the answer to a CANCEL, which changes nothing (RFC 3261 §9.1)."""

    def on_response(self, transaction: ClientTransaction, response: Response) -> None:
        """Nothing."""

    def on_no_response(self, transaction: ClientTransaction, *, broken: bool) -> None:
        """Nothing."""


IGNORE = Ignore()
