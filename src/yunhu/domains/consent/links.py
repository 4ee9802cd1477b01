"""Links by which a person refuses, or takes it back, without any account: one a person and tenant, good until a day."""

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from yunhu.domains.consent.errors import PublicUrlUnsetError
from yunhu.foundation.clock import natural_day
from yunhu.foundation.crypto import Vault
from yunhu.foundation.phone import InvalidPhoneError, Phone

PATH = "/r"
LONGEST_DAYS = 730
DEFAULT_DAYS = 180
_EPOCH = 719_163
"""Ordinal of 1970-01-01: days are counted from it in two bytes."""


class RefusalLink(msgspec.Struct, frozen=True):
    """Whose link it is."""

    tenant_id: UUID
    phone: Phone
    last_day: int
    """Ordinal of the last natural day."""

    @property
    def day(self) -> date:
        """The last natural day."""
        return date.fromordinal(self.last_day)

    def is_over(self, now: datetime) -> bool:
        """Whether its last day has passed."""
        return natural_day(now).toordinal() > self.last_day


def make_link(tenant_id: UUID, phone: Phone, valid_days: int, now: datetime) -> RefusalLink:
    """A link for so many natural days after today."""
    return RefusalLink(tenant_id, phone, (natural_day(now) + timedelta(days=valid_days)).toordinal())


def token_of(link: RefusalLink, vault: Vault) -> str:
    """What stands in the address: about 90 letters."""
    day = (link.last_day - _EPOCH).to_bytes(2, "big")
    return vault.seal_link(link.tenant_id.bytes + day + link.phone.e164.encode())


def read_token(token: str, vault: Vault) -> RefusalLink | None:
    """The link of an address, also one that is over; None when this installation never made it."""
    content = vault.open_link(token)
    if content is None or len(content) < 18:
        return None
    try:
        phone = Phone(content[18:].decode())
    except (InvalidPhoneError, UnicodeDecodeError):
        return None
    return RefusalLink(UUID(bytes=content[:16]), phone, int.from_bytes(content[16:18], "big") + _EPOCH)


def url_of(public_url: str | None, token: str) -> str:
    """The whole address. Raises `PublicUrlUnsetError`."""
    if not public_url:
        raise PublicUrlUnsetError
    return f"{public_url.rstrip('/')}{PATH}/{token}"
