"""The API answers as its OpenAPI document says, to what fits the document and to what does not."""

from http.cookiejar import DefaultCookiePolicy

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from tests.contract.api.conftest import LiveApi

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    ignored_auth,
)


_SETTINGS = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _session() -> requests.Session:
    """One connection for all requests, and no cookie from one to the next."""
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def _run(
    operation: schemathesis.APIOperation,
    mode: schemathesis.GenerationMode,
    token: str,
    session: requests.Session,
) -> None:
    @_SETTINGS
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: schemathesis.Case) -> None:
        assume(mode is not schemathesis.GenerationMode.NEGATIVE or not _leaves_out_what_is_wrong(case))
        headers = {"Authorization": f"Bearer {token}"}
        case.call_and_validate(checks=_checks(operation), headers=headers, session=session)

    check()


def _leaves_out_what_is_wrong(case: schemathesis.Case) -> bool:
    """An empty object or array in a query is nothing in an address: the request is right then."""
    return any(value in ({}, []) for value in (case.query or {}).values())


def _checks(operation: schemathesis.APIOperation) -> list[schemathesis.CheckFunction]:
    # A batch with a bad event is accepted, and says so in that event's own answer.
    spared = {negative_data_rejection} if operation.path.endswith("/queue-events") else set()
    return [check for check in CHECKS if check not in spared]


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_given_any_request_when_sent_then_the_answer_is_as_documented(
    mode: schemathesis.GenerationMode, live_api: LiveApi
) -> None:
    document = schemathesis.openapi.from_url(f"{live_api.url}/docs/openapi.json")
    failures = []
    session = _session()
    for result in document.get_all_operations():
        operation = result.ok()
        if any(
            "text/event-stream" in str(answer) for answer in operation.definition.raw["responses"].values()
        ):
            continue  # an answer that does not end; it has tests of its own
        try:
            _run(operation, mode, live_api.token, session)
        except (schemathesis.errors.SchemathesisError, AssertionError, BaseExceptionGroup) as error:
            reasons = getattr(error, "exceptions", (error,))
            failures += [f"{operation.label}: {reason}" for reason in reasons]
        except Unsatisfiable:
            continue  # an operation without parameters cannot be called wrongly
    session.close()
    assert not failures, "\n".join(failures)
