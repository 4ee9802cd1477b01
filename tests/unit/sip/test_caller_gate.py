import pytest

from yunhu.foundation.phone import Phone
from yunhu.telephony.embedded.config import TrunkConfig
from yunhu.telephony.embedded.identity import CallerGate, check_extra_headers, render
from yunhu.telephony.sip.errors import SendRefusedError
from yunhu.telephony.sip.message import Headers, Request
from yunhu.telephony.sip.transport import Hop

OURS, OTHER = Phone.parse("02988886666"), Phone.parse("02988887777")
HOP = Hop("UDP", "192.0.2.9", 5060, "t")


def trunk(**changes: object) -> TrunkConfig:
    values: dict[str, object] = {
        "name": "t",
        "proxy_host": "192.0.2.9",
        "domain": "sn.ctcims.cn",
        "caller_numbers": frozenset([OURS]),
        "asserted_identity": "sip:{e164}@{domain}",
    }
    return TrunkConfig(**(values | changes))  # type: ignore[arg-type]


def invite(**headers: str) -> Request:
    values = {"from": ["<sip:+862988886666@sn.ctcims.cn>;tag=1"]}
    values |= {name.replace("_", "-"): [value] for name, value in headers.items()}
    return Request("INVITE", "sip:1@b", Headers(values))


def test_given_an_allowed_number_when_its_invite_leaves_then_the_gate_lets_it_pass() -> None:
    CallerGate((trunk(),))(invite(p_asserted_identity="<sip:+862988886666@sn.ctcims.cn>"), HOP)


@pytest.mark.parametrize(
    "headers",
    [
        {"from": "<sip:+862988887777@sn.ctcims.cn>;tag=1"},
        {"from": "<sip:+862988886666@elsewhere.cn>;tag=1"},
        {"from": '"+862988886666" <sip:10086@sn.ctcims.cn>;tag=1'},
        {"from": "broken <"},
        {"p_asserted_identity": "<sip:+862988887777@sn.ctcims.cn>"},
        {"p_preferred_identity": "<sip:+862988886666@sn.ctcims.cn>"},
        {"remote_party_id": "<sip:+862988886666@sn.ctcims.cn>"},
    ],
)
def test_given_another_number_anywhere_when_an_invite_leaves_then_the_gate_refuses(
    headers: dict[str, str],
) -> None:
    with pytest.raises(SendRefusedError):
        CallerGate((trunk(),))(invite(**headers), HOP)


def test_given_another_trunk_when_an_invite_leaves_on_it_then_the_gate_refuses() -> None:
    with pytest.raises(SendRefusedError):
        CallerGate((trunk(),))(invite(), HOP._replace(trunk="u"))


def test_given_a_number_off_the_list_when_its_identity_is_asked_then_refused() -> None:
    with pytest.raises(SendRefusedError):
        CallerGate((trunk(),)).identity("t", OTHER)


@pytest.mark.parametrize(
    "header",
    [
        ("From", "<sip:1@b>"),
        ("p-asserted-identity", "x"),
        ("Diversion", "x"),
        ("Route", "x"),
        ("X-A", "a\r\nFrom: b"),
        ("History-Info", "x"),
    ],
)
def test_given_a_header_that_names_or_steers_when_asked_for_then_refused(header: tuple[str, str]) -> None:
    with pytest.raises(SendRefusedError):
        check_extra_headers((header,))


def test_given_a_call_card_header_when_asked_for_then_allowed() -> None:
    check_extra_headers((("Call-Info", "<https://example.cn/card>;purpose=jcard"),))


@pytest.mark.parametrize(
    ("template", "phone", "uri"),
    [
        ("sip:{e164}@{domain}", OURS, "sip:+862988886666@sn.ctcims.cn"),
        ("sip:{dialled}@{domain}", OURS, "sip:02988886666@sn.ctcims.cn"),
        (
            "sip:{dialled}@{domain};user=phone",
            Phone.parse("13812345678"),
            "sip:13812345678@sn.ctcims.cn;user=phone",
        ),
        ("sip:{zero}@{domain}", Phone.parse("13812345678"), "sip:013812345678@sn.ctcims.cn"),
        ("sip:{plain}@{domain}", OURS, "sip:862988886666@sn.ctcims.cn"),
    ],
)
def test_given_a_template_when_rendered_then_the_carrier_gets_its_form(
    template: str, phone: Phone, uri: str
) -> None:
    assert render(template, phone, trunk()) == uri


@pytest.mark.parametrize(
    "template", ["sip:10086@{domain}", "sip:{nothing}@{domain}", "{e164}", "sip:{e164}{plain}@x"]
)
def test_given_a_template_without_one_number_when_configured_then_refused(template: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        trunk(from_uri=template)


def test_given_credentials_when_printed_then_the_secret_is_not_there() -> None:
    from yunhu.telephony.sip.digest import Credentials

    assert "hush" not in repr(trunk(credentials=Credentials("u", "hush")))
