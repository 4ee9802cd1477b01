"""What a called phone's own network reads: only a number that may be shown, and the card that was approved."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from litestar import Litestar
from tests.support.dispatch.rig import Rig, rows, until
from tests.support.hall.builders import DEFAULT_PLAN, Hall, build_hall, queue_event
from tests.support.hall.equipment import caller, equip_hall
from tests.support.hall.plugin import client_of
from tests.support.messaging.card_rigs import CERTIFICATE, NAME, REASON
from tests.support.messaging.passport import signing_key, verified
from tests.support.peers.ports import LOOPBACK
from tests.support.peers.sipp import Sipp

from yunhu.domains.dispatch.public import CardPresenter
from yunhu.entrypoints.card_board import CardBoard
from yunhu.entrypoints.trunk_board import TrunkBoard
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id
from yunhu.foundation.phone import Phone
from yunhu.foundation.settings import Settings
from yunhu.telephony.port import OriginateRefusedError, OriginateRequest

pytestmark = pytest.mark.peer("sipp")
PUBLIC = "https://hall.example.cn"
STOCK = "/api/v1/operator/caller-numbers"
DONE = "SELECT count(*) FROM notifications WHERE state = 'delivered'"
PLAN = msgspec.structs.replace(
    DEFAULT_PLAN,
    near_turn=None,
    your_turn=msgspec.structs.replace(DEFAULT_PLAN.your_turn, menu=None, keys=()),
    detect_answer=False,
)
GOOD = Phone(caller(0))


class Signed(msgspec.Struct, frozen=True):
    """A card as it was approved, and what its signatures are checked by."""

    profile_id: str
    key: ec.EllipticCurvePublicKey
    presenter: CardPresenter


@pytest.fixture
async def hall(database: Database, vault: Vault, clock: ManualClock) -> Hall:
    return await build_hall(database, vault, clock.now(), plan=PLAN)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, sip_bind=LOOPBACK, sip_port=0, public_url=PUBLIC)


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[Sipp]:
    async with Sipp("answer_echo", tmp_path / "sipp") as peer:
        yield peer


@pytest.fixture
async def board(
    settings: Settings, database: Database, clock: ManualClock, hall: Hall, phone: Sipp
) -> AsyncIterator[TrunkBoard]:
    """A trunk to the peer, with six numbers of the hall."""
    host, port = phone.address
    config = {
        "host": host,
        "port": port,
        "options_seconds": 0,
        "session_expires": 0,
        "domain": "hall.example.cn",
        "asserted_identity": "sip:{e164}@{domain}",
    }
    async with database.transaction() as session:
        await equip_hall(session, hall.tenant_id, clock.now(), kind="sip", config=config, numbers=6)
    board = TrunkBoard(settings, database, clock, _no_detector)
    yield board
    await board.stop(timedelta(0))


def _no_detector() -> Any:
    raise AssertionError("nobody listens for machines here")


async def bar_all_but_the_first(operator: httpx.AsyncClient, database: Database) -> list[str]:
    """One number for each reason not to show it; the barred ones."""
    listed = (await operator.get(STOCK, params={"tenant": "yanta"})).json()["items"]
    path = {number["number"][-4:]: f"{STOCK}/{number['id']}" for number in listed}
    why = {"reason": "核查"}
    assert (await operator.post(f"{path['0001']}/hold", json=why)).status_code == 200
    assert (await operator.post(f"{path['0002']}/quarantine", json=why)).status_code == 200
    assert (await operator.post(f"{path['0003']}/release", json=why)).status_code == 200
    days = {"valid_from": "2025-01-01", "valid_until": "2026-02-08"}
    assert (await operator.put(f"{path['0004']}/validity", json=days)).status_code == 200
    days = {"valid_from": "2026-02-10"}
    assert (await operator.put(f"{path['0005']}/validity", json=days)).status_code == 200
    stock = [
        {"number": number, "trunk": "sip", "registered_to": "yanta", "valid_from": "2026-01-01"}
        for number in ("010-66660001", "010-66660002")
    ]
    imported = (await operator.post(STOCK, json={"numbers": stock})).json()
    wanted = {"tenant": "yanta", "numbers": [imported[0]["number"]]}
    assert (await operator.post(f"{STOCK}/allocations", json=wanted)).status_code == 201
    regions = await operator.put("/api/v1/operator/number-regions/yanta", json={"regions": ["29"]})
    assert regions.status_code == 200
    return [*(caller(i) for i in range(1, 6)), "+861066660001", "+861066660002", "+8613900001111"]


async def test_given_numbers_that_may_not_be_shown_when_a_call_would_show_them_then_not_one_packet_leaves(
    operator_client: httpx.AsyncClient, board: TrunkBoard, database: Database, phone: Sipp, tmp_path: Path
) -> None:
    barred = await bar_all_but_the_first(operator_client, database)
    await board.load()
    (trunk_id,) = board.usable()
    engine, name = board.engine_of(trunk_id)

    def request(number: Phone) -> OriginateRequest:
        return OriginateRequest(
            call_id=new_id(),
            callee=Phone("+8613812345678"),
            caller_number=number,
            trunks=(name,),
            ring_timeout=timedelta(seconds=20),
        )

    for number in barred:
        with pytest.raises(OriginateRefusedError) as refused:
            await engine.originate(request(Phone(number)))
        assert refused.value.reason == "caller_number_not_allowed"
    call = await engine.originate(request(GOOD))
    await until(lambda: _count(phone), 1)
    call.hang_up("done")
    invites = phone.received("INVITE")
    assert {shown_by(invite) for invite in invites} == {(GOOD.e164, GOOD.e164)}

    first = (await operator_client.get(STOCK, params={"tenant": "yanta"})).json()["items"]
    path = next(f"{STOCK}/{number['id']}" for number in first if number["number"].endswith("0000"))
    assert (await operator_client.post(f"{path}/hold", json={"reason": "投诉"})).status_code == 200
    await board.load()
    with pytest.raises(OriginateRefusedError):
        await engine.originate(request(GOOD))
    assert len(phone.received("INVITE")) == len(invites)


async def _count(phone: Sipp) -> int:
    return len(phone.calls())


def shown_by(invite: Any) -> tuple[str, str]:
    """The numbers in From and P-Asserted-Identity; the domain is the trunk's."""
    found = [
        re.search(r"sip:(\+\d+)@hall\.example\.cn", invite.header(name))
        for name in ("from", "p-asserted-identity")
    ]
    assert all(found), invite
    return tuple(match[1] for match in found if match)  # type: ignore[return-value]


