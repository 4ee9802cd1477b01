"""Tests an SMPP account: bind, enquire_link, unbind, on a connection of its own. No text leaves."""

import asyncio
import time
from collections.abc import Awaitable

from yunhu.foundation.probes import ProbeStep
from yunhu.messaging.smpp.account import SmppAccount
from yunhu.messaging.smpp.pdu import Command, Pdu, encode_pdu
from yunhu.messaging.smpp.session import AnswerLostError, BindRefusedError, NotSentError, Session
from yunhu.messaging.smpp.status import Status, status_name

STEP_SECONDS = 8.0
_UNBIND_SECONDS = 2.0


async def probe_account(account: SmppAccount) -> list[ProbeStep]:
    """Every step in order; ends at the first that fails.

    A centre that allows one bind an account answers `ESME_RALYBND` while a node is bound: the account lives.
    """
    session = Session(account, _drop)
    steps: list[ProbeStep] = []
    try:
        connected = asyncio.get_running_loop().create_connection(lambda: session, account.host, account.port)
        steps.append(await _timed("connect", connected))
        if steps[-1].ok:
            steps.append(await _timed("bind", session.bind()))
        if len(steps) == 2 and steps[-1].ok:
            steps.append(await _timed("enquire_link", session.request(encode_pdu(Command.ENQUIRE_LINK, 0))))
        if len(steps) == 3:
            steps.append(await _timed("unbind", session.unbind(_UNBIND_SECONDS)))
    finally:
        session.close("tested")
    return steps


def _drop(session: Session, pdu: Pdu) -> None:
    """What the centre delivers meanwhile is not taken: it sends it again to whoever is bound (SMPP 3.4 §5.1.3)."""
    session.answer(Command.DELIVER_SM_RESP, pdu.sequence, Status.RX_T_APPN)


async def _timed(step: str, work: Awaitable[object]) -> ProbeStep:
    begun = time.perf_counter()
    ok, detail = False, ""
    code: int | None = None
    try:
        async with asyncio.timeout(STEP_SECONDS):
            answer = await work
        ok, code = True, Status.ROK if step != "connect" else None
        if isinstance(answer, Pdu) and answer.status != Status.ROK:
            ok, code, detail = False, answer.status, status_name(answer.status)
    except BindRefusedError as error:
        code, detail = error.status, status_name(error.status)
    except (NotSentError, AnswerLostError) as error:
        detail = f"the centre ended the connection ({error})"
    except TimeoutError:
        detail = "no answer in time"
    except (OSError, UnicodeError) as error:
        detail = getattr(error, "strerror", None) or type(error).__name__
    took = round((time.perf_counter() - begun) * 1000, 1)
    return ProbeStep(
        step=step, ok=ok, code=None if code is None else int(code), milliseconds=took, detail=detail
    )
