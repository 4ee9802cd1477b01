"""The first page of a pack. Pure."""

from collections.abc import Mapping
from typing import Any

from yunhu.domains.documents.public import Document
from yunhu.domains.evidence import page
from yunhu.domains.evidence.drafts import Draft
from yunhu.domains.evidence.gathering import Gathered, part_named
from yunhu.domains.evidence.words import SUBJECTS_ZH, SubjectKind


def write_index(
    index: Draft, told: Mapping[str, Any], gathered: Gathered, papers: Mapping[str, Document]
) -> None:
    """Write `index.html`: what the pack is about, what it rests on, and every attempt or every day."""
    title = f"证据包 {told['tenant']['name']}"
    index.write(page.head(title) + page.h1(title, f"Evidence pack of {told['tenant']['slug']}"))
    index.write(_about(told))
    index.write(_counts(gathered))
    for name, facts in gathered.shared.items():
        part = part_named(name)
        index.write(page.h2((part.zh, part.en)))
        index.write("".join(page.fact(part.columns, one.values) for one in facts) or page.nothing())
    _write_papers(index, papers)
    for name, facts in gathered.of_person.items():
        if facts:
            part = part_named(name)
            index.write(page.h2((part.zh, part.en)))
            index.write("".join(page.fact(part.columns, one.values) for one in facts))
    _write_attempts(index, told, gathered)
    index.write(_earlier(told) + _how_to_verify(told) + page.foot())


def _about(told: Mapping[str, Any]) -> str:
    subject = told["subject"]
    kind = SubjectKind(subject["kind"])
    lines = [
        (("证据包编号", "Pack"), told["id"]),
        (("租户（甲方）", "Tenant"), f"{told['tenant']['name']} ({told['tenant']['slug']})"),
        (("对象", "Subject"), f"{SUBJECTS_ZH[kind]} {kind.value}"),
        (("通话编号", "Call"), subject["call_id"]),
        (("投诉编号", "Complaint"), subject["complaint_id"]),
        (("号码", "Phone"), subject["callee"]),
        (("起止日期", "Days"), _days(subject)),
        (("申请人", "Requested by"), told["requested_by"]["name"]),
        (("运营方申请", "By the operator"), told["of_operator"]),
        (("申请时间", "Requested at"), told["requested_at"]),
        (("事由", "Reason"), told["reason"]),
        (("显示完整号码", "Whole phone numbers"), told["whole_phones"]),
        (("附录音", "With recordings"), told["with_recordings"]),
    ]
    return page.h2(("概要", "About")) + page.pairs(
        [(heading, value) for heading, value in lines if value is not None]
    )


def _days(subject: Mapping[str, Any]) -> str | None:
    return f"{subject['first_day']} – {subject['last_day']}" if subject["first_day"] else None


def _counts(gathered: Gathered) -> str:
    tally = gathered.tally
    lines: list[tuple[page.Heading, Any]] = [(("通话与短信总数", "Calls and messages"), tally.attempts)]
    lines += [(("其中 " + result, ""), count) for result, count in sorted(tally.by_result.items())]
    return page.h2(("统计", "Counts")) + page.pairs(lines)


def _write_papers(index: Draft, papers: Mapping[str, Document]) -> None:
    if not papers:
        return
    index.write(page.h2(("附件", "Papers")) + "<table>")
    for path, document in papers.items():
        cells = (page.link(path, document.file_name), page.shown(document.bytes), page.shown(document.sha256))
        index.write(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>\n")
    index.write("</table>\n")


def _write_attempts(index: Draft, told: Mapping[str, Any], gathered: Gathered) -> None:
    index.write(page.h2(("通话与短信", "Calls and messages")))
    if not gathered.tally.attempts:
        index.write(page.nothing())
        return
    if told["subject"]["kind"] != SubjectKind.PERIOD:
        gathered.blocks.copy_to(index)
        return
    index.write(
        page.paragraph(
            "每日一页；每次通话的全部证据见 data 目录，每行一条 JSON。",
            "A page for each day; everything about each call is in the folder data, one JSON object a line.",
        )
    )
    by_day = gathered.tally.by_day
    rows = "".join(
        f"<tr><td>{page.link(draft.path, draft.path[6:-5])}</td><td>{by_day[draft.path[6:-5]]}</td></tr>\n"
        for draft in gathered.days
    )
    index.write(f"<table>{rows}</table>\n")


def _earlier(told: Mapping[str, Any]) -> str:
    heading = page.h2(("此前就同一内容生成的证据包", "Earlier packs over the same"))
    return heading + (page.shown(told["earlier_packs"]) if told["earlier_packs"] else page.nothing())


def _how_to_verify(told: Mapping[str, Any]) -> str:
    return page.h2(("如何核验", "How to verify")) + page.paragraph(
        "执行 yunhu evidence verify 文件 --key 公钥文件。公钥须另行从运营方取得，不在本包内。"
        "manifest.json 列出每个文件的 SHA-256，signature.json 为其 Ed25519 签名。",
        "Run yunhu evidence verify FILE --key PUBLIC-KEY-FILE. Get the public key from the operator by another way: "
        "it is not in this pack. manifest.json lists the SHA-256 of every file, signature.json is its Ed25519 signature.",
    )
