"""The four transaction machines of RFC 3261 §17, with RFC 6026, as tables.

Each table holds every pair of a state and an event. What must not happen in a state is a `Refusal` that says why.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """States of all four machines."""

    CALLING = "calling"
    TRYING = "trying"
    PROCEEDING = "proceeding"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    TERMINATED = "terminated"


class Event(StrEnum):
    """What moves a machine. On the server side, the three kinds of response are our own."""

    PROVISIONAL = "1xx"
    SUCCESS = "2xx"
    FAILURE = "3xx-6xx"
    REQUEST_AGAIN = "request again"
    ACK = "ack"
    RESEND = "timer A, E or G"
    GIVE_UP = "timer B, F or H"
    EXPIRE = "timer D, I, J, K, L or M"
    BROKEN = "transport error"


class Action(StrEnum):
    """What a step does, in order."""

    DELIVER = "hand the response to the user"
    SEND = "send the response"
    SEND_ACK = "send the ACK of a non-2xx"
    REPEAT = "send the last message again"
    ABSORB = "count a repeated request and send the last response again"
    BACK_OFF = "double the resend timer up to its ceiling"
    START_RESEND = "start the resend timer"
    STOP_RESEND = "stop the resend timer"
    STOP_GIVE_UP = "stop the give-up timer"
    START_GIVE_UP = "start the give-up timer"
    START_EXPIRE = "start the timer that ends the transaction"
    TIME_OUT = "tell the user that nobody answered"
    BREAK = "tell the user that the transport failed"


class Step(NamedTuple):
    """A permitted transition."""

    state: State
    actions: tuple[Action, ...] = ()


class Refusal(NamedTuple):
    """A transition that is not permitted, and why."""

    reason: str


Table = Mapping[tuple[State, Event], Step | Refusal]

_S, _E, _A = State, Event, Action
_STALE = Refusal("a stale timer")
_NOT_CLIENT = Refusal("only servers receive requests")
_LATE = Refusal("a provisional response after a final one")
_SECOND = Refusal("another final response")
_OVER = Refusal("the transaction is over")
_HELD = Refusal("nothing is being sent in this state")

# RFC 3261 §17.1.1.2 figure 5, corrected by RFC 6026 §7.2 figure 2
INVITE_CLIENT: Table = {
    (_S.CALLING, _E.PROVISIONAL): Step(_S.PROCEEDING, (_A.STOP_RESEND, _A.STOP_GIVE_UP, _A.DELIVER)),
    (_S.CALLING, _E.SUCCESS): Step(
        _S.ACCEPTED, (_A.STOP_RESEND, _A.STOP_GIVE_UP, _A.START_EXPIRE, _A.DELIVER)
    ),
    (_S.CALLING, _E.FAILURE): Step(
        _S.COMPLETED, (_A.STOP_RESEND, _A.STOP_GIVE_UP, _A.SEND_ACK, _A.START_EXPIRE, _A.DELIVER)
    ),
    (_S.CALLING, _E.RESEND): Step(_S.CALLING, (_A.REPEAT, _A.BACK_OFF)),
    (_S.CALLING, _E.GIVE_UP): Step(_S.TERMINATED, (_A.TIME_OUT,)),
    (_S.CALLING, _E.EXPIRE): _STALE,
    (_S.CALLING, _E.BROKEN): Step(_S.TERMINATED, (_A.BREAK,)),
    (_S.CALLING, _E.REQUEST_AGAIN): _NOT_CLIENT,
    (_S.CALLING, _E.ACK): _NOT_CLIENT,
    (_S.PROCEEDING, _E.PROVISIONAL): Step(_S.PROCEEDING, (_A.DELIVER,)),
    (_S.PROCEEDING, _E.SUCCESS): Step(_S.ACCEPTED, (_A.START_EXPIRE, _A.DELIVER)),
    (_S.PROCEEDING, _E.FAILURE): Step(_S.COMPLETED, (_A.SEND_ACK, _A.START_EXPIRE, _A.DELIVER)),
    (_S.PROCEEDING, _E.RESEND): _STALE,
    (_S.PROCEEDING, _E.GIVE_UP): _STALE,
    (_S.PROCEEDING, _E.EXPIRE): _STALE,
    (_S.PROCEEDING, _E.BROKEN): _HELD,
    (_S.PROCEEDING, _E.REQUEST_AGAIN): _NOT_CLIENT,
    (_S.PROCEEDING, _E.ACK): _NOT_CLIENT,
    (_S.ACCEPTED, _E.PROVISIONAL): _LATE,
    (_S.ACCEPTED, _E.SUCCESS): Step(_S.ACCEPTED, (_A.DELIVER,)),
    (_S.ACCEPTED, _E.FAILURE): _SECOND,
    (_S.ACCEPTED, _E.RESEND): _STALE,
    (_S.ACCEPTED, _E.GIVE_UP): _STALE,
    (_S.ACCEPTED, _E.EXPIRE): Step(_S.TERMINATED),
    (_S.ACCEPTED, _E.BROKEN): _HELD,
    (_S.ACCEPTED, _E.REQUEST_AGAIN): _NOT_CLIENT,
    (_S.ACCEPTED, _E.ACK): _NOT_CLIENT,
    (_S.COMPLETED, _E.PROVISIONAL): _LATE,
    (_S.COMPLETED, _E.SUCCESS): _SECOND,
    (_S.COMPLETED, _E.FAILURE): Step(_S.COMPLETED, (_A.SEND_ACK,)),
    (_S.COMPLETED, _E.RESEND): _STALE,
    (_S.COMPLETED, _E.GIVE_UP): _STALE,
    (_S.COMPLETED, _E.EXPIRE): Step(_S.TERMINATED),
    (_S.COMPLETED, _E.BROKEN): Step(_S.TERMINATED),
    (_S.COMPLETED, _E.REQUEST_AGAIN): _NOT_CLIENT,
    (_S.COMPLETED, _E.ACK): _NOT_CLIENT,
}

# RFC 3261 §17.1.2.2 figure 6
CLIENT: Table = {
    (_S.TRYING, _E.PROVISIONAL): Step(_S.PROCEEDING, (_A.DELIVER,)),
    (_S.TRYING, _E.SUCCESS): Step(
        _S.COMPLETED, (_A.STOP_RESEND, _A.STOP_GIVE_UP, _A.START_EXPIRE, _A.DELIVER)
    ),
    (_S.TRYING, _E.FAILURE): Step(
        _S.COMPLETED, (_A.STOP_RESEND, _A.STOP_GIVE_UP, _A.START_EXPIRE, _A.DELIVER)
    ),
    (_S.TRYING, _E.RESEND): Step(_S.TRYING, (_A.REPEAT, _A.BACK_OFF)),
    (_S.TRYING, _E.GIVE_UP): Step(_S.TERMINATED, (_A.TIME_OUT,)),
    (_S.TRYING, _E.EXPIRE): _STALE,
    (_S.TRYING, _E.BROKEN): Step(_S.TERMINATED, (_A.BREAK,)),
    (_S.TRYING, _E.REQUEST_AGAIN): _NOT_CLIENT,
    (_S.TRYING, _E.ACK): _NOT_CLIENT,
    (_S.PROCEEDING, _E.PROVISIONAL): Step(_S.PROCEEDING, (_A.DELIVER,)),
    (_S.PROCEEDING, _E.SUCCESS): Step(
        _S.COMPLETED, (_A.STOP_RESEND, _A.STOP_GIVE_UP, _A.START_EXPIRE, _A.DELIVER)
    ),
    (_S.PROCEEDING, _E.FAILURE): Step(
        _S.COMPLETED, (_A.STOP_RESEND, _A.STOP_GIVE_UP, _A.START_EXPIRE, _A.DELIVER)
    ),
    (_S.PROCEEDING, _E.RESEND): Step(_S.PROCEEDING, (_A.REPEAT, _A.BACK_OFF)),
    (_S.PROCEEDING, _E.GIVE_UP): Step(_S.TERMINATED, (_A.TIME_OUT,)),
    (_S.PROCEEDING, _E.EXPIRE): _STALE,
    (_S.PROCEEDING, _E.BROKEN): Step(_S.TERMINATED, (_A.BREAK,)),
    (_S.PROCEEDING, _E.REQUEST_AGAIN): _NOT_CLIENT,
    (_S.PROCEEDING, _E.ACK): _NOT_CLIENT,
    (_S.COMPLETED, _E.PROVISIONAL): _LATE,
    (_S.COMPLETED, _E.SUCCESS): _SECOND,
    (_S.COMPLETED, _E.FAILURE): _SECOND,
    (_S.COMPLETED, _E.RESEND): _STALE,
    (_S.COMPLETED, _E.GIVE_UP): _STALE,
    (_S.COMPLETED, _E.EXPIRE): Step(_S.TERMINATED),
    (_S.COMPLETED, _E.BROKEN): _HELD,
    (_S.COMPLETED, _E.REQUEST_AGAIN): _NOT_CLIENT,
    (_S.COMPLETED, _E.ACK): _NOT_CLIENT,
}

# RFC 3261 §17.2.1 figure 7, corrected by RFC 6026 §7.1 figure 1. RESEND is timer G, GIVE_UP timer H.
INVITE_SERVER: Table = {
    (_S.PROCEEDING, _E.PROVISIONAL): Step(_S.PROCEEDING, (_A.SEND,)),
    (_S.PROCEEDING, _E.SUCCESS): Step(_S.ACCEPTED, (_A.SEND, _A.START_EXPIRE)),
    (_S.PROCEEDING, _E.FAILURE): Step(_S.COMPLETED, (_A.SEND, _A.START_RESEND, _A.START_GIVE_UP)),
    (_S.PROCEEDING, _E.REQUEST_AGAIN): Step(_S.PROCEEDING, (_A.ABSORB,)),
    (_S.PROCEEDING, _E.ACK): Refusal("an ACK before the final response"),
    (_S.PROCEEDING, _E.RESEND): _STALE,
    (_S.PROCEEDING, _E.GIVE_UP): _STALE,
    (_S.PROCEEDING, _E.EXPIRE): _STALE,
    (_S.PROCEEDING, _E.BROKEN): Step(_S.TERMINATED, (_A.BREAK,)),
    (_S.ACCEPTED, _E.PROVISIONAL): _LATE,
    (_S.ACCEPTED, _E.SUCCESS): Step(_S.ACCEPTED, (_A.SEND,)),
    (_S.ACCEPTED, _E.FAILURE): _SECOND,
    (_S.ACCEPTED, _E.REQUEST_AGAIN): Step(_S.ACCEPTED),
    (_S.ACCEPTED, _E.ACK): Step(_S.ACCEPTED),
    (_S.ACCEPTED, _E.RESEND): _STALE,
    (_S.ACCEPTED, _E.GIVE_UP): _STALE,
    (_S.ACCEPTED, _E.EXPIRE): Step(_S.TERMINATED),
    (_S.ACCEPTED, _E.BROKEN): Step(_S.TERMINATED, (_A.BREAK,)),
    (_S.COMPLETED, _E.PROVISIONAL): _LATE,
    (_S.COMPLETED, _E.SUCCESS): _SECOND,
    (_S.COMPLETED, _E.FAILURE): _SECOND,
    (_S.COMPLETED, _E.REQUEST_AGAIN): Step(_S.COMPLETED, (_A.ABSORB,)),
    (_S.COMPLETED, _E.ACK): Step(_S.CONFIRMED, (_A.STOP_RESEND, _A.STOP_GIVE_UP, _A.START_EXPIRE)),
    (_S.COMPLETED, _E.RESEND): Step(_S.COMPLETED, (_A.REPEAT, _A.BACK_OFF)),
    (_S.COMPLETED, _E.GIVE_UP): Step(_S.TERMINATED),
    (_S.COMPLETED, _E.EXPIRE): _STALE,
    (_S.COMPLETED, _E.BROKEN): Step(_S.TERMINATED, (_A.BREAK,)),
    (_S.CONFIRMED, _E.PROVISIONAL): _LATE,
    (_S.CONFIRMED, _E.SUCCESS): _SECOND,
    (_S.CONFIRMED, _E.FAILURE): _SECOND,
    (_S.CONFIRMED, _E.REQUEST_AGAIN): Step(_S.CONFIRMED),
    (_S.CONFIRMED, _E.ACK): Step(_S.CONFIRMED),
    (_S.CONFIRMED, _E.RESEND): _STALE,
    (_S.CONFIRMED, _E.GIVE_UP): _STALE,
    (_S.CONFIRMED, _E.EXPIRE): Step(_S.TERMINATED),
    (_S.CONFIRMED, _E.BROKEN): _HELD,
}

# RFC 3261 §17.2.2 figure 8
SERVER: Table = {
    (_S.TRYING, _E.PROVISIONAL): Step(_S.PROCEEDING, (_A.SEND,)),
    (_S.TRYING, _E.SUCCESS): Step(_S.COMPLETED, (_A.SEND, _A.START_EXPIRE)),
    (_S.TRYING, _E.FAILURE): Step(_S.COMPLETED, (_A.SEND, _A.START_EXPIRE)),
    (_S.TRYING, _E.REQUEST_AGAIN): Step(_S.TRYING, (_A.ABSORB,)),
    (_S.PROCEEDING, _E.PROVISIONAL): Step(_S.PROCEEDING, (_A.SEND,)),
    (_S.PROCEEDING, _E.SUCCESS): Step(_S.COMPLETED, (_A.SEND, _A.START_EXPIRE)),
    (_S.PROCEEDING, _E.FAILURE): Step(_S.COMPLETED, (_A.SEND, _A.START_EXPIRE)),
    (_S.PROCEEDING, _E.REQUEST_AGAIN): Step(_S.PROCEEDING, (_A.ABSORB,)),
    (_S.COMPLETED, _E.PROVISIONAL): _LATE,
    (_S.COMPLETED, _E.SUCCESS): _SECOND,
    (_S.COMPLETED, _E.FAILURE): _SECOND,
    (_S.COMPLETED, _E.REQUEST_AGAIN): Step(_S.COMPLETED, (_A.ABSORB,)),
    (_S.COMPLETED, _E.EXPIRE): Step(_S.TERMINATED),
    **{
        (state, event): refusal
        for state in (_S.TRYING, _S.PROCEEDING, _S.COMPLETED)
        for event, refusal in (
            (_E.ACK, Refusal("only an INVITE is acknowledged")),
            (_E.RESEND, _STALE),
            (_E.GIVE_UP, _STALE),
        )
    },
    **{
        (state, _E.BROKEN): Step(_S.TERMINATED, (_A.BREAK,))
        for state in (_S.TRYING, _S.PROCEEDING, _S.COMPLETED)
    },
    (_S.TRYING, _E.EXPIRE): _STALE,
    (_S.PROCEEDING, _E.EXPIRE): _STALE,
}

TABLES: Mapping[str, Table] = {
    "INVITE client": INVITE_CLIENT,
    "client": CLIENT,
    "INVITE server": INVITE_SERVER,
    "server": SERVER,
}


def step(table: Table, state: State, event: Event) -> Step | Refusal:
    """What an event does in a state; everything is refused once the transaction is terminated."""
    return _OVER if state is State.TERMINATED else table[state, event]
