"""Commands, make targets, settings, metrics, endpoints, error ids, tables and packages in the documents exist."""

import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest
from litestar import Litestar
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.exposition import generate_latest
from sqlalchemy import text
from tests.integration.docs.markdown import DOCUMENTS, ROOT, blocks, code, name_of
from tests.support.hall.plugin import client_of

import yunhu.domains.dispatch.public  # noqa: F401 registers the call node's metrics
from yunhu.domains.callbacks.public import CHANNEL as CALLBACKS_CHANNEL
from yunhu.domains.monitoring.public import LIVE_CHANNEL
from yunhu.domains.notifications.events import EVENT_TYPES
from yunhu.domains.notifications.public import DISPATCH_CHANNEL, PROMPTS_CHANNEL, STOP_CHANNEL
from yunhu.domains.notifications.rules import Reason
from yunhu.domains.tasks.public import TASKS_CHANNEL
from yunhu.entrypoints.api import create_app
from yunhu.entrypoints.apply import CONFIG_CHANNEL
from yunhu.entrypoints.cli import main
from yunhu.entrypoints.node_http import TelephonyCollector
from yunhu.foundation.clock import SystemClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database, open_database
from yunhu.foundation.errors import YunhuError
from yunhu.foundation.jobs import JobMetrics
from yunhu.foundation.outbox import CHANNEL as OUTBOX_CHANNEL
from yunhu.foundation.settings import Settings
from yunhu.telephony.sip.stats import SipStats

_COMMAND = re.compile(r"(?:^|[\s/=(])yunhu((?:[ \t]+[^\s`|&;#()]+)+)", re.MULTILINE)
_MAKE = re.compile(r"(?:^|\s)make ([a-z][a-z-]*)\b", re.MULTILINE)
_SETTING = re.compile(r"\bYUNHU_[A-Z0-9_]*[A-Z0-9]")
_METRIC = re.compile(r"\byunhu_[a-z_]+\b")
_ENDPOINT = re.compile(r"\b(GET|POST|PATCH|PUT|DELETE) (/api/v1/[\w/{}-]+)")
_SERIES_ENDINGS = ("_bucket", "_count", "_sum")
CHANNELS = {
    CALLBACKS_CHANNEL,
    CONFIG_CHANNEL,
    DISPATCH_CHANNEL,
    LIVE_CHANNEL,
    OUTBOX_CHANNEL,
    PROMPTS_CHANNEL,
    STOP_CHANNEL,
    TASKS_CHANNEL,
}
EVERYWHERE = pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
ARCHITECTURE = ROOT / "docs" / "architecture.md"
INTEGRATE = ROOT / "docs" / "howto" / "integrate.md"
RUNBOOK = ROOT / "docs" / "runbooks" / "operations.md"
THE_HOUSE = ROOT / "docs" / "decisions" / "0001-the-house.md"


def _read(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def _first_cells(document: Path, heading: str) -> list[str]:
    """What stands in code in the first cells of the tables below a heading."""
    part = re.split(r"^## ", _read(document).partition(f"## {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[
        0
    ]
    rows = [line.split("|")[1] for line in part.splitlines() if line.startswith("|")]
    return [span for row in rows for span in re.findall(r"`([^`]+)`", row)]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Litestar:
    """The API over a database that nobody asks."""
    database = open_database("postgresql://nobody@localhost/nothing")
    settings = Settings(data_dir=tmp_path_factory.mktemp("docs"))
    return create_app(settings, database, Vault(bytes(32)), SystemClock())


@pytest.fixture
async def metrics(api: Litestar) -> set[str]:
    """Names of every metric of the product."""
    node = CollectorRegistry()
    stats = SipStats()
    node.register(TelephonyCollector(list, lambda: stats))
    JobMetrics(node)
    async with client_of(api, None) as client:
        exposed = (await client.get("/metrics")).text
    exposed += (generate_latest(REGISTRY) + generate_latest(node)).decode()
    found = set(re.findall(r"^# TYPE (yunhu_\w+) ", exposed, re.MULTILINE))
    return {name for name in found if not name.endswith("_created")}


def _faults_of_command(words: list[str]) -> str | None:
    command: click.Command = main
    context = click.Context(main)
    while words and isinstance(command, click.Group) and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        if found is None:
            return f"no command {words[0]}"
        command, words = found, words[1:]
    known = {option for parameter in command.params for option in parameter.opts} | {
        "--help",
        "-h",
        "--version",
    }
    unknown = [word for word in words if re.match(r"--?[a-z]", word) and word not in known]
    return f"{command.name} has no {unknown[0]}" if unknown else None


@EVERYWHERE
def test_given_a_command_in_a_document_when_looked_up_then_it_and_its_options_exist(document: Path) -> None:
    faults = []
    for piece in code(_read(document)):
        for rest in _COMMAND.findall(piece.replace("\\\n", " ")):
            if rest.strip().startswith(("…", "(", "=", "—")):
                continue
            fault = _faults_of_command(shlex.split(rest.replace("'", "").replace('"', "")))
            if fault:
                faults.append(f"yunhu{rest}: {fault}")
    assert not faults


@EVERYWHERE
def test_given_a_make_target_in_a_document_when_looked_up_then_it_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {target for piece in code(_read(document)) for target in _MAKE.findall(piece)}
    assert named <= targets


@EVERYWHERE
def test_given_a_setting_in_a_document_when_looked_up_then_it_exists(document: Path) -> None:
    known = {f"YUNHU_{name.upper()}" for name in Settings.__struct_fields__} | {"YUNHU_CONFIG"}
    support = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "support").rglob("*.py")
    )
    unknown = {
        name
        for name in _SETTING.findall(_read(document))
        if name not in known and not name.startswith("YUNHU_SECRET") and f'"{name}"' not in support
    }
    assert not unknown


