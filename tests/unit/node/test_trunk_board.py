"""A trunk's row becomes the engine's configuration."""

from typing import Any

import pytest

from yunhu.entrypoints.trunk_board import TrunkRow, sip_trunk
from yunhu.foundation.ids import new_id
from yunhu.foundation.phone import Phone


def row(**config: Any) -> TrunkRow:
    return TrunkRow(
        new_id(), "carrier", "sip", {"host": "sbc.example.cn", **config}, frozenset({"+862900000001"})
    )


@pytest.mark.parametrize(
    ("config", "hop", "routes"),
    [
        ({}, ("sbc.example.cn", 5060), ()),
        ({"port": 5080}, ("sbc.example.cn", 5080), ()),
        ({"outbound_proxy": "10.0.0.9"}, ("10.0.0.9", 5060), ("<sip:10.0.0.9;lr>",)),
        (
            {"outbound_proxy": "edge.example.cn:5062"},
            ("edge.example.cn", 5062),
            ("<sip:edge.example.cn:5062;lr>",),
        ),
    ],
)
def test_given_a_trunk_when_mapped_then_requests_go_to_its_first_hop(
    config: dict[str, Any], hop: tuple[str, int], routes: tuple[str, ...]
) -> None:
    trunk = sip_trunk(row(**config))
    assert (trunk.proxy_host, trunk.proxy_port) == hop
    assert trunk.routes == routes
    assert trunk.domain == "sbc.example.cn"


def test_given_a_trunk_when_mapped_then_only_its_own_numbers_may_be_shown() -> None:
    assert sip_trunk(row()).caller_numbers == {Phone("+862900000001")}


def test_given_a_secret_by_reference_when_mapped_then_it_is_read_from_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("YUNHU_SECRET_TRUNK", "s3cret")
    trunk = sip_trunk(row(auth_user="+862900000001", secret={"env": "YUNHU_SECRET_TRUNK"}))
    assert trunk.credentials is not None
    assert "s3cret" not in repr(trunk)
