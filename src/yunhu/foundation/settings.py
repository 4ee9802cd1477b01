"""Every setting of the product, in one typed place.

Read once at start, from a TOML file and from the environment (`YUNHU_<NAME>`; the environment wins).
A name that is not known, or a value that cannot be read, stops the start with a sentence that says which.
"""

import ipaddress
import os
import socket
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from yunhu.foundation.errors import SettingsError

PREFIX = "YUNHU_"
CONFIG_VARIABLE = "YUNHU_CONFIG"

Port = Annotated[int, Meta(ge=0, le=65535)]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an installation can choose. Business rules are not here: they belong to tenants and scenarios."""

    data_dir: Annotated[
        Path,
        Meta(
            description="Where everything is kept that is not in the database server: embedded database, "
            "keys, prompts, recordings, sandbox output."
        ),
    ] = Path("data")
    database_url: Annotated[
        str | None,
        Meta(
            description="A PostgreSQL server (>= 15), `postgresql://user:password@host/database`. "
            "Left out, an embedded server runs inside `data_dir`."
        ),
    ] = None
    database_pool: Annotated[
        int,
        Meta(
            ge=2,
            le=200,
            description="Most connections to the database that one process opens for pages and jobs, and as many "
            "again for events, calls and messages.",
        ),
    ] = 10
    http_host: Annotated[str, Meta(description="Address that the API listens on.")] = "127.0.0.1"
    http_port: Annotated[Port, Meta(description="Port that the API listens on.")] = 8080
    http_workers: Annotated[int, Meta(ge=1, le=64, description="Processes that answer HTTP.")] = 1
    public_url: Annotated[
        str | None,
        Meta(
            description="Address that people reach this installation by, `https://…`: links are printed with it, and "
            "cookies are sent over TLS only. Call cards name it to phones. Left out, the API's own address, and cards carry none."
        ),
    ] = None
    trusted_proxies: Annotated[
        str,
        Meta(
            description="CIDR blocks of proxies of one's own, parted by commas: their `X-Forwarded-For` says whose "
            "address a request comes from."
        ),
    ] = ""
    metrics_port: Annotated[
        Port, Meta(description="Port on which a call node serves its own /healthz, /readyz and /metrics.")
    ] = 9091
    node_name: Annotated[
        str, Meta(min_length=1, max_length=64, description="Name of this call node in logs and monitoring.")
    ] = msgspec.field(default_factory=socket.gethostname)
    sip_bind: Annotated[str, Meta(description="Local address for SIP and RTP.")] = "0.0.0.0"  # noqa: S104 a carrier must reach it
    sip_port: Annotated[
        Port, Meta(description="Local port for SIP over UDP and TCP; 0 takes a free one.")
    ] = 5060
    sip_advertise: Annotated[
        str | None,
        Meta(
            description="Address to write into Contact and SDP when NAT stands between us and the carrier. "
            "Left out, the address that the route to the trunk uses."
        ),
    ] = None
    rtp_port_first: Annotated[Port, Meta(description="First UDP port for RTP; 0 takes any free ones.")] = 0
    rtp_port_last: Annotated[Port, Meta(description="Last UDP port for RTP.")] = 0
    drain_seconds: Annotated[
        int, Meta(ge=0, le=3600, description="How long running calls may go on after SIGTERM.")
    ] = 60
    prompt_cache_mib: Annotated[
        int, Meta(ge=16, description="Disk space for rendered prompts; the least recently used go first.")
    ] = 2048
    recognise_announcements: Annotated[
        bool,
        Meta(
            description="Understand what networks say before the answer (空号, 停机, 关机 …) and end such calls at once. "
            "Needs the extra `asr`; one process of its own, started with the first announcement, about 400 MB."
        ),
    ] = True
    callbacks_to_private: Annotated[
        bool, Meta(description="Let callbacks go to private, loopback and link-local addresses.")
    ] = False
    smtp_url: Annotated[
        str | None,
        Meta(
            description="The operator's own mail server for scheduled reports: `smtp://user:password@host` (STARTTLS), "
            "`smtps://…` (TLS), `smtp+plain://host` (a relay on one's own network). Left out, nothing is mailed."
        ),
    ] = None
    smtp_from: Annotated[
        str | None,
        Meta(
            description="Sender of mails, `yunhu@example.com` or `云呼+ <yunhu@example.com>`; needed with `smtp_url`."
        ),
    ] = None
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="Least severe log line that is written."),
    ] = "info"
    log_format: Annotated[
        Literal["console", "json"], Meta(description="Log lines for people or for machines.")
    ] = "console"

    @property
    def database_dir(self) -> Path:
        """The embedded server's files."""
        return self.data_dir / "postgres"

    @property
    def keys_dir(self) -> Path:
        """Key material, readable by the owner alone."""
        return self.data_dir / "keys"

    @property
    def recordings_dir(self) -> Path:
        """Call recordings, by day."""
        return self.data_dir / "recordings"

    @property
    def prompts_dir(self) -> Path:
        """Rendered prompts, by content hash."""
        return self.data_dir / "prompts"

    @property
    def models_dir(self) -> Path:
        """Speech models, joined from their packages."""
        return self.data_dir / "models"

    @property
    def documents_dir(self) -> Path:
        """Documents, encrypted. API and call nodes of one installation share it."""
        return self.data_dir / "documents"

    @property
    def sandbox_dir(self) -> Path:
        """What simulated phones heard and received."""
        return self.data_dir / "sandbox"

    def proxies(self) -> list[str]:
        """The entries of `trusted_proxies`."""
        return [block.strip() for block in self.trusted_proxies.split(",") if block.strip()]


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings or raise `SettingsError` naming every unknown or wrong one."""
    environ = os.environ if environ is None else environ
    values = _from_file(environ.get(CONFIG_VARIABLE))
    values.update(_from_environment(environ))
    try:
        settings = msgspec.convert(values, Settings, strict=False, dec_hook=_read_path)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{error}") from error
    _check_networks(settings)
    return msgspec.structs.replace(settings, data_dir=settings.data_dir.expanduser().absolute())


def _check_networks(settings: Settings) -> None:
    for block in settings.proxies():
        try:
            ipaddress.ip_network(block)
        except ValueError as error:
            raise SettingsError(f"{PREFIX}TRUSTED_PROXIES: {error}") from error


def _read_path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError(kind)


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings as environment variables, to hand them to a child process unchanged."""
    values = msgspec.structs.asdict(settings)
    return {f"{PREFIX}{name.upper()}": _as_text(value) for name, value in values.items() if value is not None}


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _from_file(name: str | None) -> dict[str, Any]:
    if not name:
        return {}
    try:
        values = tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(f"{CONFIG_VARIABLE} names {name}, which does not exist") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name} is not valid TOML: {error}") from error
    _refuse_unknown(values, source=name)
    return values


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    values = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and name != CONFIG_VARIABLE and not name.startswith(f"{PREFIX}SECRET_")
    }
    _refuse_unknown(values, source="the environment", prefix=PREFIX)
    return values


def _refuse_unknown(values: Mapping[str, Any], *, source: str, prefix: str = "") -> None:
    known = {field.name for field in msgspec.structs.fields(Settings)}
    unknown = sorted(set(values) - known)
    if unknown:
        named = ", ".join(f"{prefix}{name.upper()}" if prefix else name for name in unknown)
        raise SettingsError(f"{source} sets what does not exist: {named}", unknown=unknown)
