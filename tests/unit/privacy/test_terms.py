"""Terms: the tenant's wish, the operator's minimum, the floor, and what hangs on what."""

from hypothesis import given
from hypothesis import strategies as st

from yunhu.domains.privacy.kinds import TERMS, DataKind, kept_days

_DAYS = st.dictionaries(st.sampled_from(DataKind), st.integers(1, 36_500))


@given(_DAYS, _DAYS)
def test_given_any_terms_when_computed_then_no_limit_is_undercut(
    minima: dict[DataKind, int], wishes: dict[DataKind, int]
) -> None:
    days = kept_days(minima, wishes)
    for kind, term in TERMS.items():
        assert days[kind] >= max(term.floor, minima.get(kind, 0), wishes.get(kind, 0))
    assert days[DataKind.CALLS] > days[DataKind.RECORDINGS]
    assert days[DataKind.NOTIFICATIONS] >= max(days[DataKind.CALLS], days[DataKind.SMS_MESSAGES])
    assert days[DataKind.JOURNEYS] >= days[DataKind.NOTIFICATIONS]
    assert days[DataKind.CONSENTS] >= days[DataKind.NOTIFICATIONS]


def test_given_no_wishes_when_computed_then_law_and_contract_are_met() -> None:
    days = kept_days({}, {})
    assert days[DataKind.RECORDINGS] >= 30
    assert days[DataKind.AUDIT] >= 183
