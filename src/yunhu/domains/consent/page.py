"""The page behind a person's link: a few hundred bytes of HTML in both languages, without scripts or anything else."""

import base64
import hashlib
from html import escape

import msgspec

_STYLE = (
    "body{font:17px/1.6 system-ui,sans-serif;margin:0 auto;max-width:34rem;padding:1.5rem;color:#222;background:#fff}"
    "h1{font-size:1.3rem}p{margin:.6rem 0}.en{color:#555}"
    "button{font:inherit;width:100%;padding:.8rem;border:0;border-radius:.4rem;background:#b3261e;color:#fff}"
    "button.back{background:#245a9c}.state{border-left:.3rem solid #888;padding-left:.8rem}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
"""The address is the key: no cache keeps the page, no other site learns of it, no search engine lists it."""


class PageContent(msgspec.Struct, frozen=True, kw_only=True):
    """What a person sees of it."""

    tenant: str
    phone: str
    """Masked."""
    refused: bool
    token: str


def refusal_page(content: PageContent) -> str:
    """Whose calls, to which number, what holds now, and the one thing that can be done about it."""
    tenant, phone = escape(content.tenant), escape(content.phone)
    if content.refused:
        state = ("您已拒绝接收来电和短信。", "You receive no further calls and texts.")
        action, label, kind = "lift", "恢复接收 / Receive them again", ' class="back"'
    else:
        state = ("您目前可以收到来电和短信提醒。", "You may receive calls and texts.")
        action, label, kind = "refuse", "拒绝接收 / Refuse calls and texts", ""
    body = (
        f'<h1>{tenant}</h1><p>手机号码 {phone}</p><p class="en">Phone number {phone}</p>'
        f'<p class="state">{state[0]}<br><span class="en">{state[1]}</span></p>'
        f'<form method="post" action="{escape(content.token)}/{action}"><button{kind}>{label}</button></form>'
        '<p>立即生效，可随时更改。</p><p class="en">In force at once; you can change it at any time.</p>'
    )
    return _html("来电与短信 / Calls and texts", body)


def message_page(zh: str, en: str) -> str:
    """A page that only says something."""
    return _html(zh, f'<h1>{escape(zh)}</h1><p class="en">{escape(en)}</p>')


def _html(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{body}</body></html>"
    )
