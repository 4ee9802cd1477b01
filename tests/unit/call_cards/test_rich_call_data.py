"""Cards inside the INVITE, as RFC 9796 and RFC 9795 write them."""

import base64
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from yunhu.domains.call_cards.controller_public import card_digest, served_card
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.phone import Phone
from yunhu.messaging.cards.port import Card, CardState
from yunhu.messaging.cards.rich_call_data import PassportSigner, RichCallData, call_info
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
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def pem(key: Any) -> str:
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def part(text: str) -> Any:
    return msgspec.json.decode(raw(text))


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_given_a_card_when_written_as_call_info_then_purpose_and_reason_follow_the_address() -> None:
    assert call_info(card()) == '<https://hall.example.cn/cards/1>;purpose=jcard;call-reason="叫号通知"'
    assert call_info(card(reason="")) == "<https://hall.example.cn/cards/1>;purpose=jcard"
    assert call_info(card(reason='a"b\\c')).endswith(r';call-reason="a\"b\\c"')


async def test_given_no_key_when_pushed_then_the_invite_carries_call_info_alone_and_the_engine_takes_it() -> (
    None
):
    pushed = await RichCallData(ManualClock(NOON)).push(card())
    assert pushed.state is CardState.ACCEPTED
    assert [name for name, _ in pushed.headers] == ["Call-Info"]
    check_extra_headers(pushed.headers)


async def test_given_a_key_when_pushed_then_the_passport_says_who_calls_whom_and_why(
    key: ec.EllipticCurvePrivateKey,
) -> None:
    carrier = RichCallData(ManualClock(NOON), PassportSigner(pem(key), CERTIFICATE))
    pushed = await carrier.push(card())
    check_extra_headers(pushed.headers)
    identity = dict(pushed.headers)["Identity"]
    token, *parameters = identity.split(";")
    assert parameters == [f"info=<{CERTIFICATE}>", "alg=ES256", 'ppt="rcd"']
    header, claims, signature = token.split(".")
    assert part(header) == {"alg": "ES256", "ppt": "rcd", "typ": "passport", "x5u": CERTIFICATE}
    assert part(claims) == {
        "crn": "叫号通知",
        "dest": {"tn": ["8613800000000"]},
        "iat": int(NOON.timestamp()),
        "orig": {"tn": "862988886666"},
        "rcd": {"jcl": "https://hall.example.cn/cards/1", "nam": NAME},
        "rcdi": {"/jcl": card_digest(NAME)},
    }
    half = len(raw(signature)) // 2
    r, s = (int.from_bytes(part_) for part_ in (raw(signature)[:half], raw(signature)[half:]))
    der = encode_dss_signature(r, s)
    key.public_key().verify(der, f"{header}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        key.public_key().verify(der, f"{header}.{claims}x".encode(), ec.ECDSA(hashes.SHA256()))


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
