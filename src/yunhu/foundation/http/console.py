"""Serves the console: files of a build, compressed beforehand, and its page for every address that is nobody else's."""

import hashlib
import mimetypes
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec
from litestar.enums import ScopeType
from litestar.types import (
    ASGIApp,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
    Receive,
    Scope,
    Send,
)

PAGE = "index.html"
_STAMP = "sources.sha256"
_HASHED = "assets/"
"""Below it a file's name holds a hash of what is in it."""
_ENCODINGS = ((b"br", ".br"), (b"gzip", ".gz"))
_IMMUTABLE = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""Nothing inline and nothing from elsewhere. `data:` and `blob:` are pictures and sound that the page itself made."""
SECURITY_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
}
"""On every answer of the product. The microphone is for the telephone in the browser."""
_PLAIN = (
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>云呼+</title>'
    '<meta http-equiv="refresh" content="3"></head><body><h1>云呼+</h1><p>{}</p></body></html>'
)
_ABSENT = (
    "控制台正在构建，构建完成后本页会自动打开。"
    "<br>The console is being built; this page opens by itself when it is done."
)
_FAILED = (
    "控制台构建失败，接口与呼叫不受影响。请查看启动日志，修复后运行 make console。"
    "<br>The console could not be built; the API and calls work without it. See the log of the start, "
    "then run: make console"
)


class _File(msgspec.Struct, frozen=True):
    """One file in every encoding that there is."""

    content: Mapping[bytes, bytes]
    """By content coding; `identity` is always there."""
    media_type: str
    etag: bytes
    hashed: bool


class ConsoleFiles:
    """The files of a build, read when first asked for, and anew when there is another build."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._stamp: str | None = None
        self._files: dict[str, _File] = {}

    def find(self, name: str) -> _File | None:
        """A file by its path below the build; None where there is none, or no build."""
        self._look()
        return self._files.get(name)

    def failed(self) -> bool:
        """Whether the last build broke off."""
        return self._directory.with_name(f"{self._directory.name}.failed").exists()

    def _look(self) -> None:
        try:
            stamp = (self._directory / _STAMP).read_text(encoding="ascii")
        except OSError:
            return
        if stamp != self._stamp:
            self._files = _read(self._directory)
            self._stamp = stamp


class WithConsole:
    """Wraps an application. What begins like one of its own paths stays with it; so does what no browser asks for."""

    def __init__(self, app: ASGIApp, files: ConsoleFiles, own: Collection[str]) -> None:
        self._app = app
        self._files = files
        self._own = frozenset(own)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry."""
        if scope["type"] != ScopeType.HTTP or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        path = scope["path"].lstrip("/")
        if path.partition("/")[0] in self._own:
            await self._app(scope, receive, send)
            return
        found = self._files.find(path) if path != PAGE else None
        if found is None and not _wants_page(scope, path):
            await self._app(scope, receive, send)
            return
        scope["path_template"] = "/console"
        file = found or self._files.find(PAGE)
        if file is None:
            await _send_plain(scope, send, _FAILED if self._files.failed() else _ABSENT)
        else:
            await _send_file(scope, send, file)


def _read(directory: Path) -> dict[str, _File]:
    files: dict[str, _File] = {}
    for path in sorted(directory.rglob("*")):
        if not path.is_file() or path.suffix in {".br", ".gz"} or path.name == _STAMP:
            continue
        name = path.relative_to(directory).as_posix()
        plain = path.read_bytes()
        content = {b"identity": plain}
        for coding, suffix in _ENCODINGS:
            packed = path.with_name(path.name + suffix)
            if packed.exists():
                content[coding] = packed.read_bytes()
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        kind = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        etag = f'"{hashlib.sha256(plain).hexdigest()[:32]}"'.encode()
        files[name] = _File(content, kind, etag, hashed=name.startswith(_HASHED))
    return files


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key == name), b"")


def _wants_page(scope: Scope, path: str) -> bool:
    if path.startswith(_HASHED):
        return False
    return path == "" or b"text/html" in _header(scope, b"accept")


def _coding(scope: Scope, file: _File) -> bytes:
    """The best coding that the browser takes (RFC 9110 §12.5.3); one with weight zero is refused."""
    taken = set()
    for part in _header(scope, b"accept-encoding").lower().split(b","):
        name, _, weight = part.strip().partition(b";")
        if weight.replace(b" ", b"") not in {b"q=0", b"q=0.0", b"q=0.00", b"q=0.000"}:
            taken.add(name.strip())
    return next(
        (coding for coding, _ in _ENCODINGS if coding in taken and coding in file.content), b"identity"
    )


async def _send_file(scope: Scope, send: Send, file: _File) -> None:
    coding = _coding(scope, file)
    headers = [
        (b"cache-control", (_IMMUTABLE if file.hashed else _ASK_AGAIN).encode()),
        (b"etag", file.etag),
        (b"vary", b"accept-encoding"),
        (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    ]
    if file.etag in [tag.strip().removeprefix(b"W/") for tag in _header(scope, b"if-none-match").split(b",")]:
        await _send(scope, send, 304, headers, b"")
        return
    if coding != b"identity":
        headers.append((b"content-encoding", coding))
    body = file.content[coding]
    headers += [(b"content-type", file.media_type.encode()), (b"content-length", str(len(body)).encode())]
    await _send(scope, send, 200, headers, body)


async def _send_plain(scope: Scope, send: Send, words: str) -> None:
    body = _PLAIN.format(words).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"retry-after", b"3"),
        (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    ]
    await _send(scope, send, 503, headers, body)


async def _send(
    scope: Scope, send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    start: HTTPResponseStartEvent = {"type": "http.response.start", "status": status, "headers": headers}
    await send(start)
    sent = b"" if scope["method"] == "HEAD" else body  # type: ignore[typeddict-item] # HTTP alone comes here
    end: HTTPResponseBodyEvent = {"type": "http.response.body", "body": sent, "more_body": False}
    await send(end)
