"""What `yunhu up` prints when everything is ready: where things are, and what to paste."""

from yunhu.domains.identity.links import Invitation
from yunhu.entrypoints.up_first_start import key_file_of
from yunhu.foundation.settings import Settings

_STEPS = (
    ("taken", '"matter":"社保登记","ahead":8,"phone":"13800138000"'),
    ("progress", '"ahead":2'),
    ("called", '"window":"3"'),
)


def base_url(settings: Settings) -> str:
    """Where people reach the API: the public address, or this machine's own."""
    if settings.public_url is not None:
        return settings.public_url.rstrip("/")
    return f"http://{_host(settings)}:{settings.http_port}"


def _host(settings: Settings) -> str:
    return "127.0.0.1" if settings.http_host in {"0.0.0.0", "::"} else settings.http_host  # noqa: S104 compared, not bound


def banner(settings: Settings, invitation: Invitation | None = None) -> str:
    """The text; the curl lines can be pasted as often as one likes, at any time.

    The invitation is for the first administrator, as long as there is none.
    """
    host = _host(settings)
    base = f"http://{host}:{settings.http_port}"
    lines = [
        "",
        "云呼+ is ready.",
        "",
        f"  console             {base}/",
        f"  API documentation   {base}/docs",
        f"  health, metrics     {base}/readyz  {base}/metrics",
        f"  call node           http://{host}:{settings.metrics_port}/readyz",
        f"  data                {settings.data_dir}",
        f"  API key             {key_file_of(settings)}",
        "",
        "SANDBOX carrier: simulated phones and SMS centre, nobody is called.",
        f"  what a phone heard  {settings.sandbox_dir}/heard/<call id>.wav",
        f"  SMS received        {settings.sandbox_dir}/sms.jsonl",
        f"  recordings          {settings.recordings_dir}",
        "",
    ]
    if key_file_of(settings).exists():
        lines += ["A first visitor, step by step (or all at once: yunhu simulate):", ""]
        lines += [_curl(base, settings, event, facts) for event, facts in _STEPS]
    if invitation is not None:
        lines += [
            "The operator has no administrator yet. This link makes the first one, once, within 24 hours:",
            f"  {base_url(settings)}{invitation.path}",
            "or here, with a login of your choice:",
            f"  yunhu users accept-invitation {invitation.token} --login NAME",
            "",
        ]
    lines += ["", "Then: yunhu notifications list. Ctrl-C stops.", ""]
    return "\n".join(lines)


def _curl(base: str, settings: Settings, event: str, facts: str) -> str:
    body = (
        f'{{"event_id":"{event}-\'$(date +%s)\'","event":"{event}","queue_number":"A001",{facts},'
        f'"occurred_at":"\'$(date -u +%Y-%m-%dT%H:%M:%SZ)\'"}}'
    )
    return (
        f"curl -sS {base}/api/v1/queue-events -H \"Authorization: Bearer $(cat '{key_file_of(settings)}')\" "
        f"-H 'Content-Type: application/json' -d '{body}'\n"
    )
