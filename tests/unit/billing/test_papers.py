"""The papers of billing: every letter is in its fonts, whatever was printed before."""

from datetime import date

import pytest
from reportlab.pdfbase import pdfmetrics

from yunhu.domains.billing.pdf import paper_pdf
from yunhu.domains.billing.wording import Money, SettledContract, settlement_paper, text_of
from yunhu.domains.contracts.settlement import Account, Line
from yunhu.domains.contracts.words import ItemKind, Side
from yunhu.foundation.printing import document_fonts


def settled(*, returned: int = 4_162_983, due: int = 0, ended_by: Side = Side.NOBODY) -> SettledContract:
    account = Account(
        lines=(
            Line(ItemKind.ROBOT, 2, 365, 4_400_000),
            Line(ItemKind.VOICE_NOTIFICATION, 1_380_000, 1_000_000, 10_000_000),
        ),
        used=14_400_000,
        late_fee=1_494_000,
        paid=24_900_000,
        shortfall_days=3,
        credit=12_055,
        returned=returned,
        retained=0,
        due=due,
        ended_by=ended_by,
        ended_on=date(2026, 5, 31),
    )
    return SettledContract(
        contract="西数云呼〔2026〕第001号",
        operator_name="某某电信服务有限公司",
        tenant_name="西安市雁塔区政务服务中心",
        first_day=date(2025, 6, 1),
        last_day=date(2026, 5, 31),
        vat_basis_points=600,
        settled_on=date(2026, 6, 20),
        account=account,
    )


def test_given_two_papers_with_other_letters_when_printed_after_each_other_then_no_letter_is_missing() -> (
    None
):
    with document_fonts(["甲乙丙"]):
        pass
    with document_fonts(["丁戊己"]) as names:
        for name in names:
            known = pdfmetrics.getFont(name).face.charToGlyph
            assert {ord(letter) for letter in "丁戊己"} <= set(known)


def test_given_a_settled_contract_when_its_paper_is_made_then_tax_and_words_agree_with_the_account() -> None:
    paper = settlement_paper(settled())
    told = dict(paper.totals)
    assert told["不含税金额（元）"] == Money(13_584_906)
    assert told["增值税额（元，税率 6%）"] == Money(815_094)
    assert told["人民币大写"] == "壹拾肆万肆仟元整"
    assert told["结算金额大写"] == "退还甲方肆万壹仟陆佰贰拾玖元捌角叁分"
    assert [[text_of(cell) for cell in row] for row in paper.rows] == [
        ["语音机器人", "按期（天）", "2", "365", "44,000.00"],
        ["语音通知", "按量（次）", "1,380,000", "1,000,000", "100,000.00"],
    ]
    assert sum(paper.widths) == 182
    assert paper_pdf(paper).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("due", "ended_by", "words", "whose"),
    [
        (11, Side.TENANT, "甲方补付壹角壹分", "甲方原因"),
        (0, Side.OPERATOR, "退还甲方零元整", "乙方原因"),
    ],
)
def test_given_who_owes_whom_when_the_paper_is_made_then_it_is_written_in_words(
    due: int, ended_by: Side, words: str, whose: str
) -> None:
    paper = settlement_paper(settled(returned=0, due=due, ended_by=ended_by))
    assert dict(paper.totals)["结算金额大写"] == words
    assert whose in dict(paper.header)["服务终止日"]
