"""What the invoicing system needs of each closed month."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from yunhu.foundation.money import yuan_plain

_HEAD = (
    "购买方名称",
    "购买方税号",
    "合同编号",
    "对账单编号",
    "所属月份",
    "货物或应税劳务名称",
    "税率",
    "不含税金额",
    "税额",
    "价税合计",
)
_ITEM = "*电信服务*增值电信服务费"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def invoice_csv(rows: Sequence[Any]) -> bytes:
    """One line a statement; the tax id is filled in by the accountant where the contract does not hold it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    for row in rows:
        rate = f"{row.vat_basis_points / 100:g}%"
        amounts = (yuan_plain(row.net), yuan_plain(row.vat), yuan_plain(row.gross))
        month = f"{row.month:%Y-%m}"
        writer.writerow(
            (_plain(row.title), "", _plain(row.contract), row.statement, month, _ITEM, rate, *amounts)
        )
    return out.getvalue().encode("utf-8-sig")


def _plain(text: str) -> str:
    """Spreadsheets must not take a name for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
