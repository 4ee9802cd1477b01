"""What a process does before it answers: it must load no more than it needs."""

import subprocess
import sys

from alembic.script import ScriptDirectory

from yunhu.entrypoints.migrate import alembic_config
from yunhu.migrations import newest_revision

_HEAVY = {
    "alembic", "fontTools", "jieba", "numpy", "onnxruntime", "pypinyin", "reportlab", "scipy", "wetext", "xlsxwriter",
}  # fmt: skip
_LOADED = "import sys, yunhu.entrypoints.api; print(*{name.partition('.')[0] for name in sys.modules})"


def test_given_the_api_when_it_is_loaded_then_no_library_for_rare_work_is() -> None:
    output = subprocess.run(
        [sys.executable, "-c", _LOADED], capture_output=True, text=True, check=True, timeout=120
    ).stdout
    assert "litestar" in output.split()
    assert not _HEAVY & set(output.split())


def test_given_the_migrations_when_asked_for_the_newest_then_it_is_alembics_head() -> None:
    assert newest_revision() == ScriptDirectory.from_config(alembic_config()).get_current_head()
