"""Passwords, codes, tokens and cookies by table."""

from datetime import UTC, datetime, timedelta

import argon2
import pyotp
import pytest
from tests.support.identity.people import PASSWORD

from yunhu.domains.identity import passwords
from yunhu.domains.identity.one_time import (
    Purpose,
    csrf_token,
    digest_of,
    draw_token,
    is_csrf_token,
    looks_like_one,
)
from yunhu.domains.identity.passwords import STRENGTH, PasswordFault, PasswordHasher, password_faults
from yunhu.domains.identity.second_factor import accepted_step, make_recovery_codes, otpauth_uri
from yunhu.domains.identity.users import temporary_password
from yunhu.foundation.crypto import Vault

# RFC 6238, appendix B: the SHA-1 secret "12345678901234567890"; six digits are the last six of its eight.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = ((59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"))


@pytest.mark.parametrize(
    ("password", "faults"),
    [
        (PASSWORD, []),
        ("政务大厅-Kettle-41", []),
        ("Ab1-xyz", [PasswordFault.TOO_SHORT]),
        ("straw-kettle", [PasswordFault.TOO_FEW_KINDS]),
        ("Wang.Li-41-kettle", [PasswordFault.CONTAINS_LOGIN]),
        ("Password1", [PasswordFault.TOO_COMMON]),
        ("Qwerty123", [PasswordFault.TOO_COMMON]),
        ("Aa1-" + "x" * 125, [PasswordFault.TOO_LONG]),
        ("", [PasswordFault.TOO_SHORT, PasswordFault.TOO_FEW_KINDS]),
    ],
)
def test_given_a_password_when_judged_then_every_fault_is_named(
    password: str, faults: list[PasswordFault]
) -> None:
    assert password_faults(password, login="wang.li", display_name="王丽") == faults


def test_given_temporary_passwords_when_drawn_then_they_are_fit_and_differ() -> None:
    drawn = {temporary_password() for _ in range(50)}
    assert len(drawn) == 50
    assert not [word for word in drawn if password_faults(word, login="wang.li", display_name="王丽")]


async def test_given_a_hash_when_compared_then_only_the_password_matches_in_whatever_form_it_is_typed() -> (
    None
):
    hasher = PasswordHasher(argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    kept = await hasher.hash("Café-Kettle-41")
    assert kept.startswith("$argon2id$")
    assert await hasher.matches(kept, "Cafe\u0301-Kettle-41")
    assert not await hasher.matches(kept, "Café-Kettle-42")
    assert not await hasher.matches(None, "nobody has this password")
    assert await hasher.matches_any([await hasher.hash("other"), kept], "Café-Kettle-41")


async def test_given_the_products_strength_when_hashing_then_it_is_that_of_the_rfc(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passwords, "STRENGTH", STRENGTH)  # tests have a weaker one in its place
    kept = argon2.extract_parameters(await PasswordHasher().hash("x"))
    assert (kept.type, kept.memory_cost, kept.time_cost, kept.parallelism) == (argon2.Type.ID, 65536, 3, 4)


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES)
def test_given_the_rfcs_vectors_when_checked_then_they_are_right_once(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    step = accepted_step(RFC_SECRET, code, moment, None)
    assert step == seconds // 30
    assert accepted_step(RFC_SECRET, code, moment, step) is None
    assert accepted_step(RFC_SECRET, code, moment, step - 1) == step


@pytest.mark.parametrize(("drift", "heard"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_given_a_phone_whose_clock_is_off_when_checked_then_one_step_is_forgiven(
    drift: int, heard: bool
) -> None:
    now = datetime(2026, 2, 9, 2, 0, tzinfo=UTC)
    code = pyotp.TOTP(RFC_SECRET).at(now + timedelta(seconds=drift))
    assert (accepted_step(RFC_SECRET, code, now, None) is not None) is heard


def test_given_recovery_codes_when_made_then_there_are_ten_different_ones() -> None:
    codes = make_recovery_codes()
    assert len(set(codes)) == 10
    assert {len(code) for code in codes} == {11}


def test_given_a_secret_when_shown_then_the_app_reads_issuer_and_login() -> None:
    parsed = pyotp.parse_uri(otpauth_uri(RFC_SECRET, "王丽"))
    assert (parsed.name, parsed.issuer, parsed.secret) == ("王丽", "云呼+", RFC_SECRET)


def test_given_tokens_when_used_for_another_purpose_then_they_are_worth_nothing() -> None:
    vault = Vault(bytes(range(32)))
    token = draw_token()
    assert looks_like_one(token)
    assert not looks_like_one(token + "=")
    assert len({digest_of(vault, purpose, token) for purpose in Purpose}) == len(Purpose)
    assert is_csrf_token(vault, token, csrf_token(vault, token))
    assert not is_csrf_token(vault, draw_token(), csrf_token(vault, token))
    assert not is_csrf_token(vault, token, "令牌\udcff")
