"""The console's types of the API are what the API says now."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

CONSOLE = Path(__file__).parents[3] / "console"


@pytest.fixture
def builder() -> ModuleType:
    """`console/build.py`, which is a program and no package."""
    spec = importlib.util.spec_from_file_location("console_build", CONSOLE / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_given_what_the_console_knows_of_the_api_when_generated_anew_then_it_is_the_same(
    builder: ModuleType,
) -> None:
    with builder.one_at_a_time():
        builder.install()
    for name, made in builder.GENERATED.items():
        committed = (CONSOLE / "src" / "api" / name).read_bytes()
        assert made() == committed, f"{name}: run `make console-api`"


def test_given_the_lock_file_when_read_then_it_names_no_registry() -> None:
    assert '"resolved"' not in (CONSOLE / "package-lock.json").read_text(encoding="utf-8")


def test_given_a_changed_source_when_digested_then_the_digest_differs(
    builder: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "HERE", tmp_path)
    (tmp_path / "src").mkdir()
    file = tmp_path / "src" / "main.ts"
    file.write_text("one")
    before = builder.digest_of(("src",))
    assert builder.digest_of(("src",)) == before
    file.write_text("two")
    assert builder.digest_of(("src",)) != before
    file.write_text("one")
    file.rename(tmp_path / "src" / "other.ts")
    assert builder.digest_of(("src",)) != before
