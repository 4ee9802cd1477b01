"""Models that come in parts, as package data: joined once into the data directory, and verified."""

import hashlib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import BinaryIO

from yunhu.speech.errors import ModelDamagedError
from yunhu.speech.whole_files import replacing, sweep

_BLOCK = 1 << 20


def package_file(package: str, *names: str) -> Path:
    """A data file of an installed package. Raises `ModelDamagedError` when the package is not there."""
    try:
        return Path(str(resources.files(package).joinpath(*names)))
    except ModuleNotFoundError as error:
        raise ModelDamagedError(model=package, reason="missing") from error


def join_parts(parts: Sequence[Path], target: Path, sha256: str) -> Path:
    """`target`, holding the parts one after another; written only when it is not there or is damaged.

    Several processes may do this at once: each writes its own file and renames it. Raises `ModelDamagedError`
    when the parts do not make up `sha256`; `target` is then as it was.
    """
    if target.is_file() and _digest(target) == sha256:
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    sweep(target.parent)
    try:
        with replacing(target) as joined:
            if _copy(parts, joined) != sha256:
                raise ModelDamagedError(model=target.name, reason="sha256")
    except FileNotFoundError as error:
        raise ModelDamagedError(model=target.name, reason="missing") from error
    return target


def _copy(parts: Sequence[Path], joined: BinaryIO) -> str:
    digest = hashlib.sha256()
    for part in parts:
        with part.open("rb") as source:
            while block := source.read(_BLOCK):
                digest.update(block)
                joined.write(block)
    return digest.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
