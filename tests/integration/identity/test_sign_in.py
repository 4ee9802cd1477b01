"""Signing in over HTTP: every step, every refusal, and what ends a session."""

import asyncio
from datetime import timedelta

import pytest
from litestar import Litestar
from prometheus_client import CollectorRegistry
from sqlalchemy import text
from tests.support.hall.builders import Hall
from tests.support.hall.plugin import open_app
from tests.support.identity.people import (
    OTHER_PASSWORD,
    PASSWORD,
    SESSION,
    browser,
    code_at,
    make_user,
    sign_in,
)

from yunhu.domains.identity.cookies import CSRF_HEADER, PLAIN_NAME, SECURE_NAME
from yunhu.domains.identity.wiring import jobs
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database, open_database
from yunhu.foundation.http import Services
from yunhu.foundation.settings import Settings

USERS = "/api/v1/users"


@pytest.fixture
async def agent(database: Database, vault: Vault, clock: ManualClock, hall: Hall) -> str:
    """A user who needs no second factor."""
    await make_user(database, vault, clock, hall.tenant_id, "wang.li", presets=["agent"])
    return "wang.li"


@pytest.fixture
async def admin(database: Database, vault: Vault, clock: ManualClock, hall: Hall) -> str:
    """A tenant's administrator."""
    await make_user(database, vault, clock, hall.tenant_id, "admin", presets=["administrator"])
    return "admin"


async def test_given_an_agent_when_signing_in_then_the_cookie_is_strict_and_says_who_it_is(
    app: Litestar, clock: ManualClock, agent: str
) -> None:
    async with browser(app) as client:
        answer = await client.post(SESSION, json={"login": "Wang.LI", "password": PASSWORD})
        assert answer.json()["step"] == "signed_in"
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith(f"{PLAIN_NAME}=")
        assert "HttpOnly" in cookie
        assert "samesite=strict" in cookie.lower()
        who = (await client.get(SESSION)).json()
    assert (who["kind"], who["name"], who["side"], who["tenant"]) == ("user", agent, "tenant", "yanta")
    assert "calls:read" in who["permissions"]
    assert "users:manage" not in who["permissions"]
    assert who["csrf_token"] == answer.json()["csrf_token"]


