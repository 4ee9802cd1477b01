"""The shipped example of a hall on a SIP trunk and an SMPP account, pointed at the peers of a test."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "hall-sip.yaml"
SLUG = "example-hall-sip"
CALLBACK_SECRET = "whsec_bWFpbi1qb2ItY2FsbGJhY2stc2VjcmV0LTMyLWI="
SECRETS = {
    "YUNHU_SECRET_TRUNK": "never-asked-for",
    "YUNHU_SECRET_SMSC": "secret",
    "YUNHU_SECRET_CALLBACKS": CALLBACK_SECRET,
}
ALWAYS = [{"days": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "24:00"}]


def write_hall(
    path: Path, *, phone: tuple[str, int], smsc_port: int | None = None, callbacks: str | None = None
) -> Path:
    """Write the file. Texts, slots, numbers, keys and retries stay as shipped; it is open day and night.

    Without `smsc_port` the sandbox takes the messages.
    """
    hall: dict[str, Any] = yaml.safe_load(EXAMPLE.read_text("utf-8"))
    hall["trunks"][0]["settings"].update(host=phone[0], port=phone[1])
    if smsc_port is None:
        hall["sms"] = {"name": "hall-sms", "kind": "sandbox"}
    else:
        hall["sms"]["settings"].update(port=smsc_port, system_id="yunhu")
    for part in (*hall["scenarios"], hall["filing"]):
        part["plan"]["windows"] = deepcopy(ALWAYS)  # one list in two places would be written as an alias
    if callbacks is not None:
        hall["callbacks"] = [{"url": callbacks, "secret": {"env": "YUNHU_SECRET_CALLBACKS"}}]
    path.write_text(yaml.safe_dump(hall, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def caller_numbers() -> set[str]:
    """The numbers allocated by the example, as E.164."""
    hall = yaml.safe_load(EXAMPLE.read_text("utf-8"))
    numbers = (number for group in hall["caller_numbers"] for number in group["numbers"])
    return {"+86" + number.replace("-", "").removeprefix("0") for number in numbers}


def filed_text(slug: str) -> str:
    """A script's text as the example files it."""
    hall = yaml.safe_load(EXAMPLE.read_text("utf-8"))
    return next(str(script["text"]) for script in hall["scripts"] if script["slug"] == slug)
