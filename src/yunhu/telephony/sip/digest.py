"""Answering 401 and 407 (RFC 3261 §22, RFC 8760). The arithmetic is aiosipua's; the bounds are ours."""

import msgspec
from aiosipua.auth import SipDigestAuth, build_credentials
from aiosipua.header_codec import stringify_auth
from aiosipua.headers import AuthChallenge

from yunhu.telephony.sip.errors import SipParseError
from yunhu.telephony.sip.message import Request, Response
from yunhu.telephony.sip.params import quote, split_commas, unquote

MAX_ROUNDS = 5
"""Most challenges answered for one request: each proxy of a chain once, and a stale nonce or two."""
MAX_REALMS = 4
"""Most realms remembered by one conversation."""
_STRENGTH = {"SHA-256": 2, "MD5": 1}


class Credentials(msgspec.Struct, frozen=True):
    """Who we are to a trunk. Its text never shows the secret."""

    username: str
    secret: str

    def __repr__(self) -> str:
        return f"Credentials({self.username!r}, ***)"

    def __rich_repr__(self) -> list[tuple[str, str]]:
        return [("username", self.username)]


class _Realm:
    """One protection space and the nonce in use."""

    __slots__ = ("accepted", "algorithms", "challenge", "count", "header")

    def __init__(self, header: str, challenge: AuthChallenge, known: "_Realm | None") -> None:
        self.header = header
        self.challenge = challenge
        self.count = 0
        self.accepted = False
        self.algorithms: set[int] = {_strength(challenge)} | (
            known.algorithms if known is not None else set()
        )
        """Those that have had our credentials since the start."""

    def answers(self, challenge: AuthChallenge) -> bool:
        """Whether another challenge may be answered."""
        stale = challenge.params.get("stale", "").lower() == "true"
        return stale or self.accepted or _strength(challenge) not in self.algorithms


class Authenticator:
    """What one conversation (a call, a registration, a probe) knows of its challenges."""

    __slots__ = ("_credentials", "_realms")

    def __init__(self, credentials: Credentials | None) -> None:
        self._credentials = credentials
        self._realms: dict[tuple[str, str], _Realm] = {}

    def learn(self, response: Response) -> bool:
        """Take the challenges of a 401 or 407; False when none can be answered or ours were refused.

        A realm that has had our credentials is answered again only when it says that the nonce was stale (RFC 7616
        §3.3), when it now wants the other algorithm (a server that knows who asks may want a stronger one, RFC 8760
        §2.4), or, after `accept`, once with its new nonce: a server may let nonces die without a word.
        """
        if self._credentials is None:
            return False
        kind = "www-authenticate" if response.status == 401 else "proxy-authenticate"
        header = "authorization" if response.status == 401 else "proxy-authorization"
        progress = False
        for realm, challenge in _best(response.headers.all(kind)).items():
            known = self._realms.get((header, realm))
            if known is not None and not known.answers(challenge):
                return False
            if known is None and len(self._realms) >= MAX_REALMS:
                return False
            self._realms[header, realm] = _Realm(header, challenge, known)
            progress = True
        return progress

    def accept(self) -> None:
        """A signed request got past every challenge: a later one about the same realm means a dead nonce."""
        for realm in self._realms.values():
            realm.accepted = True

    def sign(self, request: Request) -> None:
        """Put credentials for every known realm on the request, each with the next nonce count."""
        if self._credentials is None or not self._realms:
            return
        request.headers.set("authorization")
        request.headers.set("proxy-authorization")
        auth = SipDigestAuth(self._credentials.username, self._credentials.secret)
        for realm in self._realms.values():
            realm.count += 1
            answer = build_credentials(
                auth, realm.challenge, request.method, request.uri, nonce_count=realm.count
            )
            if answer is not None:
                answer.params = {name: _escaped(name, value) for name, value in answer.params.items()}
                request.headers.add(realm.header, stringify_auth(answer))


def _escaped(name: str, value: str) -> str:
    """Values are put in quotes without escapes by the library."""
    return quote(value)[1:-1] if name in {"username", "realm", "nonce", "opaque", "uri"} else value


def _best(values: list[str]) -> dict[str, AuthChallenge]:
    """The strongest digest challenge of each realm that we can answer (RFC 8760 §2.4)."""
    best: dict[str, AuthChallenge] = {}
    for value in values[:16]:
        challenge = parse_challenge(value)
        if challenge is None:
            continue
        realm = challenge.params.get("realm", "")
        known = best.get(realm)
        if known is None or _strength(challenge) > _strength(known):
            best[realm] = challenge
    return best


def _strength(challenge: AuthChallenge) -> int:
    return _STRENGTH.get(challenge.params.get("algorithm", "MD5").upper(), 0)


def parse_challenge(value: str) -> AuthChallenge | None:
    """Read a digest challenge that we can answer: MD5 or SHA-256, `qop=auth` or none; None for any other."""
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() != "digest" or len(value) > 4096:
        return None
    try:
        value.encode("utf-8")
        pieces = split_commas(rest)
    except (SipParseError, UnicodeEncodeError):
        return None
    params: dict[str, str] = {}
    for piece in pieces:
        name, equals, text = piece.partition("=")
        if equals:
            params.setdefault(name.strip().lower(), unquote(text.strip()))
    challenge = AuthChallenge("Digest", params)
    probe = build_credentials(SipDigestAuth("", ""), challenge, "OPTIONS", "sip:probe", cnonce="0")
    return challenge if probe is not None and _strength(challenge) else None
