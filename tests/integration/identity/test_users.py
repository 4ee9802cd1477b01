"""Managing users and roles over HTTP: who may give what to whom, and who has to be left."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.support.hall.builders import Hall, build_hall
from tests.support.hall.plugin import client_of
from tests.support.identity.people import (
    OTHER_PASSWORD,
    PASSWORD,
    SESSION,
    browser,
    make_user,
    sign_in,
)

from yunhu.domains.identity import users
from yunhu.domains.identity.links import Acceptance, Welcome, first_link
from yunhu.domains.identity.managing import at_the_server
from yunhu.domains.identity.passwords import PasswordHasher
from yunhu.domains.identity.public import Scope
from yunhu.domains.identity.user_errors import (
    AdministratorExistsError,
    LastAdministratorError,
    LinkUnusableError,
    LoginNeededError,
)
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.errors import YunhuError

USERS = "/api/v1/users"
ROLES = "/api/v1/roles"
ACCEPT = "/api/v1/invitations/accept"


@pytest.fixture
async def admin(
    app: Litestar, database: Database, vault: Vault, clock: ManualClock, hall: Hall
) -> AsyncIterator[httpx.AsyncClient]:
    """The browser of the hall's administrator."""
    await make_user(database, vault, clock, hall.tenant_id, "admin", presets=["administrator"])
    async with browser(app) as client:
        await sign_in(client, clock, "admin")
        yield client


def wish(login: str, *presets: str, role_ids: list[str] | None = None) -> dict[str, Any]:
    """A body for an invitation."""
    roles = {"presets": list(presets), "role_ids": role_ids or []}
    return {"login": login, "display_name": login, "roles": roles}


async def accept(app: Litestar, invited: dict[str, Any], password: str = PASSWORD) -> httpx.Response:
    """Choose the password."""
    async with browser(app) as client:
        token = invited["invitation"]["token"]
        return await client.post(ACCEPT, json={"token": token, "password": password})


async def test_given_an_invitation_when_accepted_then_it_is_good_once_and_only_with_a_fit_password(
    app: Litestar, admin: httpx.AsyncClient, clock: ManualClock
) -> None:
    answer = await admin.post(USERS, json=wish("zhao.min", "supervisor"))
    assert answer.status_code == 201, answer.text
    invited = answer.json()
    assert invited["user"]["state"] == "invited"
    assert invited["invitation"]["path"] == f"/welcome#token={invited['invitation']['token']}"
    weak = await accept(app, invited, "zhao.min-A1")
    assert weak.json()["details"] == {"faults": ["contains_login"]}
    assert (await accept(app, invited)).status_code == 204
    used = await accept(app, invited)
    assert (used.status_code, used.json()["id"]) == (410, "identity.link_unusable")
    async with browser(app) as client:
        await sign_in(client, clock, "zhao.min")
        assert (await client.get(USERS)).json()["id"] == "identity.scope_missing"


async def test_given_an_invitation_when_old_or_replaced_then_it_is_unusable(
    app: Litestar, admin: httpx.AsyncClient, clock: ManualClock
) -> None:
    old = (await admin.post(USERS, json=wish("first.one", "agent"))).json()
    clock.advance(timedelta(minutes=20))
    new = (await admin.post(f"{USERS}/{old['user']['id']}/invitation")).json()
    assert (await accept(app, old)).status_code == 410
    clock.advance(timedelta(hours=72))
    assert (await accept(app, new)).status_code == 410


async def test_given_a_login_when_taken_in_other_capitals_by_another_tenant_then_it_is_409(
    app: Litestar, admin: httpx.AsyncClient, database: Database, vault: Vault, clock: ManualClock
) -> None:
    other = await build_hall(database, vault, clock.now(), slug="beilin")
    async with client_of(app, other.token) as client:
        assert (await client.post(USERS, json=wish("Zhao", "agent"))).status_code == 201
    taken = await admin.post(USERS, json=wish("zHAO", "agent"))
    assert (taken.status_code, taken.json()["id"]) == (409, "identity.login_taken")


