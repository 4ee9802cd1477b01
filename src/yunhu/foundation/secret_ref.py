"""Secrets by reference: configuration names the place of a secret and never holds it."""

import base64
import binascii
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import msgspec

from yunhu.foundation.crypto import Vault
from yunhu.foundation.errors import SettingsError

_VARIABLE = re.compile(r"YUNHU_SECRET_[A-Z0-9_]{1,80}")
_LONGEST = 4096
STORED = "stored"
"""The place of a sealed secret, for people."""


class SecretRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Exactly one of an environment variable, a file, and the secret itself as this installation sealed it."""

    wanted: ClassVar[str] = (
        "a secret is never written into the file; name its place instead: "
        "{env: YUNHU_SECRET_…} or {file: /absolute/path}"
    )
    """What to say where something else than a reference stands."""

    env: str | None = None
    """Name of the variable, `YUNHU_SECRET_…`."""
    file: str | None = None
    """Absolute path; white space at the end of its text is not part of the secret."""
    sealed: str | None = None
    """Base64 of what the vault sealed; written by the API alone, and of no use to another installation."""

    def __post_init__(self) -> None:
        if [self.env, self.file, self.sealed].count(None) != 2:
            raise ValueError(self.wanted)
        if self.env is not None and not _VARIABLE.fullmatch(self.env):
            raise ValueError(
                "the variable of a secret is named YUNHU_SECRET_ and capitals, digits, underscores"
            )
        if self.file is not None and not Path(self.file).is_absolute():
            raise ValueError("the file of a secret is named by its absolute path")

    def __str__(self) -> str:
        if self.sealed is not None:
            return STORED
        return f"env {self.env}" if self.env else f"file {self.file}"


def seal(secret: str, vault: Vault) -> SecretRef:
    """Keep a secret in the configuration itself, readable with this installation's key alone."""
    return SecretRef(sealed=base64.b64encode(vault.seal_secret(secret)).decode())


def resolve_secret(
    reference: SecretRef, environ: Mapping[str, str] | None = None, vault: Vault | None = None
) -> str:
    """The secret itself. Raises `SettingsError` that names the place when nothing is there."""
    if reference.sealed is not None:
        return _open(reference.sealed, vault)
    environ = os.environ if environ is None else environ
    secret = environ.get(reference.env, "") if reference.env else _read(Path(str(reference.file)))
    if not secret:
        raise SettingsError(f"there is no secret in {reference}")
    return secret


def _open(sealed: str, vault: Vault | None) -> str:
    if vault is None:
        raise SettingsError("a sealed secret cannot be given here; name its place instead")
    try:
        return vault.open_secret(base64.b64decode(sealed, validate=True))
    except binascii.Error as error:
        raise SettingsError("a sealed secret is damaged") from error


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(_LONGEST).rstrip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"the secret in file {path} cannot be read: {type(error).__name__}") from error
