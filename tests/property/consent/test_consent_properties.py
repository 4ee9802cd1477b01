"""No line breaks the reader; no bent link opens; blocks of any size give the same lines."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from yunhu.domains.consent import importing
from yunhu.domains.consent.import_rows import MEANINGS, Fault, RowReader
from yunhu.domains.consent.importing import line_blocks
from yunhu.domains.consent.links import make_link, read_token, token_of
from yunhu.domains.notifications.public import ConsentPurpose
from yunhu.foundation.crypto import Vault
from yunhu.foundation.phone import Phone

NOW = datetime(2026, 2, 9, 2, 0, tzinfo=UTC)
VAULT = Vault(bytes(range(32)))
MOBILES = st.from_regex(r"138\d{8}", fullmatch=True).filter(str.isascii)


@given(st.lists(st.text(), max_size=20))
def test_given_any_lines_when_read_then_each_is_a_row_or_a_fault_with_a_meaning(lines: list[str]) -> None:
    reader = RowReader("phone,given_at,purpose,valid_until,reference", ConsentPurpose.QUEUE, NOW)
    found = list(reader.read(lines, 2))
    assert len(found) <= len(lines)
    for one in found:
        if isinstance(one, Fault):
            assert 2 <= one.line < 2 + len(lines)
            assert one.codes
            assert set(one.codes) <= MEANINGS.keys()


@given(MOBILES, st.uuids(), st.integers(1, 730))
def test_given_a_link_when_read_back_then_it_is_the_same_for_its_days(
    mobile: str, tenant_id: UUID, days: int
) -> None:
    link = make_link(tenant_id, Phone.parse(mobile), days, NOW)
    assert read_token(token_of(link, VAULT), VAULT) == link
    assert not link.is_over(NOW)
    assert read_token(token_of(link, VAULT), Vault(bytes(32))) is None


@given(MOBILES, st.integers(0, 10_000), st.integers(1, 255))
def test_given_a_link_when_one_byte_is_bent_then_it_does_not_open(mobile: str, place: int, by: int) -> None:
    token = token_of(make_link(UUID(int=7), Phone.parse(mobile), 30, NOW), VAULT)
    place %= len(token) - 2  # the last letter has bits that no byte needs
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = letters[(letters.index(token[place]) + 1 + by % 63) % 64]
    assert other != token[place]
    assert read_token(token[:place] + other + token[place + 1 :], VAULT) is None


@given(st.text(max_size=60))
def test_given_any_text_when_read_as_a_link_then_it_opens_nothing(token: str) -> None:
    assert read_token(token, VAULT) is None


@given(
    st.lists(st.text(st.characters(blacklist_characters="\r\n", codec="utf-8"), max_size=8), min_size=1),
    st.data(),
)
async def test_given_any_cuts_when_read_in_blocks_then_the_lines_are_the_same(
    lines: list[str], data: st.DataObject
) -> None:
    content = "".join(f"{line}\r\n" for line in lines).encode()
    size = data.draw(st.integers(1, 40))

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), size):
            yield content[start : start + size]

    whole = importing._BLOCK
    importing._BLOCK = data.draw(st.integers(1, 50))
    try:
        found = [line async for block, _ in line_blocks(pieces(), "utf-8") for line in block]
        read = sum([bytes_ async for _, bytes_ in line_blocks(pieces(), "utf-8")])
    finally:
        importing._BLOCK = whole
    assert found == lines
    assert 0 <= len(content) - read <= 2 * size