async def test_given_another_tenants_user_when_asked_for_then_there_is_no_such_user(
    app: Litestar, admin: httpx.AsyncClient, database: Database, vault: Vault, clock: ManualClock
) -> None:
    other = await build_hall(database, vault, clock.now(), slug="beilin")
    theirs = await make_user(database, vault, clock, other.tenant_id, "theirs", presets=["agent"])
    path = f"{USERS}/{theirs.id}"
    answers = [
        await admin.get(path),
        await admin.patch(path, json={"display_name": "x"}),
        await admin.get(f"{path}/sessions"),
        await admin.delete(f"{path}/sessions"),
    ]
    verbs = ("disable", "enable", "unlock", "invitation", "reset-password", "reset-second-factor")
    answers += [await admin.post(f"{path}/{verb}") for verb in verbs]
    assert {(answer.status_code, answer.json()["id"]) for answer in answers} == {
        (404, "identity.user_not_found")
    }
    assert "theirs" not in (await admin.get(USERS)).text


async def test_given_a_manager_with_few_permissions_when_reaching_up_then_it_is_refused(
    app: Litestar, admin: httpx.AsyncClient, database: Database, vault: Vault, clock: ManualClock, hall: Hall
) -> None:
    role = (
        await admin.post(ROLES, json={"name": "desk lead", "scopes": ["users:manage", "calls:read"]})
    ).json()
    lead = (await admin.post(USERS, json=wish("lead", role_ids=[role["id"]]))).json()
    await accept(app, lead)
    listed = (await admin.get(USERS)).json()["items"]
    admin_id = next(user["id"] for user in listed if user["login"] == "admin")
    async with browser(app) as client:
        await sign_in(client, clock, "lead")
        up = await client.post(USERS, json=wish("friend", "supervisor"))
        wider = await client.post(ROLES, json={"name": "wide", "scopes": ["billing:read"]})
        takeover = [
            await client.post(f"{USERS}/{admin_id}/reset-password"),
            await client.post(f"{USERS}/{admin_id}/reset-second-factor"),
            await client.post(f"{USERS}/{admin_id}/disable"),
            await client.patch(f"{USERS}/{admin_id}", json={"roles": {"presets": []}}),
        ]
        own = await client.patch(f"{USERS}/{lead['user']['id']}", json={"roles": {"presets": ["agent"]}})
        narrow = await client.post(ROLES, json={"name": "narrow", "scopes": ["calls:read"]})
    assert up.json()["id"] == "identity.scope_not_grantable"
    assert wider.json()["details"] == {"scopes": ["billing:read"]}
    assert {answer.json()["id"] for answer in takeover} == {"identity.above_caller"}
    assert own.json()["id"] == "identity.own_account"
    assert narrow.status_code == 201


