"""Whatever the product puts on record has words in the console's audit log."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
_ACTION = re.compile(r'action=f?"([a-z_]+\.[a-z_]+)"')


def _recorded() -> set[str]:
    sources = (ROOT / "src" / "yunhu").rglob("*.py")
    return {action for source in sources for action in _ACTION.findall(source.read_text(encoding="utf-8"))}


def _block(words: str, name: str) -> set[str]:
    begin = words.index(f"  {name}: {{")
    return set(re.findall(r"^    (\w+):", words[begin : words.index("\n  },", begin)], re.MULTILINE))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_given_every_action_in_the_sources_then_the_audit_log_can_say_it(language: str) -> None:
    file = ROOT / "console" / "src" / "features" / "audit" / "words" / f"{language}.ts"
    words = file.read_text(encoding="utf-8")
    actions, verbs, subjects = (_block(words, name) for name in ("actions", "verbs", "subjects"))
    recorded = _recorded()
    assert len(recorded) > 30
    unsaid = [
        action
        for action in sorted(recorded)
        for subject, verb in [action.split(".")]
        if f"{subject}_{verb}" not in actions and not (subject in subjects and verb in verbs)
    ]
    assert unsaid == []
