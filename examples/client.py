"""A queue system's side of 云呼+: reports events, reads what became of them, takes signed callbacks.

    pip install httpx standardwebhooks
    python examples/client.py visit --key-file data/keys/example-hall.key
    python examples/client.py list --key-file data/keys/example-hall.key --state delivered
    python examples/client.py listen --port 9000 --secret-file whsec.txt

docs/howto/integrate.md explains it.
"""

import argparse
import json
import random
import time
import uuid
from collections import OrderedDict
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

PASSING = frozenset({429, 500, 502, 503, 504})
"""Answers after which the very same request may be sent again."""
OPEN = frozenset({"pending", "active"})
"""States of a notification that has not come to its end."""


class ProblemError(Exception):
    """An error answer, `application/problem+json` (RFC 9457). Switch on `id`, never on the text."""

    def __init__(self, answer: httpx.Response) -> None:
        is_problem = answer.headers.get("content-type", "").startswith("application/problem+json")
        self.body: dict[str, Any] = answer.json() if is_problem else {}
        self.id = str(self.body.get("id", "unknown"))
        self.status = answer.status_code
        super().__init__(f"{self.status} {self.id}: {self.body.get('detail', answer.text[:200])}")


class Api:
    """Speaks to one tenant's API with one key."""

    def __init__(self, base: str, key: str, *, tries: int = 6) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=f"{base}/api/v1", headers=headers, timeout=10, trust_env=False)
        self._tries = tries

    def report(self, event: dict[str, Any]) -> dict[str, Any]:
        """Report one queue event. Repeating it is safe: the same `event_id` is never acted on twice."""
        return self._send("POST", "/queue-events", json=event)

    def report_many(self, events: list[dict[str, Any]]) -> dict[str, Any]:
        """Report up to 1,000 events in one transaction; look at each answer's `status`."""
        return self._send("POST", "/queue-events", json=events)

    def notify(self, **wanted: Any) -> dict[str, Any]:
        """Ask for a notification outside a visit. Give a `client_reference`, or a repeat makes a second one."""
        return self._send("POST", "/notifications", json=wanted)

    def check(self, **wanted: Any) -> dict[str, Any]:
        """Would that be allowed now, and why not? Nothing is created."""
        return self._send("POST", "/notifications/check", json=wanted)

    def notification(self, id_: str) -> dict[str, Any]:
        """One notification with its timeline and attempts."""
        return self._send("GET", f"/notifications/{id_}")

    def notifications(self, **filters: Any) -> Iterator[dict[str, Any]]:
        """Every notification that fits, newest first, page by page."""
        cursor: dict[str, str] = {}
        while True:
            page = self._send("GET", "/notifications", params={"limit": 100, **filters, **cursor})
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            cursor = {"cursor": page["next_cursor"]}

    def _send(self, method: str, path: str, **rest: Any) -> dict[str, Any]:
        """Send, and send again what may be sent again. Raises `ProblemError`, and `httpx.TransportError` at last."""
        for attempt in range(self._tries):
            last = attempt == self._tries - 1
            wait = min(2**attempt, 30) * random.uniform(0.5, 1)  # noqa: S311 jitter, no secret
            try:
                answer = self._http.request(method, path, **rest)
            except httpx.TransportError:
                if last:
                    raise
            else:
                if answer.is_success:
                    return dict(answer.json())
                if last or answer.status_code not in PASSING:
                    raise ProblemError(answer)
                wait = max(wait, float(answer.headers.get("retry-after", 0)))
            time.sleep(wait)
        raise AssertionError("unreachable: the last try returns or raises")


def queue_event(event: str, queue_number: str, **facts: Any) -> dict[str, Any]:
    """An event that happens now. Make it once, keep it until it was answered, send the same again."""
    now = datetime.now(UTC).isoformat()
    return {
        "event_id": str(uuid.uuid4()),
        "event": event,
        "queue_number": queue_number,
        "occurred_at": now,
        **facts,
    }


class Inbox:
    """Verifies callbacks and takes each message once, although it may come more than once."""

    def __init__(self, secret: str, *, remembered: int = 10_000) -> None:
        self._webhook = Webhook(secret)
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._remembered = remembered

    def take(self, headers: dict[str, str], body: bytes) -> dict[str, Any] | None:
        """The event, or None for a repeat. Raises `WebhookVerificationError` for what 云呼+ did not send.

        A real receiver keeps the ids in its database, in the transaction in which it acts on the event.
        """
        event = self._webhook.verify(body, headers)
        id_ = headers["webhook-id"]
        if id_ in self._seen:
            return None
        self._seen[id_] = None
        if len(self._seen) > self._remembered:
            self._seen.popitem(last=False)
        return dict(event)


def receiver(inbox: Inbox, port: int) -> HTTPServer:
    """A small HTTP server that prints what it takes; put your own queue in place of `print`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            try:
                event = inbox.take({name.lower(): value for name, value in self.headers.items()}, body)
            except WebhookVerificationError:
                self._answer(401)
                return
            self._answer(204)
            if event is not None:
                print(json.dumps(event, ensure_ascii=False), flush=True)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class names it
            """Only events are printed."""

    return HTTPServer(("127.0.0.1", port), Handler)


def visit(api: Api, phone: str, patience: float) -> None:
    """One visitor takes a number, comes near, and is called to a window."""
    number = f"A{random.randrange(100, 1000)}"  # noqa: S311 an example's queue number
    created = []
    for event in (
        queue_event("taken", number, matter="社保登记", ahead=8, phone=phone),
        queue_event("progress", number, ahead=2),
        queue_event("called", number, window="3"),
    ):
        answer = api.report(event)
        created += [notification["id"] for notification in answer["created"]]
        print(json.dumps(answer, ensure_ascii=False))
    end = time.monotonic() + patience
    while True:
        states = [api.notification(id_)["state"] for id_ in created]
        if OPEN.isdisjoint(states) or time.monotonic() > end:
            break
        time.sleep(0.5)
    for id_, state in zip(created, states, strict=True):
        print(f"{id_} {state}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("visit", "list"):
        command = commands.add_parser(name)
        command.add_argument("--api", default="http://127.0.0.1:8080")
        command.add_argument("--key-file", type=Path, required=True)
    commands.choices["visit"].add_argument("--phone", default="13800138000")
    commands.choices["visit"].add_argument("--patience", type=float, default=120)
    commands.choices["list"].add_argument("--state")
    listen = commands.add_parser("listen")
    listen.add_argument("--port", type=int, default=9000)
    listen.add_argument("--secret-file", type=Path, required=True)
    chosen = parser.parse_args()
    if chosen.command == "listen":
        server = receiver(Inbox(chosen.secret_file.read_text().strip()), chosen.port)
        print(f"listening on http://127.0.0.1:{server.server_port}/", flush=True)
        server.serve_forever()
        return
    api = Api(chosen.api, chosen.key_file.read_text().strip())
    if chosen.command == "visit":
        visit(api, chosen.phone, chosen.patience)
    else:
        filters = {"state": chosen.state} if chosen.state else {}
        for notification in api.notifications(**filters):
            print(json.dumps(notification, ensure_ascii=False))


if __name__ == "__main__":
    main()