async def test_given_the_last_administrator_when_anybody_would_take_it_away_then_it_is_refused(
    app: Litestar, admin: httpx.AsyncClient, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    admin_id = (await admin.get(USERS)).json()["items"][0]["id"]
    assert (await admin.post(f"{USERS}/{admin_id}/disable")).json()["id"] == "identity.own_account"
    by_key = [
        await client.post(f"{USERS}/{admin_id}/disable"),
        await client.patch(f"{USERS}/{admin_id}", json={"roles": {"presets": ["agent"]}}),
    ]
    assert [answer.json()["id"] for answer in by_key] == ["identity.last_administrator"] * 2
    second = (await admin.post(USERS, json=wish("second", "administrator"))).json()
    still = await client.post(f"{USERS}/{admin_id}/disable")
    assert still.json()["id"] == "identity.last_administrator"
    await accept(app, second)
    assert (await client.post(f"{USERS}/{admin_id}/disable")).status_code == 200


async def test_given_two_administrators_when_each_disables_the_other_at_once_then_one_is_left(
    database: Database, vault: Vault, clock: ManualClock, hall: Hall
) -> None:
    made = [
        await make_user(database, vault, clock, hall.tenant_id, login, presets=["administrator"])
        for login in ("one", "two")
    ]

    async def disable(index: int) -> YunhuError | None:
        try:
            async with database.transaction() as session:
                await users.disable_user(
                    session, at_the_server("test"), hall.tenant_id, made[index].id, clock.now()
                )
        except LastAdministratorError as error:
            return error
        return None

    outcomes = await asyncio.gather(disable(0), disable(1))
    assert sum(outcome is None for outcome in outcomes) == 1


async def test_given_a_role_when_its_permissions_change_then_they_hold_from_the_next_request_on(
    app: Litestar, admin: httpx.AsyncClient, clock: ManualClock
) -> None:
    body = {"name": "readers", "scopes": ["calls:read"]}
    role = (await admin.post(ROLES, json=body)).json()
    repeat = await admin.post(ROLES, json=body)
    assert (repeat.status_code, repeat.json()["details"]) == (409, {"role_id": role["id"]})
    preset = await admin.post(ROLES, json={"name": "agent", "scopes": ["calls:read"]})
    assert preset.json()["id"] == "identity.role_name_taken"
    side = await admin.post(ROLES, json={"name": "x", "scopes": ["operator:users"]})
    assert (side.status_code, side.json()["id"]) == (422, "identity.scope_of_other_side")
    await accept(app, (await admin.post(USERS, json=wish("reader", role_ids=[role["id"]]))).json())
    path = f"{ROLES}/{role['id']}"
    async with browser(app) as client:
        await sign_in(client, clock, "reader")
        assert (await client.get("/api/v1/calls")).status_code == 200
        await admin.put(path, json={"name": "readers", "scopes": ["scripts:read"]})
        assert (await client.get("/api/v1/calls")).status_code == 403
    assert (await admin.delete(path)).json()["details"] == {"users": 1}
    names = [role["name"] for role in (await admin.get(ROLES)).json()]
    assert names == ["administrator", "supervisor", "agent", "auditor", "integrator", "readers"]


async def test_given_an_auditor_when_made_an_administrator_too_then_it_is_refused(
    admin: httpx.AsyncClient,
) -> None:
    both = await admin.post(USERS, json=wish("both", "auditor", "administrator"))
    assert both.json()["id"] == "identity.roles_apart"
    role = (await admin.post(ROLES, json={"name": "r", "scopes": ["calls:read"]})).json()
    made = await admin.post(USERS, json=wish("auditor.plus", "auditor", role_ids=[role["id"]]))
    assert made.status_code == 201
    widened = await admin.put(f"{ROLES}/{role['id']}", json={"name": "r", "scopes": ["users:manage"]})
    assert widened.json()["id"] == "identity.roles_apart"


async def test_given_a_lost_password_when_reset_then_the_temporary_one_has_to_be_changed(
    app: Litestar, admin: httpx.AsyncClient, clock: ManualClock
) -> None:
    invited = (await admin.post(USERS, json=wish("forgetful", "agent"))).json()
    path = f"{USERS}/{invited['user']['id']}"
    assert (await admin.post(f"{path}/reset-password")).json()["id"] == "identity.user_state"
    await accept(app, invited)
    async with browser(app) as client:
        await sign_in(client, clock, "forgetful")
        temporary = (await admin.post(f"{path}/reset-password")).json()["temporary_password"]
        assert (await client.get(SESSION)).status_code == 401
        step = (await client.post(SESSION, json={"login": "forgetful", "password": temporary})).json()
        assert step["step"] == "password_change"
        body = {"sign_in": step["sign_in"], "new_password": OTHER_PASSWORD}
        assert (await client.post(f"{SESSION}/password", json=body)).json()["step"] == "signed_in"


async def test_given_a_locked_user_when_unlocked_then_the_right_password_is_heard(
    app: Litestar, admin: httpx.AsyncClient, clock: ManualClock
) -> None:
    invited = (await admin.post(USERS, json=wish("locked.out", "agent"))).json()
    await accept(app, invited)
    path = f"{USERS}/{invited['user']['id']}"
    async with browser(app, address="10.2.0.1") as client:
        for _ in range(5):
            await client.post(SESSION, json={"login": "locked.out", "password": "wrong"})
        assert (await admin.get(path)).json()["state"] == "locked"
        assert (await admin.post(f"{path}/unlock")).json()["state"] == "active"
        await sign_in(client, clock, "locked.out")


async def test_given_a_policy_when_a_second_factor_is_for_all_then_agents_enrol_too(
    app: Litestar, admin: httpx.AsyncClient, clock: ManualClock
) -> None:
    await accept(app, (await admin.post(USERS, json=wish("agent.one", "agent"))).json())
    policy = {"second_factor_for_all": True}
    assert (await admin.put("/api/v1/sign-in-policy", json=policy)).json() == policy
    assert (await admin.get("/api/v1/sign-in-policy")).json() == policy
    async with browser(app) as client:
        step = await client.post(SESSION, json={"login": "agent.one", "password": PASSWORD})
    assert step.json()["step"] == "enrolment"


async def test_given_a_new_tenant_when_the_operator_invites_then_only_the_first_administrator(
    app: Litestar, operator_client: httpx.AsyncClient, hall: Hall
) -> None:
    path = "/api/v1/operator/tenants/yanta/administrator"
    body = {"login": "hall.chief", "display_name": "Chief"}
    invited = await operator_client.post(path, json=body)
    assert invited.json()["user"]["presets"] == ["administrator"]
    await accept(app, invited.json())
    again = await operator_client.post(path, json={**body, "login": "other"})
    assert (again.status_code, again.json()["id"]) == (409, "identity.administrator_exists")
    unknown = await operator_client.post(path.replace("yanta", "nowhere"), json=body)
    assert unknown.status_code == 404


async def test_given_the_operator_without_a_grant_when_it_asks_for_content_then_it_is_refused(
    app: Litestar, operator_client: httpx.AsyncClient, hall: Hall
) -> None:
    key = await operator_client.get(USERS)
    assert (key.status_code, key.json()["id"]) == (403, "identity.scope_missing")
    named = await operator_client.get(SESSION, headers={"Yunhu-Tenant": "yanta"})
    assert named.json()["id"] == "identity.grant_missing"
    documents = (await operator_client.get(SESSION)).json()
    assert (documents["side"], documents["tenant"]) == ("operator", None)


async def test_given_a_grant_when_a_reviewer_names_the_tenant_then_only_what_was_granted_is_open(
    app: Litestar,
    client: httpx.AsyncClient,
    database: Database,
    vault: Vault,
    clock: ManualClock,
) -> None:
    await make_user(database, vault, clock, None, "reviewer", presets=["compliance_reviewer"])
    await make_user(database, vault, clock, None, "cashier", presets=["finance"])
    tenant = {"Yunhu-Tenant": "yanta"}
    async with browser(app) as reviewer, browser(app) as cashier:
        await sign_in(reviewer, clock, "reviewer")
        await sign_in(cashier, clock, "cashier")
        assert (await reviewer.get("/api/v1/calls")).json()["id"] == "identity.scope_missing"
        refused = await reviewer.get("/api/v1/calls", headers=tenant)
        assert (refused.status_code, refused.json()["id"]) == (403, "identity.grant_missing")
        ends = (clock.now() + timedelta(minutes=20)).isoformat()
        grant = {"kinds": ["calls"], "purpose": "a complaint", "expires_at": ends}
        granted = await client.post("/api/v1/grants", json=grant)
        assert granted.status_code == 201, granted.text
        assert (await reviewer.get("/api/v1/calls", headers=tenant)).status_code == 200
        who = (await reviewer.get(SESSION, headers=tenant)).json()
        assert who["tenant"] == "yanta"
        mine = [scope for scope in who["permissions"] if not scope.startswith("operator:")]
        assert mine == ["calls:read", "monitor:read"]
        unknown = await reviewer.get("/api/v1/calls", headers={"Yunhu-Tenant": "nowhere"})
        assert unknown.json()["id"] == "identity.grant_missing"
        assert (await cashier.get("/api/v1/calls", headers=tenant)).json()["id"] == "identity.grant_missing"
        clock.advance(timedelta(minutes=20))
        over = await reviewer.get("/api/v1/calls", headers=tenant)
        assert over.json()["id"] == "identity.grant_missing"


async def test_given_an_empty_installation_when_the_first_link_is_used_then_there_is_no_second_one(
    database: Database, vault: Vault, clock: ManualClock
) -> None:
    welcome = Welcome(database, vault, clock, PasswordHasher())
    links = []
    for _ in range(2):
        async with database.transaction() as session:
            links.append(await first_link(session, vault, at_the_server("test").actor, clock.now()))
    answer = Acceptance(password=PASSWORD, login="root.li", display_name="Li")
    with pytest.raises(LinkUnusableError):
        await welcome.accept(links[0].token, answer)
    with pytest.raises(LoginNeededError):
        await welcome.accept(links[1].token, Acceptance(password=PASSWORD))
    outcomes = await asyncio.gather(
        *(welcome.accept(links[1].token, answer) for _ in range(3)), return_exceptions=True
    )
    assert sum(isinstance(outcome, LinkUnusableError) for outcome in outcomes) == 2
    with pytest.raises(AdministratorExistsError):
        async with database.transaction() as session:
            await first_link(session, vault, at_the_server("test").actor, clock.now())


async def test_given_the_first_link_when_a_day_has_passed_then_it_is_unusable(
    database: Database, vault: Vault, clock: ManualClock
) -> None:
    async with database.transaction() as session:
        link = await first_link(session, vault, at_the_server("test").actor, clock.now())
    clock.advance(timedelta(hours=24))
    with pytest.raises(LinkUnusableError):
        await Welcome(database, vault, clock, PasswordHasher()).accept(
            link.token, Acceptance(password=PASSWORD, login="root")
        )


async def test_given_a_key_that_manages_users_when_narrow_then_it_gives_only_what_it_holds(
    app: Litestar, database: Database, vault: Vault, clock: ManualClock
) -> None:
    narrow = await build_hall(
        database, vault, clock.now(), slug="narrow", scopes=[Scope.USERS_MANAGE, Scope.CALLS_READ]
    )
    async with client_of(app, narrow.token) as client:
        refused = await client.post(USERS, json=wish("new.one", "agent"))
        assert refused.json()["id"] == "identity.scope_not_grantable"
        assert (await client.get("/api/v1/account/sessions")).json()["id"] == "identity.session_needed"


async def test_given_users_when_listed_then_pages_and_states_hold(admin: httpx.AsyncClient) -> None:
    for number in range(3):
        await admin.post(USERS, json=wish(f"user{number}", "agent"))
    first = (await admin.get(USERS, params={"limit": 2})).json()
    rest = (await admin.get(USERS, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [user["login"] for user in first["items"] + rest["items"]] == ["user2", "user1", "user0", "admin"]
    invited = (await admin.get(USERS, params={"state": "invited"})).json()["items"]
    assert len(invited) == 3


async def test_given_a_user_when_sessions_are_ended_or_the_user_comes_back_then_each_holds_at_once(
    app: Litestar, admin: httpx.AsyncClient, clock: ManualClock
) -> None:
    invited = (await admin.post(USERS, json=wish("in.and.out", "agent"))).json()
    await accept(app, invited)
    path = f"{USERS}/{invited['user']['id']}"
    async with browser(app) as client:
        await sign_in(client, clock, "in.and.out")
        listed = (await admin.get(f"{path}/sessions")).json()
        assert [(one["address"], one["current"]) for one in listed] == [("127.0.0.1", False)]
        assert (await admin.delete(f"{path}/sessions")).json() == {"ended": 1}
        assert (await client.get(SESSION)).status_code == 401
        assert (await admin.post(f"{path}/enable")).json()["id"] == "identity.user_state"
        await admin.post(f"{path}/disable")
        assert (await admin.post(f"{path}/enable")).json()["state"] == "active"
        await sign_in(client, clock, "in.and.out")
        own = (await client.get("/api/v1/account/sessions")).json()
        assert [one["current"] for one in own] == [True]
        assert (await client.delete(f"/api/v1/account/sessions/{own[0]['id']}")).status_code == 204
        assert (await client.get(SESSION)).status_code == 401


async def test_given_a_lost_telephone_when_the_second_factor_is_reset_then_the_next_sign_in_enrols_anew(
    app: Litestar, admin: httpx.AsyncClient, clock: ManualClock
) -> None:
    invited = (await admin.post(USERS, json=wish("second.admin", "administrator"))).json()
    await accept(app, invited)
    path = f"{USERS}/{invited['user']['id']}/reset-second-factor"
    assert (await admin.post(path)).json()["id"] == "identity.second_factor_state"
    async with browser(app) as client:
        await sign_in(client, clock, "second.admin")
        assert (await admin.post(path)).json()["second_factor"] is False
        assert (await client.get(SESSION)).status_code == 401
        step = await client.post(SESSION, json={"login": "second.admin", "password": PASSWORD})
        assert step.json()["step"] == "enrolment"


async def test_given_the_operator_when_it_manages_its_own_staff_and_keys_then_tenants_are_untouched(
    app: Litestar, operator_client: httpx.AsyncClient, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    made = await operator_client.post(
        "/api/v1/operator/roles", json={"name": "billing only", "scopes": ["operator:billing"]}
    )
    assert made.status_code == 201, made.text
    staff = wish("cashier", role_ids=[made.json()["id"]])
    invited = await operator_client.post("/api/v1/operator/users", json=staff)
    assert invited.status_code == 201, invited.text
    await accept(app, invited.json())
    async with browser(app) as cashier:
        await sign_in(cashier, clock, "cashier")
        who = (await cashier.get(SESSION)).json()
        assert (who["side"], who["permissions"]) == ("operator", ["operator:billing"])
    key = await operator_client.post(
        "/api/v1/operator/api-keys", json={"name": "statements", "scopes": ["operator:billing"]}
    )
    assert key.json()["token"].startswith("yh_")
    wrong = await operator_client.post(
        "/api/v1/operator/api-keys", json={"name": "x", "scopes": ["calls:read"]}
    )
    assert wrong.json()["id"] == "identity.scope_not_grantable"
    assert "statements" not in (await client.get("/api/v1/api-keys")).text
    assert (await client.get(USERS)).json()["items"] == []
    assert "billing only" not in (await client.get(ROLES)).text
