"""The command line: help that teaches, errors that are sentences."""

import pytest
from click.testing import CliRunner

from yunhu.entrypoints.cli import main
from yunhu.entrypoints.up_banner import banner
from yunhu.entrypoints.up_first_start import key_file_of
from yunhu.foundation.settings import Settings


def _run(*arguments: str, **environ: str):
    return CliRunner(env=environ).invoke(main, arguments)


def test_given_no_command_when_help_is_asked_then_every_command_is_told():
    result = _run("--help")

    assert result.exit_code == 0
    for name in (
        "up",
        "api",
        "node",
        "apply",
        "db",
        "apikey",
        "notifications",
        "calls",
        "say",
        "simulate",
        "settings",
    ):
        assert f"\n  {name} " in result.output


@pytest.mark.parametrize("command", ["up", "apply", "simulate", "say"])
def test_given_a_command_when_help_is_asked_then_it_shows_examples(command):
    assert f"yunhu {command}" in _run(command, "--help").output.split("Example")[1]


def test_given_an_unknown_setting_when_anything_runs_then_it_is_named():
    result = _run("settings", "show", YUNHU_HTP_PORT="1")

    assert result.exit_code == 1
    assert "YUNHU_HTP_PORT" in result.output
    assert "Traceback" not in result.output


def test_given_a_database_url_when_settings_are_shown_then_its_password_is_masked():
    result = _run("settings", "show", YUNHU_DATABASE_URL="postgresql://a:hunter2@h/d")

    assert result.exit_code == 0
    assert "hunter2" not in result.output


def test_given_a_wrong_file_when_applied_then_the_place_is_told_before_any_database_is_needed(tmp_path):
    path = tmp_path / "hall.yaml"
    path.write_text("tenant: 1\n")

    result = _run("apply", "-f", str(path), YUNHU_DATABASE_URL="postgresql://nowhere.invalid/x")

    assert result.exit_code == 1
    assert "line 1, column 9: tenant:" in result.output


def test_given_a_key_when_the_banner_is_made_then_it_holds_three_curl_lines_and_no_key(tmp_path):
    settings = Settings(data_dir=tmp_path)
    key_file_of(settings).parent.mkdir(parents=True)
    key_file_of(settings).write_text("sk_secret")

    text = banner(settings)

    assert text.count("curl -sS") == 3
    assert "sk_secret" not in text
    assert "SANDBOX" in text
