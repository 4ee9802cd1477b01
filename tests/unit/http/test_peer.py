"""Whose address a request comes from, by table."""

import pytest

from yunhu.foundation.errors import SettingsError
from yunhu.foundation.http.peer import PeerReader
from yunhu.foundation.settings import load_settings


@pytest.mark.parametrize(
    ("client", "forwarded", "address"),
    [
        ("203.0.113.7", None, "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3", "10.0.0.3"),
        ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
        ("10.0.0.1", ", ,", "10.0.0.1"),
        (None, "198.51.100.1", None),
    ],
)
def test_given_a_chain_of_proxies_when_read_then_only_trusted_ones_vouch(
    client: str | None, forwarded: str | None, address: str | None
) -> None:
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    scope = {"client": (client, 50000) if client else None, "headers": headers}
    assert PeerReader(["10.0.0.0/8"]).address_of(scope) == address  # type: ignore[arg-type]


def test_given_a_proxy_that_is_no_network_when_starting_then_it_is_named() -> None:
    with pytest.raises(SettingsError, match="TRUSTED_PROXIES"):
        load_settings({"YUNHU_TRUSTED_PROXIES": "10.0.0.0/8, proxy.example"})
    assert load_settings({"YUNHU_TRUSTED_PROXIES": "10.0.0.0/8, ::1"}).proxies() == ["10.0.0.0/8", "::1"]
