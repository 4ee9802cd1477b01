"""Cards inside the INVITE, as RFC 9796 and RFC 9795 write them."""

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.support.messaging.passport import raw, signing_key, verified

from yunhu.domains.call_cards.served import card_digest, logo_digest, served_card
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.phone import Phone
from yunhu.messaging.cards.port import Card, CardState
from yunhu.messaging.cards.rich_call_data import PassportSigner, RichCallData, call_info, verify_identity
from yunhu.telephony.embedded.identity import check_extra_headers

NAME = "西安市雁塔区政务服务大厅"
CERTIFICATE = "https://hall.example.cn/card.pem"
NOON = datetime(2026, 2, 9, 4, 0, tzinfo=UTC)


def card(**changes: Any) -> Card:
    plain = Card(
        push_id=UUID(int=1),
        call_id=UUID(int=2),
        callee=Phone("+8613800000000"),
        caller_number=Phone("+862988886666"),
        name=NAME,
        reason="叫号通知",
        card_url="https://hall.example.cn/cards/1",
        card_digest=card_digest(NAME),
    )
    return msgspec.structs.replace(plain, **changes)


@pytest.fixture(scope="module")
def pair() -> tuple[ec.EllipticCurvePublicKey, str]:
    return signing_key()


def pem(key: Any) -> str:
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def test_given_a_card_when_written_as_call_info_then_purpose_and_reason_follow_the_address() -> None:
    start = f'<https://hall.example.cn/cards/1>;purpose=jcard;integrity="{card_digest(NAME)}"'
    assert call_info(card()) == f'{start};call-reason="叫号通知"'
    assert call_info(card(reason="")) == start
    assert call_info(card(reason="", card_digest="")) == "<https://hall.example.cn/cards/1>;purpose=jcard"
    assert call_info(card(reason='a"b\\c')).endswith(r';call-reason="a\"b\\c"')


async def test_given_no_key_when_pushed_then_the_invite_carries_call_info_alone_and_the_engine_takes_it() -> (
    None
):
    pushed = await RichCallData(ManualClock(NOON)).push(card())
    assert pushed.state is CardState.REQUESTED
    assert [name for name, _ in pushed.headers] == ["Call-Info"]
    check_extra_headers(pushed.headers)


async def test_given_a_key_when_pushed_then_the_passport_says_who_calls_whom_and_why(
    pair: tuple[ec.EllipticCurvePublicKey, str],
) -> None:
    key, private = pair
    carrier = RichCallData(ManualClock(NOON), PassportSigner(private, CERTIFICATE))
    pushed = await carrier.push(card())
    check_extra_headers(pushed.headers)
    identity = dict(pushed.headers)["Identity"]
    token, *parameters = identity.split(";")
    assert parameters == [f"info=<{CERTIFICATE}>", "alg=ES256", 'ppt="rcd"']
    header, claims = verified(identity, key)
    assert header == {"alg": "ES256", "ppt": "rcd", "typ": "passport", "x5u": CERTIFICATE}
    assert claims == {
        "crn": "叫号通知",
        "dest": {"tn": ["8613800000000"]},
        "iat": int(NOON.timestamp()),
        "orig": {"tn": "862988886666"},
        "rcd": {"jcl": "https://hall.example.cn/cards/1", "nam": NAME},
        "rcdi": {"/jcl": card_digest(NAME)},
    }
    start, middle, end = token.split(".")
    forged = (
        base64.urlsafe_b64encode(raw(middle).replace(b"8613800000000", b"8613900000000")).decode().rstrip("=")
    )
    with pytest.raises(InvalidSignature):
        verified(f"{start}.{forged}.{end}", key)


async def test_given_a_logo_when_signed_then_every_address_a_phone_follows_has_its_digest(
    pair: tuple[ec.EllipticCurvePublicKey, str],
) -> None:
    key, private = pair
    address, digest = (
        "https://hall.example.cn/cards/1/logo",
        logo_digest(hashlib.sha256(b"picture").hexdigest()),
    )
    carrier = RichCallData(ManualClock(NOON), PassportSigner(private, CERTIFICATE))
    pushed = await carrier.push(
        card(logo_url=address, logo_digest=digest, card_digest=card_digest(NAME, address))
    )
    _, claims = verified(dict(pushed.headers)["Identity"], key)
    assert claims["rcd"]["icn"] == address
    assert claims["rcdi"] == {"/icn": digest, "/jcl": card_digest(NAME, address), "/jcl/1/3/3": digest}
    assert msgspec.json.decode(served_card(NAME, address))[1][3][3] == address


async def test_given_neither_address_nor_key_when_pushed_then_it_failed_and_says_why() -> None:
    pushed = await RichCallData(ManualClock(NOON)).push(card(card_url=""))
    assert (pushed.state, pushed.headers) == (CardState.FAILED, ())
    assert "public address" in pushed.detail


def test_given_a_key_of_another_kind_when_a_signer_is_made_then_it_is_refused() -> None:
    for wrong in (ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)):
        with pytest.raises(ValueError, match="P-256"):
            PassportSigner(pem(wrong), CERTIFICATE)


def test_given_a_profile_when_served_then_it_is_a_jcard() -> None:
    kind, properties = msgspec.json.decode(served_card(NAME))
    assert kind == "vcard"
    assert properties[0] == ["version", {}, "text", "4.0"]
    assert ["fn", {}, "text", NAME] in properties


def test_given_an_identity_when_verified_as_a_network_does_then_another_key_and_other_claims_are_refused(
    pair: tuple[ec.EllipticCurvePublicKey, str],
) -> None:
    key, private = pair
    identity = PassportSigner(private, CERTIFICATE).identity(card(), int(NOON.timestamp()))
    verify_identity(identity, key)
    other, _ = signing_key()
    with pytest.raises(InvalidSignature):
        verify_identity(identity, other)
    later = PassportSigner(private, CERTIFICATE).identity(card(), int(NOON.timestamp()) + 1)
    header, _, signature = identity.split(".", 2)
    with pytest.raises(InvalidSignature):
        verify_identity(".".join([header, later.split(".")[1], signature]), key)
