"""What a process does before it answers: it must load no more than it needs."""

import subprocess
import sys

from alembic.script import ScriptDirectory

from yunhu.entrypoints.migrate import alembic_config
from yunhu.migrations import newest_revision

_HEAVY = {
    "alembic", "fontTools", "jieba", "numpy", "onnxruntime", "pypinyin", "reportlab", "scipy", "wetext", "xlsxwriter",
}  # fmt: skip


def _loaded_by(module: str) -> set[str]:
    program = f"import sys, {module}; print(*sys.modules)"
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    ).stdout
    return set(output.split())


def test_given_the_api_when_it_is_loaded_then_no_library_for_rare_work_is() -> None:
    loaded = {name.partition(".")[0] for name in _loaded_by("yunhu.entrypoints.api")}
    assert "litestar" in loaded
    assert not _HEAVY & loaded


def test_given_all_in_one_when_it_is_loaded_then_what_only_a_first_start_needs_is_not() -> None:
    loaded = _loaded_by("yunhu.entrypoints.up")
    assert "yunhu.entrypoints.migrate" in loaded
    assert not {"alembic", "yunhu.entrypoints.apply"} & loaded


def test_given_the_migrations_when_asked_for_the_newest_then_it_is_alembics_head() -> None:
    assert newest_revision() == ScriptDirectory.from_config(alembic_config()).get_current_head()
