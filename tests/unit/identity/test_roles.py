"""Permissions and preset roles."""

from yunhu.domains.identity.roles import ADMINISTRATION, PRESETS, Side, allowed_on
from yunhu.domains.identity.scope_words import MEANINGS
from yunhu.domains.identity.scopes import OPERATOR_SCOPES, TENANT_SCOPES, Scope


def test_given_every_permission_when_looked_up_then_it_has_a_side_and_a_meaning() -> None:
    assert set(MEANINGS) == set(Scope)
    assert set(Scope) == TENANT_SCOPES | OPERATOR_SCOPES
    assert {Scope.DOCUMENTS_READ, Scope.DOCUMENTS_WRITE} == TENANT_SCOPES & OPERATOR_SCOPES


def test_given_the_presets_when_compared_then_only_administrators_hold_everything_of_their_side() -> None:
    for (side, name), preset in PRESETS.items():
        assert preset.scopes <= allowed_on(side)
        assert (preset.scopes == allowed_on(side)) == (name == "administrator")
        assert (name == "administrator") != ADMINISTRATION.isdisjoint(preset.scopes)
    assert [name for side, name in PRESETS if side is Side.OPERATOR] == [
        "administrator",
        "compliance_reviewer",
        "finance",
        "support",
    ]