@pytest.fixture
async def signed(
    client: httpx.AsyncClient,
    operator_client: httpx.AsyncClient,
    settings: Settings,
    database: Database,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Signed]:
    """An approved card, sent inside INVITEs under a key."""
    key, pem = signing_key()
    monkeypatch.setenv("YUNHU_SECRET_CARD_KEY", pem)
    profile_id = await approve_card(client, operator_client)
    cards = CardBoard(settings, database, clock, dict)
    await cards.load()
    yield Signed(profile_id, key, CardPresenter(database, clock, cards, settings.public_url))
    await cards.stop()


@pytest.fixture
async def node(
    database: Database,
    vault: Vault,
    clock: ManualClock,
    tmp_path: Path,
    board: TrunkBoard,
    operator_client: httpx.AsyncClient,
    signed: Signed,
) -> AsyncIterator[Rig]:
    """A node that calls by the trunk to the peer, with one number left that it may show."""
    await bar_all_but_the_first(operator_client, database)
    await board.load()
    (trunk_id,) = board.usable()
    async with Rig(database, vault, clock, trunk_id, tmp_path, cards=signed.presenter, trunks=board) as rig:
        yield rig


async def test_given_barred_numbers_and_an_approved_card_when_calls_leave_then_the_phones_read_only_what_was_approved(
    client: httpx.AsyncClient, app: Litestar, node: Rig, signed: Signed, phone: Sipp
) -> None:
    for number in range(3):
        event = queue_event(f"e{number}", "called", node.clock.now(), number=f"A00{number}", window="3",
                            phone=f"1381234500{number}")  # fmt: skip
        assert (await client.post("/api/v1/queue-events", json=event)).status_code == 202
    await node.wait_for(DONE, 3, seconds=60)
    await node.wait_for("SELECT count(*) FROM call_cards WHERE state = 'delivered'", 3)
    invites = phone.received("INVITE")
    assert len({invite.call_id for invite in invites}) == 3
    async with client_of(app, None) as anybody:
        served = await anybody.get(f"/cards/{signed.profile_id}")
    assert ["fn", {}, "text", NAME] in served.json()[1]
    for invite in invites:
        assert shown_by(invite) == (GOOD.e164, GOOD.e164)
        info = invite.header("call-info")
        assert info.startswith(f"<{PUBLIC}/cards/{signed.profile_id}>;purpose=jcard;integrity=")
        assert f'call-reason="{REASON}"' in info
        header, claims = verified(invite.header("identity"), signed.key)
        assert (header["ppt"], header["x5u"]) == ("rcd", CERTIFICATE)
        assert claims["orig"] == {"tn": GOOD.e164.removeprefix("+")}
        assert claims["rcd"]["nam"] == NAME
        assert claims["rcdi"]["/jcl"] in info
        assert invite.request_uri.startswith(f"sip:{claims['dest']['tn'][0].removeprefix('86')}@")
    (quota,) = await rows(node.database, "SELECT held, used FROM quota_periods WHERE kind = 'call_card'")
    assert (quota.held, quota.used) == (0, 3)


async def approve_card(client: httpx.AsyncClient, operator: httpx.AsyncClient) -> str:
    wanted = {"name": NAME, "reasons": {"your-turn": REASON}}
    profile_id = (await client.post("/api/v1/card-profiles", json=wanted)).json()["id"]
    await client.post(f"/api/v1/card-profiles/{profile_id}/submit")
    await operator.post(f"/api/v1/operator/card-profiles/{profile_id}/review", json={"approved": True})
    config = {"identity_key": {"env": "YUNHU_SECRET_CARD_KEY"}, "certificate_url": CERTIFICATE}
    way = {"kind": "rich_call_data", "config": config}
    assert (await operator.put("/api/v1/operator/card-carriers/yanta", json=way)).status_code == 200
    return str(profile_id)
