"""Chinese words of the papers of billing: the monthly statement (对账单) and the closing account (结算单). Pure."""

from datetime import date

import msgspec

from yunhu.domains.billing.statements import StatementContent
from yunhu.domains.contracts.public import METERED, ClosingAccount, ItemKind, Side
from yunhu.foundation.money import Fen, chinese_uppercase, vat_split, yuan_text

KINDS_ZH: dict[str, str] = {
    "console": "平台服务",
    "robot": "语音机器人",
    "caller_number": "外显号码",
    "voice_notification": "语音通知",
    "call_card": "来电名片",
    "data_interface": "数据接口与部署",
}
_SIDES_ZH = {Side.OPERATOR: "乙方原因", Side.TENANT: "甲方原因", Side.NOBODY: "期满或协商一致"}


class Money(msgspec.Struct, frozen=True):
    """An amount in a cell."""

    fen: Fen


Cell = str | int | Money | None


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on a paper, whether it is printed or opened as a workbook."""

    title: str
    number: str
    author: str
    header: list[tuple[str, str]]
    columns: tuple[str, ...]
    widths: tuple[int, ...]
    """Of the columns, in millimetres; 182 together."""
    texts: int
    """So many columns hold words, the others numbers."""
    rows: list[list[Cell]]
    totals: list[tuple[str, Cell]]


def text_of(cell: Cell) -> str:
    """A cell as it is printed."""
    if isinstance(cell, Money):
        return yuan_text(cell.fen)
    return f"{cell:,}" if isinstance(cell, int) else cell or ""


def statement_paper(content: StatementContent, number: str) -> Paper:
    """A month's statement."""
    rate = f"{content.vat_basis_points / 100:g}%"
    return Paper(
        title="服务费用对账单",
        number=number,
        author=content.operator_name,
        header=[
            ("对账单编号", number),
            ("甲方", content.tenant_name),
            ("乙方", content.operator_name),
            ("合同编号", content.contract),
            ("对账期间", f"{_day(content.first_day)} 至 {_day(content.last_day)}"),
        ],
        columns=("项目", "名称", "单位", "额度", "本期用量", "累计用量", "剩余", "金额（元）"),
        widths=(23, 34, 14, 22, 21, 22, 22, 24),
        texts=3,
        rows=[
            [
                KINDS_ZH[line.kind],
                line.name,
                line.unit,
                line.quota,
                line.pieces,
                line.used,
                line.left,
                Money(line.amount),
            ]
            for line in content.lines
        ],
        totals=[
            ("价税合计（元）", Money(content.gross)),
            ("人民币大写", chinese_uppercase(content.gross)),
            ("不含税金额（元）", Money(content.net)),
            (f"增值税额（元，税率 {rate}）", Money(content.vat)),
            ("滞纳金（元）", Money(content.late_fee)),
            ("供给不足抵扣（元）", Money(content.shortfall)),
            ("供给不足天数", content.shortfall_days),
            ("累计到账（元）", Money(content.paid)),
            ("期初累计已用（元）", Money(content.before)),
            ("期末余额（元）", Money(content.balance)),
        ],
    )


class SettledContract(msgspec.Struct, frozen=True, kw_only=True):
    """A contract whose account was closed."""

    contract: str
    operator_name: str
    tenant_name: str
    first_day: date
    last_day: date
    vat_basis_points: int
    settled_on: date
    account: ClosingAccount


def settlement_paper(settled: SettledContract) -> Paper:
    """The closing account of a contract (§7.2)."""
    account, number = settled.account, f"JS-{settled.contract}"
    net, vat = vat_split(account.used, settled.vat_basis_points)
    return Paper(
        title="合同结算单",
        number=number,
        author=settled.operator_name,
        header=[
            ("结算单编号", number),
            ("甲方", settled.tenant_name),
            ("乙方", settled.operator_name),
            ("合同编号", settled.contract),
            ("合同期限", f"{_day(settled.first_day)} 至 {_day(settled.last_day)}"),
            ("服务终止日", f"{_day(account.ended_on)}（{_SIDES_ZH[account.ended_by]}）"),
            ("结算日期", _day(settled.settled_on)),
        ],
        columns=("项目", "计费方式", "约定数量", "实际用量", "金额（元）"),
        widths=(42, 42, 32, 32, 34),
        texts=2,
        rows=[
            [KINDS_ZH[line.kind], _charged_by(line.kind), line.granted, line.used, Money(line.price)]
            for line in account.lines
        ],
        totals=[
            ("服务费用合计（元，含税）", Money(account.used)),
            ("人民币大写", chinese_uppercase(account.used)),
            ("不含税金额（元）", Money(net)),
            (f"增值税额（元，税率 {settled.vat_basis_points / 100:g}%）", Money(vat)),
            ("滞纳金（元）", Money(account.late_fee)),
            ("供给不足天数", account.shortfall_days),
            ("供给不足抵扣（元）", Money(account.credit)),
            ("累计到账（元）", Money(account.paid)),
            ("应退还甲方（元）", Money(account.returned)),
            ("不予退还的预付款（元）", Money(account.retained)),
            ("甲方应补付（元）", Money(account.due)),
            ("结算金额大写", _closing_words(account)),
        ],
    )


def _charged_by(kind: ItemKind) -> str:
    return "按量（次）" if kind in METERED else "按期（天）"


def _closing_words(account: ClosingAccount) -> str:
    if account.due:
        return f"甲方补付{chinese_uppercase(account.due)}"
    return f"退还甲方{chinese_uppercase(account.returned)}"


def _day(day: date) -> str:
    return f"{day:%Y年%m月%d日}"
