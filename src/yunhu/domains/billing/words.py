"""Words of billing, as they are stored and shown."""

from enum import StrEnum


class MeterState(StrEnum):
    """What became of one metered piece. From `held` it goes once, to one of the others."""

    HELD = "held"
    CHARGED = "charged"
    RELEASED = "released"


class Account(StrEnum):
    """Accounts of the ledger, each kept by tenant. Debits are positive, credits negative."""

    BANK = "bank"
    PREPAYMENT = "prepayment"
    """Liability: money of the tenant that was not yet used."""
    RECEIVABLE = "receivable"
    """What the closing account found still to be paid."""
    REVENUE = "revenue"
    """Net, by item of the contract."""
    VAT = "vat"
    LATE_FEES = "late_fees"
    SHORTFALL = "shortfall"
    """What the operator gives back for capacity that was not supplied (row C13)."""
    FORFEITED = "forfeited"
    """Prepayment that is not returned, because the tenant caused the end (§7.2)."""


class EntryKind(StrEnum):
    """What a ledger entry tells of."""

    PAYMENT = "payment"
    USAGE = "usage"
    ACCRUAL = "accrual"
    LATE_FEE = "late_fee"
    SHORTFALL = "shortfall"
    REFUND = "refund"
    FORFEIT = "forfeit"
    DUE = "due"


class RunKind(StrEnum):
    """What a reconciliation compared."""

    CARRIER = "carrier"
    """A carrier's call detail file (话单) with our call records."""
    RECORDS = "records"
    """What was metered with our own call records."""


class Cause(StrEnum):
    """Why two records differ."""

    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    DURATION = "duration_differs"
    CALLER = "caller_number_differs"
    DUPLICATE = "duplicate_there"
    OUTSIDE_PERIOD = "outside_period"
    NOT_ANSWERED_THERE = "not_answered_there"
    NOT_ANSWERED_HERE = "not_answered_here"
    UNREADABLE = "unreadable_row"
    """The row has no number or time that can be read."""
    NOT_METERED = "not_metered"
    """A call ended and holds no piece."""
    STILL_HELD = "still_held"
    """A call ended and its piece is neither charged nor released."""
    CHARGED_UNANSWERED = "charged_unanswered"
    """Charged on answer, and the call was not answered."""
    RELEASED_ANSWERED = "released_answered"
    """The call was answered, and its piece was given back."""
    METERED_WITHOUT_CALL = "metered_without_call"
    CARD_NOT_METERED = "card_not_metered"
    """A card reached the phone or was accepted for it, and is not charged."""
    CARD_WITHOUT_PUSH = "card_without_push"
    """A card is charged that was never taken by anybody."""


CAUSES_ZH = {
    Cause.MISSING_HERE: "本方无此通话",
    Cause.MISSING_THERE: "对方话单缺失",
    Cause.DURATION: "时长不一致",
    Cause.CALLER: "主叫号码不一致",
    Cause.DUPLICATE: "对方话单重复",
    Cause.OUTSIDE_PERIOD: "不在对账期内",
    Cause.NOT_ANSWERED_THERE: "对方记为未接通",
    Cause.NOT_ANSWERED_HERE: "本方记为未接通",
    Cause.UNREADABLE: "话单行无法识别",
    Cause.NOT_METERED: "通话未计量",
    Cause.STILL_HELD: "通话已结束但占用未结清",
    Cause.CHARGED_UNANSWERED: "未接通却已计费",
    Cause.RELEASED_ANSWERED: "已接通却未计费",
    Cause.METERED_WITHOUT_CALL: "有计费无通话记录",
    Cause.CARD_NOT_METERED: "名片已送达却未计费",
    Cause.CARD_WITHOUT_PUSH: "名片未送达却已计费",
}
ALARM_PERCENTS = (80, 95, 100)