async def test_given_tls_when_signing_in_then_the_cookie_is_bound_to_host_and_tls(
    settings: Settings, database: Database, vault: Vault, clock: ManualClock, agent: str
) -> None:
    secure = Settings(data_dir=settings.data_dir, public_url="https://calls.example.cn")
    async with browser(open_app(secure, database, vault, clock)) as client:
        answer = await client.post(SESSION, json={"login": agent, "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{SECURE_NAME}=")
    assert "secure" in cookie.lower()
    assert "domain" not in cookie.lower()


async def test_given_a_session_when_it_changes_something_then_the_csrf_token_is_needed(
    app: Litestar, clock: ManualClock, admin: str
) -> None:
    async with browser(app) as client:
        await sign_in(client, clock, admin)
        right = client.headers.pop(CSRF_HEADER)
        wish = {"login": "new.one", "display_name": "New", "roles": {"presets": ["agent"]}}
        without = await client.post(USERS, json=wish)
        foreign = await client.post(
            USERS, json=wish, headers={CSRF_HEADER: right, "Sec-Fetch-Site": "cross-site"}
        )
        wrong = await client.post(USERS, json=wish, headers={CSRF_HEADER: right[:-1] + "_"})
        given = await client.post(USERS, json=wish, headers={CSRF_HEADER: right})
    assert [answer.status_code for answer in (without, foreign, wrong, given)] == [403, 403, 403, 201]
    assert without.json()["id"] == "identity.csrf"


async def test_given_an_administrator_when_signing_in_then_a_second_factor_is_enrolled_and_needed_ever_after(
    app: Litestar, clock: ManualClock, admin: str
) -> None:
    async with browser(app) as client:
        first = await sign_in(client, clock, admin)
    assert first.secret is not None
    assert len(set(first.recovery_codes)) == 10
    async with browser(app) as client:
        step = (await client.post(SESSION, json={"login": admin, "password": PASSWORD})).json()
        assert step["step"] == "second_factor"
        replayed = await client.post(
            f"{SESSION}/second-factor",
            json={"sign_in": step["sign_in"], "code": code_at(first.secret, clock.now())},
        )
        assert (replayed.status_code, replayed.json()["id"]) == (401, "identity.sign_in_failed")
        clock.advance(timedelta(seconds=30))
        code = code_at(first.secret, clock.now())
        right = await client.post(f"{SESSION}/second-factor", json={"sign_in": step["sign_in"], "code": code})
        assert right.json()["step"] == "signed_in"
        again = await client.post(f"{SESSION}/second-factor", json={"sign_in": step["sign_in"], "code": code})
        assert again.json()["id"] == "identity.sign_in_unknown"


async def test_given_a_lost_telephone_when_a_recovery_code_is_used_then_it_is_good_once(
    app: Litestar, clock: ManualClock, admin: str
) -> None:
    async with browser(app) as client:
        code = (await sign_in(client, clock, admin)).recovery_codes[3]
    steps = []
    for _ in range(2):
        async with browser(app) as client:
            step = (await client.post(SESSION, json={"login": admin, "password": PASSWORD})).json()
            answer = await client.post(
                f"{SESSION}/second-factor", json={"sign_in": step["sign_in"], "code": code.upper()}
            )
            steps.append(answer.status_code)
    assert steps == [200, 401]


async def test_given_a_step_out_of_turn_when_taken_then_it_is_refused_by_name(
    app: Litestar, clock: ManualClock, admin: str
) -> None:
    async with browser(app) as client:
        step = (await client.post(SESSION, json={"login": admin, "password": PASSWORD})).json()
        assert step["step"] == "enrolment"
        sign_in_token = step["sign_in"]
        code = await client.post(
            f"{SESSION}/second-factor", json={"sign_in": sign_in_token, "code": "123456"}
        )
        change = await client.post(
            f"{SESSION}/password", json={"sign_in": sign_in_token, "new_password": OTHER_PASSWORD}
        )
        early = await client.post(
            f"{SESSION}/enrolment/confirm", json={"sign_in": sign_in_token, "code": "123456"}
        )
        assert (code.status_code, code.json()["id"]) == (409, "identity.sign_in_step")
        assert change.json()["details"] == {"step": "enrolment"}
        assert early.json()["id"] == "identity.second_factor_state"
        assert (await client.get(SESSION)).status_code == 401
        clock.advance(timedelta(minutes=10))
        late = await client.post(f"{SESSION}/enrolment", json={"sign_in": sign_in_token})
        assert late.json()["id"] == "identity.sign_in_unknown"


async def test_given_five_failures_when_tried_again_then_known_and_unknown_logins_are_locked_alike(
    app: Litestar, clock: ManualClock, agent: str
) -> None:
    answers: dict[str, list[tuple[int, str]]] = {agent: [], "nobody.here": []}
    for login, seen in answers.items():
        for attempt in range(7):
            async with browser(app, address=f"10.0.{len(seen)}.{attempt}") as client:
                password = PASSWORD if attempt > 4 else "wrong"
                answer = await client.post(SESSION, json={"login": login, "password": password})
                seen.append((answer.status_code, answer.json()["id"]))
    assert answers[agent] == answers["nobody.here"]
    assert answers[agent] == [(401, "identity.sign_in_failed")] * 5 + [(429, "identity.sign_in_blocked")] * 2
    clock.advance(timedelta(minutes=15))
    async with browser(app) as client:
        answer = await client.post(SESSION, json={"login": agent, "password": PASSWORD})
        assert answer.json()["step"] == "signed_in"


async def test_given_many_tries_at_once_in_two_processes_when_the_door_shuts_then_the_right_password_is_not_heard(
    app: Litestar, settings: Settings, database_url: str, vault: Vault, clock: ManualClock, agent: str
) -> None:
    other_pool = open_database(database_url, pool_size=5)
    apps = (app, open_app(settings, other_pool, vault, clock))

    async def attempt(number: int, password: str) -> int:
        async with browser(apps[number % 2], address=f"10.1.0.{number}") as client:
            return (await client.post(SESSION, json={"login": agent, "password": password})).status_code

    codes = await asyncio.gather(*(attempt(number, "wrong") for number in range(12)))
    assert codes.count(401) == 5
    assert codes.count(429) == 7
    assert [await attempt(number, PASSWORD) for number in (50, 51)] == [429, 429]
    await other_pool.close()


async def test_given_one_code_when_used_twice_at_once_then_one_session_begins(
    app: Litestar, clock: ManualClock, admin: str
) -> None:
    async with browser(app) as client:
        secret = (await sign_in(client, clock, admin)).secret
    assert secret is not None
    clock.advance(timedelta(seconds=30))

    async def attempt() -> int:
        async with browser(app) as client:
            step = (await client.post(SESSION, json={"login": admin, "password": PASSWORD})).json()
            body = {"sign_in": step["sign_in"], "code": code_at(secret, clock.now())}
            return (await client.post(f"{SESSION}/second-factor", json=body)).status_code

    assert sorted(await asyncio.gather(*(attempt() for _ in range(3)))) == [200, 401, 401]


async def test_given_failures_from_one_address_when_they_go_on_then_the_address_is_slowed(
    app: Litestar, clock: ManualClock, agent: str
) -> None:
    async with browser(app, address="10.9.9.9") as client:
        for attempt in range(20):
            await client.post(SESSION, json={"login": f"guess{attempt}", "password": "wrong"})
        slowed = await client.post(SESSION, json={"login": agent, "password": PASSWORD})
    assert slowed.status_code == 429
    assert int(slowed.headers["retry-after"]) <= 15
    async with browser(app, address="10.9.9.10") as client:
        assert (await client.post(SESSION, json={"login": agent, "password": PASSWORD})).status_code == 200


async def test_given_an_idle_or_an_old_session_when_used_then_it_is_over(
    app: Litestar, clock: ManualClock, agent: str
) -> None:
    async with browser(app) as client:
        await sign_in(client, clock, agent)
        clock.advance(timedelta(minutes=29))
        assert (await client.get(SESSION)).status_code == 200
        clock.advance(timedelta(minutes=30))
        assert (await client.get(SESSION)).status_code == 401
        await sign_in(client, clock, agent)
        for _ in range(36):
            clock.advance(timedelta(minutes=20))
            last = (await client.get(SESSION)).status_code
        assert last == 401


async def test_given_two_processes_when_one_ends_a_session_then_the_other_refuses_it_at_once(
    app: Litestar,
    settings: Settings,
    database_url: str,
    vault: Vault,
    clock: ManualClock,
    agent: str,
    admin: str,
) -> None:
    other_pool = open_database(database_url, pool_size=2)
    other = open_app(settings, other_pool, vault, clock)
    async with browser(app) as here, browser(other) as there, browser(other) as boss:
        await sign_in(here, clock, agent)
        there.cookies = here.cookies
        assert (await there.get(SESSION)).status_code == 200
        assert (await here.delete(SESSION)).status_code == 204
        assert (await there.get(SESSION)).status_code == 401
        await sign_in(here, clock, agent)
        await sign_in(boss, clock, admin)
        listed = (await boss.get(USERS)).json()["items"]
        user_id = next(user["id"] for user in listed if user["login"] == agent)
        assert len((await boss.get(f"{USERS}/{user_id}/sessions")).json()) == 1
        assert (await boss.post(f"{USERS}/{user_id}/disable")).json()["state"] == "disabled"
        assert (await here.get(SESSION)).status_code == 401
        refused = await here.post(SESSION, json={"login": agent, "password": PASSWORD})
        assert refused.json()["id"] == "identity.sign_in_failed"
    await other_pool.close()


async def test_given_a_password_change_when_done_then_other_sessions_end_and_the_old_one_is_remembered(
    app: Litestar, clock: ManualClock, agent: str
) -> None:
    async with browser(app) as here, browser(app) as there:
        await sign_in(here, clock, agent)
        await sign_in(there, clock, agent)
        account = "/api/v1/account"
        weak = await here.put(
            f"{account}/password", json={"current_password": PASSWORD, "new_password": "Password1"}
        )
        assert weak.json()["details"] == {"faults": ["too_common"]}
        same = await here.put(
            f"{account}/password", json={"current_password": PASSWORD, "new_password": PASSWORD}
        )
        assert same.json()["details"] == {"faults": ["used_before"]}
        wrong = await here.put(
            f"{account}/password", json={"current_password": "wrong", "new_password": OTHER_PASSWORD}
        )
        assert wrong.status_code == 401
        done = await here.put(
            f"{account}/password", json={"current_password": PASSWORD, "new_password": OTHER_PASSWORD}
        )
        assert done.status_code == 204
        assert (await here.get(SESSION)).status_code == 200
        assert (await there.get(SESSION)).status_code == 401
        assert len((await here.get(f"{account}/sessions")).json()) == 1


async def test_given_an_old_password_when_signing_in_then_it_has_to_be_changed_first(
    app: Litestar, clock: ManualClock, agent: str
) -> None:
    clock.advance(timedelta(days=90))
    async with browser(app) as client:
        step = (await client.post(SESSION, json={"login": agent, "password": PASSWORD})).json()
        assert step["step"] == "password_change"
        assert (await client.get(SESSION)).status_code == 401
        same = await client.post(
            f"{SESSION}/password", json={"sign_in": step["sign_in"], "new_password": PASSWORD}
        )
        assert same.status_code == 422
        done = await client.post(
            f"{SESSION}/password", json={"sign_in": step["sign_in"], "new_password": OTHER_PASSWORD}
        )
        assert done.json()["step"] == "signed_in"
        assert (await client.get(SESSION)).status_code == 200


async def test_given_an_account_when_the_second_factor_comes_and_goes_then_each_step_is_proved(
    app: Litestar, clock: ManualClock, agent: str
) -> None:
    account = "/api/v1/account"
    async with browser(app) as client:
        await sign_in(client, clock, agent)
        assert (await client.post(f"{account}/second-factor", json={"password": "no"})).status_code == 401
        enrolment = (await client.post(f"{account}/second-factor", json={"password": PASSWORD})).json()
        assert enrolment["otpauth_uri"].startswith("otpauth://totp/")
        assert agent in enrolment["otpauth_uri"]
        secret = enrolment["secret"]
        wrong = await client.post(f"{account}/second-factor/confirm", json={"code": "000000"})
        assert wrong.status_code == 401
        done = await client.post(
            f"{account}/second-factor/confirm", json={"code": code_at(secret, clock.now())}
        )
        assert len(done.json()["recovery_codes"]) == 10
        clock.advance(timedelta(seconds=30))
        fresh = await client.post(f"{account}/recovery-codes", json={"code": code_at(secret, clock.now())})
        assert set(fresh.json()["recovery_codes"]).isdisjoint(done.json()["recovery_codes"])
        assert (await client.get(SESSION)).json()["recovery_codes_left"] == 10
        removed = await client.post(f"{account}/second-factor/remove", json={"password": PASSWORD})
        assert removed.status_code == 204
        assert (await client.get(SESSION)).json()["second_factor"] is False


async def test_given_an_administrator_when_doing_without_a_second_factor_then_it_is_refused(
    app: Litestar, clock: ManualClock, admin: str
) -> None:
    async with browser(app) as client:
        await sign_in(client, clock, admin)
        answer = await client.post("/api/v1/account/second-factor/remove", json={"password": PASSWORD})
    assert (answer.status_code, answer.json()["id"]) == (409, "identity.second_factor_mandatory")


async def test_given_what_lies_in_the_database_when_read_then_no_token_secret_or_password_is_there(
    app: Litestar, clock: ManualClock, database: Database, admin: str
) -> None:
    async with browser(app) as client:
        signed = await sign_in(client, clock, admin)
        token = client.cookies[PLAIN_NAME]
    tables = "users past_passwords recovery_codes user_sessions sign_ins one_time_links audit_entries"
    async with database.transaction() as session:
        rows = [
            await session.scalar(text(f"SELECT string_agg(t::text, ' ') FROM {table} t"))
            for table in tables.split()
        ]
    whole = " ".join(row or "" for row in rows)
    assert signed.secret is not None
    for secret in (token, signed.secret, signed.csrf, PASSWORD, *signed.recovery_codes):
        assert secret not in whole
    assert "session.begin" in whole


async def test_given_sign_ins_and_failures_when_history_is_read_then_both_are_there(
    app: Litestar, clock: ManualClock, database: Database, agent: str
) -> None:
    async with browser(app) as client:
        await client.post(SESSION, json={"login": "s3cret-typed-here", "password": "x"})
        await client.post(SESSION, json={"login": agent, "password": "x"})
        await sign_in(client, clock, agent)
    async with database.transaction() as session:
        found = await session.execute(
            text("SELECT action, actor_name, address FROM audit_entries WHERE action LIKE 'session.%'")
        )
        seen = sorted(tuple(row) for row in found)
    assert seen == [
        ("session.begin", agent, "127.0.0.1"),
        ("session.refuse", "unknown login", "127.0.0.1"),
        ("session.refuse", agent, "127.0.0.1"),
    ]


async def test_given_one_address_when_it_asks_on_and_on_then_it_is_slowed_before_any_hash_is_computed(
    app: Litestar, hall: Hall
) -> None:
    body = {"token": "a" * 43, "password": PASSWORD}
    async with browser(app, address="10.3.0.1") as client:
        codes = [(await client.post("/api/v1/invitations/accept", json=body)).status_code for _ in range(70)]
        refused = await client.post(SESSION, json={"login": "anybody", "password": "x"})
    assert codes[:60] == [410] * 60
    assert codes[-1] == 429
    assert (refused.status_code, refused.json()["id"]) == (429, "request.rate_limited")
    assert int(refused.headers["retry-after"]) >= 1


async def test_given_sign_ins_and_failures_of_yesterday_when_tidied_then_they_are_gone(
    app: Litestar, database: Database, vault: Vault, settings: Settings, clock: ManualClock, admin: str
) -> None:
    async with browser(app) as client:
        await client.post(SESSION, json={"login": "nobody.here", "password": "x"})
        clock.advance(timedelta(minutes=30))
        await client.post(SESSION, json={"login": admin, "password": PASSWORD})
    (job,) = jobs(Services(settings, database, vault, clock, CollectorRegistry()))

    async def left() -> tuple[int, int]:
        async with database.transaction() as session:
            assert await job.work(session, clock.now()) is False
            sign_ins = await session.scalar(text("SELECT count(*) FROM sign_ins"))
            failures = await session.scalar(text("SELECT sum(failures) FROM sign_in_tallies"))
        return int(sign_ins or 0), int(failures or 0)

    assert await left() == (1, 2)
    clock.advance(timedelta(hours=25))
    assert await left() == (0, 0)
