"""What `yunhu up` prints when everything is ready: where things are, and what to paste."""

from yunhu.entrypoints.up_first_start import key_file_of
from yunhu.foundation.settings import Settings

_STEPS = (
    ("taken", '"matter":"社保登记","ahead":8,"phone":"13800138000"'),
    ("progress", '"ahead":2'),
    ("called", '"window":"3"'),
)


def banner(settings: Settings) -> str:
    """The text; the curl lines can be pasted as often as one likes, at any time."""
    host = "127.0.0.1" if settings.http_host in {"0.0.0.0", "::"} else settings.http_host  # noqa: S104 compared, not bound
    base = f"http://{host}:{settings.http_port}"
    lines = [
        "",
        "云呼+ is ready.",
        "",
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
