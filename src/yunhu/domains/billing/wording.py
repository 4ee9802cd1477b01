"""Chinese words of a statement, for both of its forms."""

from yunhu.domains.billing.statements import StatementContent, StatementLine
from yunhu.foundation.money import chinese_uppercase, yuan_text

KINDS_ZH = {
    "console": "平台服务",
    "robot": "语音机器人",
    "caller_number": "外显号码",
    "voice_notification": "语音通知",
    "call_card": "来电名片",
    "sms": "短信通知",
}


def header_rows(content: StatementContent, number: str) -> list[tuple[str, str]]:
    """Who, what and when."""
    return [
        ("对账单编号", number),
        ("甲方", content.tenant_name),
        ("乙方", content.operator_name),
        ("合同编号", content.contract),
        ("对账期间", f"{content.first_day:%Y年%m月%d日} 至 {content.last_day:%Y年%m月%d日}"),
    ]


def line_cells(line: StatementLine) -> list[str]:
    """One line of the table as text."""
    counts = ("" if value is None else f"{value:,}" for value in (line.pieces, line.used, line.left))
    kind = KINDS_ZH.get(line.kind, line.kind)
    return [kind, line.name, line.unit, f"{line.quota:,}", *counts, yuan_text(line.amount)]


def total_rows(content: StatementContent) -> list[tuple[str, str]]:
    """Sums, tax, words, and what is left of the prepayment."""
    rate = f"{content.vat_basis_points / 100:g}%"
    return [
        ("价税合计（元）", yuan_text(content.gross)),
        ("人民币大写", chinese_uppercase(content.gross)),
        ("不含税金额（元）", yuan_text(content.net)),
        (f"增值税额（元，税率 {rate}）", yuan_text(content.vat)),
        ("滞纳金（元）", yuan_text(content.late_fee)),
        ("供给不足抵扣（元）", f"{yuan_text(content.shortfall)}（{content.shortfall_days} 天）"),
        ("累计到账（元）", yuan_text(content.paid)),
        ("期初累计已用（元）", yuan_text(content.before)),
        ("期末余额（元）", yuan_text(content.balance)),
    ]
