from collections.abc import Iterable
from ipaddress import ip_address

import httpcore
import pytest

from yunhu.domains.callbacks.address import AddressRefusedError, GuardedBackend, check_url, refused_reason
from yunhu.domains.callbacks.errors import CallbackUrlRefusedError

PRIVATE = [
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "127.0.0.1",
    "127.9.9.9",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd12::1",
    "fec0::1",
    "64:ff9b:1::a00:1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "::127.0.0.1",
    "2001:db8::1",
]
NEVER = [
    "0.0.0.0",
    "::",
    "224.0.0.1",
    "239.255.255.250",
    "ff02::1",
    "255.255.255.255",
    "240.0.0.1",
    "::ffff:0.0.0.0",
]
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "114.114.114.114",
    "2606:4700::1111",
    "2400:3200::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_given_an_inner_address_when_judged_then_only_the_setting_lets_it_pass(address: str) -> None:
    assert refused_reason(ip_address(address), allow_private=False)
    assert refused_reason(ip_address(address), allow_private=True) is None


@pytest.mark.parametrize("address", NEVER)
def test_given_an_address_of_no_server_when_judged_then_it_is_always_refused(address: str) -> None:
    assert refused_reason(ip_address(address), allow_private=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_given_a_public_address_when_judged_then_it_passes(address: str) -> None:
    assert refused_reason(ip_address(address), allow_private=False) is None


@pytest.mark.parametrize(
    "url",
    [
        "ftp://hall.example/x",
        "file:///etc/passwd",
        "http://",
        "https://user:secret@hall.example/",
        "https://user@hall.example/",
        "https://hall.example:22/",
        "https://hall.example:99999/",
        "https://hall.example/#part",
        "https://hall.example/a b",
        "https://hall.example\\@inside/",
        "https://大厅.example/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]:8080/",
        "https://hall.example/" + "a" * 2048,
    ],
)
def test_given_a_url_that_callbacks_never_go_to_when_checked_then_it_is_refused(url: str) -> None:
    with pytest.raises(CallbackUrlRefusedError):
        check_url(url, allow_private=False)


@pytest.mark.parametrize(
    "url", ["https://hall.example/hook?x=1", "http://hall.example:8080", "http://8.8.8.8/"]
)
def test_given_a_public_url_when_checked_then_it_passes(url: str) -> None:
    check_url(url, allow_private=False)


class Network(httpcore.AsyncNetworkBackend):
    def __init__(self) -> None:
        self.connected: list[str] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.connected.append(host)
        if host == "1.1.1.1":
            raise httpcore.ConnectError
        return httpcore.AsyncMockStream([])


def backend(network: Network, *answers: list[str]) -> GuardedBackend:
    left = list(answers)

    async def resolve(_host: str, _port: int) -> list[object]:
        return [ip_address(address) for address in left.pop(0)]

    return GuardedBackend(allow_private=False, resolve=resolve, inner=network)  # type: ignore[arg-type]


async def test_given_a_name_that_resolves_anew_each_time_when_connected_then_only_the_judged_address_is_used() -> (
    None
):
    network = Network()
    guarded = backend(network, ["8.8.8.8"], ["127.0.0.1"])
    await guarded.connect_tcp("rebinding.example", 80)
    with pytest.raises(AddressRefusedError):
        await guarded.connect_tcp("rebinding.example", 80)
    assert network.connected == ["8.8.8.8"]


async def test_given_mixed_addresses_when_connected_then_inner_ones_are_passed_over_and_dead_ones_too() -> (
    None
):
    network = Network()
    await backend(network, ["10.0.0.1", "1.1.1.1", "8.8.4.4"]).connect_tcp("mixed.example", 443)
    assert network.connected == ["1.1.1.1", "8.8.4.4"]