@EVERYWHERE
async def test_given_a_metric_in_a_document_when_looked_up_then_it_exists(
    document: Path, metrics: set[str]
) -> None:
    series = metrics | {f"{name}{ending}" for name in metrics for ending in _SERIES_ENDINGS}
    named = {name for piece in code(_read(document)) for name in _METRIC.findall(piece)}
    assert named - CHANNELS <= series


async def test_given_a_metric_of_the_product_when_the_runbook_is_read_then_it_is_told(
    metrics: set[str],
) -> None:
    assert metrics
    assert metrics <= set(_METRIC.findall(_read(RUNBOOK)))


@EVERYWHERE
def test_given_an_endpoint_in_a_document_when_looked_up_then_it_exists(document: Path, api: Litestar) -> None:
    paths = {re.sub(r"{\w+}", "{}", path): item for path, item in (api.openapi_schema.paths or {}).items()}
    missing = []
    for method, path in _ENDPOINT.findall(_read(document)):
        item = paths.get(re.sub(r"{\w+}", "{}", path.rstrip("/")))
        if item is None or getattr(item, method.lower()) is None:
            missing.append(f"{method} {path}")
    assert not missing


def _error_ids(kind: type[YunhuError]) -> set[str]:
    return {kind.id}.union(*(_error_ids(child) for child in kind.__subclasses__()))


def test_given_the_guides_words_when_looked_up_then_the_product_knows_them() -> None:
    guide = _read(INTEGRATE)
    ids = _first_cells(INTEGRATE, "Errors")
    types = _first_cells(INTEGRATE, "Callbacks")
    reasons = re.findall(
        r"`([a-z_]+)`", guide.partition("## Why nothing was created\n")[2].partition("\n## ")[0]
    )
    assert ids
    assert set(ids) <= _error_ids(YunhuError)
    assert set(types) == set(EVENT_TYPES)
    assert set(reasons) - {"not_created"} == {reason.value for reason in Reason}


def test_given_the_map_when_compared_with_the_code_then_channels_and_rooms_are_the_same() -> None:
    assert set(_first_cells(ARCHITECTURE, "NOTIFY channels")) == CHANNELS
    rooms = {path.parent.name for path in (ROOT / "src/yunhu").glob("*/__init__.py")}
    assert set(re.findall(r"^[├└]─ (\w+)/", _read(ARCHITECTURE), re.MULTILINE)) == rooms


def test_given_a_dependency_when_the_first_decision_is_read_then_it_is_told() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = project["dependencies"] + [
        name for extra in project.get("optional-dependencies", {}).values() for name in extra
    ]
    names = {re.split(r"[\[<>=~! ]", name)[0] for name in declared}
    told = _read(THE_HOUSE).partition("## Dependencies taken\n")[2]
    assert not {
        name for name in names if not re.search(rf"(?:^\| |, ){re.escape(name)}\b", told, re.MULTILINE)
    }


async def test_given_the_runbooks_sql_when_it_is_run_then_the_schema_knows_it(database: Database) -> None:
    statements = [block.text for block in blocks(_read(RUNBOOK), "sql")]
    assert statements
    for statement in statements:
        for one in filter(str.strip, statement.split(";")):
            async with database.transaction() as session:
                await session.execute(text(one))
