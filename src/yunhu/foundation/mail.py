"""Mail by the operator's own server (row D4): the standard library's client, in a thread of its own."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from typing import Literal
from urllib.parse import unquote, urlsplit

import msgspec

from yunhu.foundation.errors import SettingsError
from yunhu.foundation.settings import Settings

_TIMEOUT_SECONDS = 30
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


class MailRefusedError(Exception):
    """The server, or the settings, will not have it: another try would change nothing."""


class MailServer(msgspec.Struct, frozen=True):
    """Where mail goes."""

    host: str
    port: int
    security: Literal["starttls", "tls", "plain"]
    user: str | None = None
    password: str | None = None


def mail_server(url: str) -> MailServer:
    """`smtp://` (STARTTLS), `smtps://` (TLS from the first byte) or `smtp+plain://` (a relay on one's own network).

    Raises `SettingsError`; the URL is not repeated, because it has a password in it.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SettingsError("YUNHU_SMTP_URL is not a URL") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise SettingsError(
            "YUNHU_SMTP_URL must be smtp://, smtps:// or smtp+plain://[user:password@]host[:port]"
        )
    security: Literal["starttls", "tls", "plain"] = "starttls"
    if parts.scheme != "smtp":
        security = "tls" if parts.scheme == "smtps" else "plain"
    return MailServer(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        security=security,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


class Mailer:
    """Sends mail."""

    def __init__(self, server: MailServer, sender: str) -> None:
        self._server = server
        self._sender = sender

    @classmethod
    def from_settings(cls, settings: Settings) -> "Mailer | None":
        """None where no server is set. Raises `SettingsError`."""
        if settings.smtp_url is None or settings.smtp_from is None:
            return None
        return cls(mail_server(settings.smtp_url), settings.smtp_from)

    async def send(self, message: EmailMessage) -> None:
        """To everybody in `To`. Raises `MailRefusedError` for good, `OSError` when another try may do."""
        message["From"] = self._sender
        await asyncio.to_thread(self._send, message)

    def _send(self, message: EmailMessage) -> None:
        try:
            with self._connected() as smtp:
                if self._server.user is not None:
                    smtp.login(self._server.user, self._server.password or "")
                refused = smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            raise _judged(
                max(code for code, _ in error.recipients.values()), str(error.recipients)
            ) from error
        except smtplib.SMTPResponseException as error:
            raise _judged(error.smtp_code, _text(error.smtp_error)) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailRefusedError(str(error)) from error
        if refused:
            raise MailRefusedError(f"some recipients were refused: {sorted(refused)}")

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT_SECONDS, context=context)
        smtp = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_SECONDS)
        if server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        return smtp


def _judged(code: int, said: str) -> Exception:
    # RFC 5321 §4.2.1: 4xx may be tried again, 5xx not.
    told = f"{code} {said}"[:300]
    return MailRefusedError(told) if code >= 500 else ConnectionError(told)


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said
