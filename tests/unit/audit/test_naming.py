"""Entries of the audit log in words."""

import ast
from pathlib import Path

import pytest

import yunhu
from yunhu.domains.audit.naming import action_text, changes_text, field_text, subject_text
from yunhu.domains.audit.words import ACTIONS, FIELDS, SUBJECTS, VERBS


@pytest.mark.parametrize(
    ("action", "english", "chinese"),
    [
        ("session.begin", "Signed in", "登录"),
        ("scenario.change", "Scenario: change", "场景：修改"),
        ("contract.qualification_check", "Contract: check qualification", "合同：核验资质"),
        ("planet.visit", "planet.visit", "planet.visit"),
        ("planet", "planet", "planet"),
    ],
)
def test_given_an_action_then_it_is_said_as_the_console_says_it(
    action: str, english: str, chinese: str
) -> None:
    assert (action_text(action, True), action_text(action, False)) == (english, chinese)


def test_given_changes_then_each_field_is_named_with_what_it_was_and_is() -> None:
    changes = [
        {"name": "qualification.checked_by", "before": None, "after": "王"},
        {"name": "days", "before": "30", "after": "60"},
        {"name": "unheard_of", "before": "x", "after": None},
    ]
    assert changes_text(changes, False) == "资质 · 核验人：王；天数：30 → 60；unheard_of：x → —"
    assert changes_text(changes, True) == "qualification · checked by: 王; days: 30 → 60; unheard_of: x → —"
    assert changes_text([], True) == ""


def test_given_a_subject_or_a_field_without_words_then_its_name_stands() -> None:
    assert (subject_text("user", False), subject_text("planet", False)) == ("用户", "planet")
    assert field_text("planet.name", False) == "planet · 名称"


def test_given_every_action_that_the_product_spells_out_then_it_has_words() -> None:
    actions = {
        value.value
        for path in Path(yunhu.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for value in _actions_of(node)
    }
    assert len(actions) > 60
    assert {action for action in actions if action_text(action, False) == action} == set()


def _actions_of(call: ast.Call) -> list[ast.Constant]:
    """`action="…"`, and what is given to the functions that write a slice's entries."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given = [word.value for word in call.keywords if word.arg == "action"]
    if name in {"note", "_record", "_put_on_record", "_keep"}:
        given += call.args
    return [
        value
        for value in given
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and "." in value.value
    ]


def test_given_every_word_then_it_stands_in_both_languages() -> None:
    for words in (ACTIONS, VERBS, SUBJECTS, FIELDS):
        for word, (english, chinese) in words.items():
            assert english, word
            assert chinese, word
            assert english.isascii() or "’" in english, word
