"""The main job as its users see it: processes, plain HTTP, a phone and an SMS centre that others wrote."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from tests.support.callbacks.receiver import Receiver
from tests.support.main_job.hall import (
    CALLBACK_SECRET,
    SECRETS,
    SLUG,
    caller_numbers,
    filed_text,
    write_hall,
)
from tests.support.main_job.product import HallClient, RunningProduct
from tests.support.main_job.trace import requests_to
from tests.support.messaging.peer import foreign_smsc
from tests.support.peers.audio import likeness, read_stereo_alaw, read_wav, write_wav
from tests.support.peers.baresip import Baresip
from tests.support.peers.waiting import wait_until
from tests.support.speech.proof import SLOTS, STYLE, TEMPLATE, Rendering, judge

from yunhu.speech.asr.whisper import WhisperRecognizer, installed
from yunhu.speech.reading import render_text, render_words

pytestmark = [
    pytest.mark.peer("baresip"),
    pytest.mark.timeout(400),
    pytest.mark.xdist_group("speech-models"),
]

PHONE = "13812345678"
MASKED = "138****5678"
QUEUE_NUMBER, MATTER, WINDOW = "A012", "社保卡申领", "12"
FIRST_CALL_SECONDS = 150
"""A first call waits for the speech model to be joined and loaded, and for four sentences to be rendered."""


def event(kind: str, **more: Any) -> dict[str, Any]:
    """A queue event of this visitor, now."""
    now = datetime.now(UTC).isoformat()
    return {"event_id": str(uuid4()), "event": kind, "queue_number": QUEUE_NUMBER, "occurred_at": now, **more}


@asynccontextmanager
async def hall_of(product: RunningProduct, file: Path) -> AsyncIterator[HallClient]:
    """The tenant as its operator sets it up: apply the file, make a key."""
    await product.command("apply", "-f", str(file))
    token = await product.command("apikey", "create", "--tenant", SLUG, "--name", "queue-system")
    async with HallClient(product.url, token.strip()) as hall:
        yield hall


@asynccontextmanager
async def callback_receiver() -> AsyncIterator[Receiver]:
    """An integrator's own web server."""
    receiver = Receiver()
    await receiver.start()
    try:
        yield receiver
    finally:
        await receiver.stop()


def created_by(answer: dict[str, Any], purpose: str) -> str:
    """The notification that an event gave rise to."""
    (created,) = answer["created"]
    assert created["purpose"] == purpose
    return str(created["id"])


async def finished(hall: HallClient, notification_id: str, limit: float) -> dict[str, Any]:
    """The notification once it is in a final state."""
    path = f"/notifications/{notification_id}"
    return await hall.shown(
        path, lambda shown: shown if shown["finished_at"] else None, "the notification is final", limit
    )


async def speech_of_the_visitor(product: RunningProduct, directory: Path) -> Path:
    """What the visitor says on answering, then a minute of listening."""
    spoken = directory / "hello.wav"
    await product.command("say", "喂，您好，我听到了", "--out", str(spoken))
    return write_wav(directory / "visitor.wav", np.pad(read_wav(spoken), (0, 60 * 8000)))


@pytest.mark.peer("node-smpp")
@pytest.mark.skipif(not installed(), reason="the extra 'asr' is not installed")
async def test_given_the_running_product_when_a_visit_goes_by_then_the_visitor_got_text_and_call(
    tmp_path: Path, lent: Path, ear: WhisperRecognizer
) -> None:
    async with (
        callback_receiver() as receiver,
        foreign_smsc() as smsc,
        RunningProduct(tmp_path, lent=lent, secrets=SECRETS) as product,
        Baresip(PHONE, tmp_path, speaks=await speech_of_the_visitor(product, tmp_path)) as phone,
    ):
        file = write_hall(
            tmp_path / "hall.yaml", phone=phone.address, smsc_port=smsc.port, callbacks=receiver.url
        )
        async with hall_of(product, file) as hall:
            taken = await hall.post_event(**event("taken", phone=PHONE, matter=MATTER, ahead=8))
            assert (taken["created"], [no["reason"] for no in taken["not_created"]]) == (
                [],
                ["threshold_not_reached"],
            )
            near = created_by(await hall.post_event(**event("progress", ahead=3)), "near_turn")
            text = await finished(hall, near, 30)
            turn = created_by(await hall.post_event(**event("called", window=WINDOW)), "your_turn")
            talk = await finished(hall, turn, FIRST_CALL_SECONDS)
            await phone.wait_for("CALL_CLOSED")
            heard = await phone.heard()
            call, recording = await call_of(hall, turn, tmp_path)
            await receiver.count(7)
            journey = await hall.show(f"/journeys/{talk['journey_id']}")

    assert smsc.texts_shown() == [
        filed_text("near-turn").format(matter=MATTER, queue_number=QUEUE_NUMBER, ahead=3)
    ]
    assert [submit["to"] for submit in smsc.all("submit")] == [f"86{PHONE}"] * smsc.count("submit")
    assert_shown_caller(phone, call)
    assert_understood(heard, ear)
    assert_recorded(recording, heard, tmp_path / "visitor.wav")
    assert_same_story(text, talk, call, journey)
    assert_told_in_order(receiver, {near: text, turn: talk})


async def call_of(hall: HallClient, notification_id: str, directory: Path) -> tuple[dict[str, Any], Path]:
    """The one call of a notification in full, and its recording as a file."""
    listed = await hall.show("/calls", notification_id=notification_id)
    (one,) = listed["items"]
    call = await hall.show(f"/calls/{one['id']}")
    path = directory / "recording.wav"
    path.write_bytes(await hall.octets(call["recording"]))
    return call, path


