"""Command statuses (SMPP 3.4 §5.1.3) and what each means for another attempt."""

from enum import IntEnum

from yunhu.messaging.port import RefusalClass


class Status(IntEnum):
    """The statuses that this client sends or judges; any other is permanent, also the vendors' 0x400-0x4FF."""

    ROK = 0x00
    RINVMSGLEN = 0x01
    RINVCMDLEN = 0x02
    RINVCMDID = 0x03
    RINVBNDSTS = 0x04
    RALYBND = 0x05
    RSYSERR = 0x08
    RINVSRCADR = 0x0A
    RINVDSTADR = 0x0B
    RBINDFAIL = 0x0D
    RINVPASWD = 0x0E
    RINVSYSID = 0x0F
    RMSGQFUL = 0x14
    RSUBMITFAIL = 0x45
    RTHROTTLED = 0x58
    RX_T_APPN = 0x64
    RX_P_APPN = 0x65
    RX_R_APPN = 0x66
    RDELIVERYFAILURE = 0xFE
    RUNKNOWNERR = 0xFF


_THROTTLED = frozenset({Status.RTHROTTLED, Status.RMSGQFUL})
_TEMPORARY = frozenset({Status.RSYSERR, Status.RX_T_APPN, Status.RINVBNDSTS})


def refusal_class(status: int) -> RefusalClass:
    """What a status other than ESME_ROK in a submit_sm_resp or generic_nack means."""
    if status in _THROTTLED:
        return RefusalClass.THROTTLED
    return RefusalClass.TEMPORARY if status in _TEMPORARY else RefusalClass.PERMANENT


def status_name(status: int) -> str:
    """`ESME_RTHROTTLED`, or `unlisted` for what is not in the table."""
    try:
        return f"ESME_{Status(status).name}"
    except ValueError:
        return "unlisted"


def status_code(status: int) -> str:
    """The raw code as it is stored: `0x00000058`."""
    return f"0x{status:08x}"
