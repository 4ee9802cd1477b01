"""What the invoicing system needs: one line an invoice (发票)."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from yunhu.foundation.money import yuan_plain

_HEAD = (
    "购买方名称",
    "购买方税号",
    "合同编号",
    "单据编号",
    "单据日期",
    "付款期限",
    "货物或应税劳务名称",
    "税率",
    "不含税金额",
    "税额",
    "价税合计",
    "发票号码",
    "开票日期",
)
_ITEM = "*电信服务*增值电信服务费"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def invoice_csv(rows: Sequence[Any]) -> bytes:
    """UTF-8 with a mark that spreadsheets know it by; amounts in yuan."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    for row in rows:
        rate = f"{row.vat_basis_points / 100:g}%"
        amounts = (yuan_plain(row.net), yuan_plain(row.vat), yuan_plain(row.gross))
        about = (_plain(row.title), row.tax_id, _plain(row.contract), _plain(row.paper))
        invoice = (_plain(row.invoice_number or ""), row.invoiced_on or "")
        writer.writerow((*about, row.day, row.due_on or "", _ITEM, rate, *amounts, *invoice))
    return out.getvalue().encode("utf-8-sig")


def _plain(text: str) -> str:
    """Spreadsheets must not take a name for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
