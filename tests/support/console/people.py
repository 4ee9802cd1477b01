"""Everybody who signs in to the console: made through the API of a running product, as administrators make them."""

import asyncio
import re
import time
from typing import Any

import httpx
import msgspec
import pyotp
from tests.support.main_job.product import RunningProduct

TENANT = "example-hall"
PASSWORD = "Straw-Kettle-41"
_STEP_SECONDS = 30
"""Length of a step of the authenticator app (RFC 6238): a code is good once."""


class Person(msgspec.Struct):
    """Somebody with a session."""

    login: str
    cookies: list[dict[str, Any]]
    csrf: str
    secret: str | None
    signed_in_at: float

    def headers(self) -> dict[str, str]:
        """For requests of a program that acts as this person."""
        cookie = "; ".join(f"{one['name']}={one['value']}" for one in self.cookies)
        return {"Cookie": cookie, "Yunhu-CSRF": self.csrf}


class Cast:
    """Makes each role's person once. Roles are named `operator:support`, `tenant:administrator` and so on."""

    def __init__(self, product: RunningProduct) -> None:
        self._product = product
        self._people: dict[str, Person] = {}
        self.http = httpx.AsyncClient(base_url=f"{product.url}/api/v1", trust_env=False, timeout=30)
        self._lock = asyncio.Lock()

    async def close(self) -> None:
        """Ends the connections; sessions go with the product."""
        await self.http.aclose()

    async def person(self, role: str) -> Person:
        """Whoever has this role."""
        async with self._lock:
            return await self._person(role)

    async def _person(self, role: str) -> Person:
        if role not in self._people:
            self._people[role] = await self._make(role)
        return self._people[role]

    def replace(self, role: str, person: Person) -> None:
        """Whoever has this role has another session from now on."""
        self._people[role] = person

    async def call(self, role: str, method: str, path: str, body: Any = None) -> Any:
        """One request as whoever has a role; the answer as JSON."""
        return await self.call_as(await self.person(role), method, path, body)

    async def call_as(self, person: Person, method: str, path: str, body: Any = None) -> Any:
        """One request as somebody; the answer as JSON."""
        answer = await self.http.request(method, path, json=body, headers=person.headers())
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def sign_in_again(self, person: Person, code: str) -> Person:
        """Another session of the same person."""
        self.http.cookies.clear()
        answer = await self.http.post("/session", json={"login": person.login, "password": PASSWORD})
        body = {"sign_in": self._told(answer)["sign_in"], "code": code}
        return self._begun(
            person.login, await self.http.post("/session/second-factor", json=body), person.secret
        )

    async def invite(self, role: str, login: str) -> str:
        """The token of an invitation for a fresh user with a role."""
        side, _, preset = role.partition(":")
        manager = await self._person(f"{side}:administrator")
        path = "/operator/users" if side == "operator" else "/users"
        body = {"login": login, "display_name": login, "roles": {"presets": [preset]}}
        answer = await self.http.post(path, json=body, headers=manager.headers())
        assert answer.status_code == 201, answer.text
        return str(answer.json()["invitation"]["token"])

    async def _make(self, role: str) -> Person:
        login = role.replace(":", "-")
        if role == "operator:administrator":
            link = re.search(r"/welcome#token=(\S+)", self._product.log)
            assert link is not None, "the product's log holds no link for the first administrator"
            body = {"token": link[1], "password": PASSWORD, "login": login, "display_name": "张敏"}
        elif role == "tenant:administrator":
            operator = await self._person("operator:administrator")
            path = f"/operator/tenants/{TENANT}/administrator"
            wish = {"login": login, "display_name": "王芳"}
            answer = await self.http.post(path, json=wish, headers=operator.headers())
            assert answer.status_code == 201, answer.text
            body = {"token": answer.json()["invitation"]["token"], "password": PASSWORD}
        else:
            body = {"token": await self.invite(role, login), "password": PASSWORD}
        accepted = await self.http.post("/invitations/accept", json=body)
        assert accepted.status_code == 204, accepted.text
        return await self._sign_in(login)

    async def _sign_in(self, login: str) -> Person:
        self.http.cookies.clear()
        answer = await self.http.post("/session", json={"login": login, "password": PASSWORD})
        body, secret = self._told(answer), None
        if body["step"] == "enrolment":
            begun = await self.http.post("/session/enrolment", json={"sign_in": body["sign_in"]})
            secret = str(self._told(begun)["secret"])
            answer = await self._confirm("/session/enrolment/confirm", body["sign_in"], secret)
        return self._begun(login, answer, secret)

    def _begun(self, login: str, answer: httpx.Response, secret: str | None) -> Person:
        body = self._told(answer)
        assert body["step"] == "signed_in", body
        cookies = [
            {"name": name, "value": value, "url": self._product.url}
            for name, value in self.http.cookies.items()
        ]
        self.http.cookies.clear()
        return Person(login, cookies, body["csrf_token"], secret, time.time())

    async def _confirm(self, path: str, token: str, secret: str) -> httpx.Response:
        return await self.http.post(path, json={"sign_in": token, "code": pyotp.TOTP(secret).now()})

    @staticmethod
    def _told(answer: httpx.Response) -> Any:
        assert answer.status_code == 200, answer.text
        return answer.json()


async def fresh_code(person: Person) -> str:
    """A code of the person's app that was not used yet: waits for the app's next step where it must."""
    assert person.secret is not None
    used = int(person.signed_in_at) // _STEP_SECONDS
    while int(time.time()) // _STEP_SECONDS == used:
        await asyncio.sleep(0.2)
    person.signed_in_at = time.time()
    return pyotp.TOTP(person.secret).now()