def assert_shown_caller(phone: Baresip, call: dict[str, Any]) -> None:
    """One INVITE; From and P-Asserted-Identity carry the allocated number that the call was reserved with."""
    (invite,) = requests_to(phone, "INVITE")
    shown = [invite.header("from"), *invite.headers("p-asserted-identity")]
    assert [re.findall(r"sip:(\+\d+)@", value) for value in shown] == [[call["caller_number"]]] * 2
    assert call["caller_number"] in caller_numbers()


def assert_understood(heard: Path, ear: WhisperRecognizer) -> None:
    """What the phone recorded is the filed sentence with the right window, then the filed menu."""
    assert filed_text("your-turn") == TEMPLATE
    words = render_words(TEMPLATE, SLOTS, {"window": WINDOW}, STYLE) + render_words(
        filed_text("menu"), (), {}
    )
    verdict = judge(heard, Rendering(WINDOW, render_text(TEMPLATE, {"window": WINDOW}), words), ear)
    assert verdict.number_right, verdict.heard
    assert verdict.comparison.share >= 0.9, verdict


def assert_recorded(recording: Path, heard: Path, said: Path) -> None:
    """Left what we said, right what the visitor said; neither in the other's place."""
    ours, theirs = read_stereo_alaw(recording)
    sentence, greeting = read_wav(heard)[8_000:40_000], read_wav(said)[: 2 * 8_000]
    assert likeness(ours, sentence) > 0.9
    assert likeness(theirs, greeting) > 0.9
    assert max(likeness(theirs, sentence), likeness(ours, greeting)) < 0.5


def assert_same_story(
    text: dict[str, Any], talk: dict[str, Any], call: dict[str, Any], journey: dict[str, Any]
) -> None:
    """Timelines, calls and the visit agree."""
    assert (text["state"], kinds_of(text)) == ("delivered", ["created", "started", "submitted", "delivered"])
    assert (talk["state"], kinds_of(talk)) == ("delivered", ["created", "started", "answered", "delivered"])
    assert text["tries"][0]["text"] == filed_text("near-turn").format(
        matter=MATTER, queue_number=QUEUE_NUMBER, ahead=3
    )
    assert talk["tries"][0]["text"] == call["text"] == TEMPLATE.format(window=WINDOW)
    assert [attempt["id"] for attempt in talk["tries"]] == [call["id"]]
    assert [line["detail"]["call_id"] for line in talk["timeline"][1:]] == [call["id"]] * 3
    assert (call["state"], call["result"], call["sip_code"]) == ("ended", "answered", 200)
    assert call["callee"] == talk["callee"] == journey["callee"] == MASKED
    assert call["ringing_at"] <= call["answered_at"] < call["ended_at"]
    assert [spoken["script"] for spoken in call["heard"]] == ["your-turn", "menu"]
    assert all(spoken["completed"] for spoken in call["heard"])
    assert [one["event"] for one in journey["events"]] == ["taken", "progress", "called"]
    assert [one["id"] for one in journey["notifications"]] == [text["id"], talk["id"]]


def assert_told_in_order(receiver: Receiver, notifications: dict[str, dict[str, Any]]) -> None:
    """Each notification's facts came once, in order, signed (verifying raises otherwise)."""
    told: dict[str, list[tuple[int, str]]] = {}
    for message in receiver.verified(CALLBACK_SECRET):
        data = message["data"]
        told.setdefault(data["notification_id"], []).append((data["revision"], message["type"]))
    assert len(set(receiver.ids)) == len(receiver.ids)
    assert told.keys() == notifications.keys()
    for notification_id, facts in told.items():
        assert facts == sorted(facts)
        published = [kind for kind in kinds_of(notifications[notification_id]) if kind != "submitted"]
        assert [type_ for _, type_ in facts] == [f"notification.{kind}" for kind in published]


def kinds_of(notification: dict[str, Any]) -> list[str]:
    """Its timeline in words."""
    return [line["kind"] for line in notification["timeline"]]


async def test_given_a_ringing_phone_when_the_visitor_is_served_then_it_stops_ringing(
    tmp_path: Path, lent: Path, request: pytest.FixtureRequest
) -> None:
    async with (
        Baresip(PHONE, tmp_path, answers=False) as phone,
        RunningProduct(tmp_path, lent=lent, secrets=SECRETS) as product,
    ):
        file = write_hall(tmp_path / "hall.yaml", phone=phone.address)
        async with hall_of(product, file) as hall:
            await hall.post_event(**event("taken", phone=PHONE, matter=MATTER))
            turn = created_by(await hall.post_event(**event("called", window=WINDOW)), "your_turn")
            await phone.wait_for("CALL_INCOMING", FIRST_CALL_SECONDS)
            served = await hall.post_event(**event("served"))
            accepted = asyncio.get_running_loop().time()
            await wait_until(lambda: requests_to(phone, "CANCEL"), "the phone was sent a CANCEL", 20)
            waited = asyncio.get_running_loop().time() - accepted
            await phone.wait_for("CALL_CLOSED")
            talk = await finished(hall, turn, 20)
            call = (await hall.show("/calls", notification_id=turn))["items"][0]

    request.node.user_properties.append(("milliseconds_from_202_to_cancel", round(waited * 1000)))
    assert served["superseded"] == [turn]
    assert (talk["state"], kinds_of(talk)[-1]) == ("superseded", "superseded")
    assert (call["state"], call["result"], call["answered_at"]) == ("ended", "cancelled", None)
    assert len(requests_to(phone, "INVITE")) == 1
    assert "CALL_ESTABLISHED" not in phone.event_types()
