"""`yunhu users` and `yunhu apikey --operator` against a real database."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.support.identity.people import OTHER_PASSWORD, PASSWORD

from yunhu.entrypoints.cli import main
from yunhu.entrypoints.up_banner import banner
from yunhu.foundation.settings import Settings

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `yunhu …` with the test's own database and data directory."""
    monkeypatch.setenv("YUNHU_DATABASE_URL", database_url)
    monkeypatch.setenv("YUNHU_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("YUNHU_PUBLIC_URL", "https://calls.example.cn/")
    monkeypatch.setenv("YUNHU_LOG_LEVEL", "error")

    def invoke(*words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, list(words), input=typed)

    return invoke


def test_given_an_empty_installation_when_the_first_link_is_accepted_then_staff_can_be_invited(
    run: Run,
) -> None:
    printed = run("users", "first-link")
    assert printed.exit_code == 0, printed.output
    link = printed.stdout.strip()
    assert link.startswith("https://calls.example.cn/welcome#token=")
    token = link.partition("=")[2]
    nameless = run("users", "accept-invitation", token, typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert "has to choose a login" in nameless.output
    weak = run("users", "accept-invitation", token, "--login", "root.li", typed="short\nshort\n")
    assert "does not meet the rules" in weak.output
    done = run("users", "accept-invitation", token, "--login", "root.li", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert "root.li can sign in now" in done.output
    assert PASSWORD not in done.output
    assert run("users", "first-link").exit_code == 1
    invited = run("users", "create", "--operator", "--login", "zhao", "--name", "赵敏", "--role", "finance")
    assert invited.exit_code == 0, invited.output
    rows = [json.loads(line) for line in run("users", "list", "--operator", "--json").output.splitlines()]
    assert {row["login"]: (row["state"], row["roles"]) for row in rows} == {
        "root.li": ("active", "administrator"),
        "zhao": ("invited", "finance"),
    }


def test_given_users_when_managed_at_the_server_then_the_last_administrator_stays(run: Run) -> None:
    token = run("users", "first-link").stdout.strip().partition("=")[2]
    run("users", "accept-invitation", token, "--login", "root.li", typed=f"{PASSWORD}\n{PASSWORD}\n")
    last = run("users", "disable", "root.li")
    assert (last.exit_code, "last administrator" in last.output) == (1, True), last.output + repr(
        last.exception
    )
    assert "no such user" in run("users", "disable", "nobody").output.lower()
    temporary = run("users", "reset-password", "Root.Li")
    assert temporary.exit_code == 0, temporary.output
    assert len(temporary.stdout.strip()) == 18
    none = run("users", "reset-totp", "root.li")
    assert (none.exit_code, "not in the state" in none.output) == (1, True)
    link = run("users", "create", "--operator", "--login", "two", "--name", "Two", "--role", "administrator")
    token = link.stdout.strip().partition("=")[2]
    run("users", "accept-invitation", token, typed=f"{OTHER_PASSWORD}\n{OTHER_PASSWORD}\n")
    assert run("users", "disable", "root.li").exit_code == 0
    assert run("users", "create", "--tenant", "x", "--operator", "--login", "l", "--name", "n", "--role", "agent").exit_code == 2  # fmt: skip


def test_given_the_operator_when_a_key_is_made_then_it_holds_its_own_sides_permissions_only(run: Run) -> None:
    made = run("apikey", "create", "--operator", "--name", "reports", "--scope", "operator:billing")
    assert made.stdout.startswith("yh_")
    wrong = run("apikey", "create", "--operator", "--name", "x", "--scope", "calls:read")
    assert (wrong.exit_code, "other side" in wrong.output) == (1, True)
    (row,) = [json.loads(line) for line in run("apikey", "list", "--operator", "--json").output.splitlines()]
    assert (row["name"], row["scopes"]) == ("reports", "operator:billing")
    rotated = run("apikey", "rotate", "--operator", row["id"])
    assert rotated.stdout.startswith("yh_")
    assert run("apikey", "revoke", "--operator", row["id"]).stdout == "revoked\n"


def test_given_a_first_start_when_the_banner_is_printed_then_the_link_and_the_command_are_in_it(
    run: Run, tmp_path: Path
) -> None:
    from datetime import UTC, datetime

    from yunhu.domains.identity.links import Invitation

    settings = Settings(data_dir=tmp_path)
    invitation = Invitation("abc", datetime(2026, 2, 9, tzinfo=UTC))
    shown = banner(settings, invitation)
    assert "http://127.0.0.1:8080/welcome#token=abc" in shown
    assert "yunhu users accept-invitation abc --login" in shown
    assert "administrator" not in banner(settings)
