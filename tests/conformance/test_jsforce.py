"""Unmodified jsforce on Node against the emulator, over TLS with the emulator's CA.

One process does every scenario of `jsforce/scenarios.cjs`; each test judges one outcome.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from local.salesforce.running import Running, start
from tests.conformance.javascript import Node

pytestmark = pytest.mark.node
SCRIPT: Final = Path(__file__).parent / "jsforce" / "scenarios.cjs"
TASKS: Final = 2_100


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with start() as running:
        running.control.load(("Task", {"Subject": f"js {at}"}) for at in range(TASKS))
        running.control.settings(bulk_in_progress_polls=1)
        key = {"sobject": "Account", "name": "Js_Key__c", "external_id": True, "unique": True}
        running.control.request("POST", "fields", key)
        yield running


@pytest.fixture(scope="module")
def outcomes(emulator: Running, node: Node) -> dict[str, Any]:
    shown = node.run(
        SCRIPT,
        stdin=json.dumps(facts(emulator)),
        environment={"NODE_EXTRA_CA_CERTS": emulator.ca},
        timeout=120,
    )
    found: dict[str, Any] = json.loads(shown)
    return found


def facts(emulator: Running) -> dict[str, str]:
    org = emulator.control.org()
    return {
        "https": emulator.https,
        "accessToken": emulator.session_id(),
        "clientId": emulator.client_id,
        "clientSecret": emulator.client_secret,
        "refreshToken": emulator.refresh_token,
        "username": org["username"],
        "password": org["password"],
        "securityToken": org["security_token"],
    }


def returned(outcomes: dict[str, Any], name: str) -> Any:
    assert "failed" not in outcomes[name], outcomes[name]
    return outcomes[name].get("returned")


def test_login_by_soap(outcomes: dict[str, Any], emulator: Running) -> None:
    org = emulator.control.org()

    assert returned(outcomes, "soapLogin") == {
        "user": org["integration_user_id"],
        "organization": org["organization_id"],
        "username": org["username"],
    }
    refused = returned(outcomes, "soapLoginWithWrongPassword")
    assert refused["message"].startswith("INVALID_LOGIN: Invalid username, password")


def test_login_by_oauth(outcomes: dict[str, Any]) -> None:
    assert returned(outcomes, "oauthLogins") == {"byPassword": 100_000, "byClient": 100_000}


def test_an_expired_session_is_refreshed_once(outcomes: dict[str, Any]) -> None:
    assert returned(outcomes, "expiredSessionIsRefreshed") == {"refreshes": 1, "records": 1}


def test_describe(outcomes: dict[str, Any]) -> None:
    found = returned(outcomes, "describes")

    assert found["objects"] == ["Account", "Lead", "Task"]
    assert sorted(found["who"]) == ["Contact", "Lead"]
    assert returned(outcomes, "describesFromTheCache") == {"name": "Contact"}


def test_one_record_at_a_time(outcomes: dict[str, Any]) -> None:
    assert returned(outcomes, "oneRecord") == {
        "success": True,
        "name": "Müller & Söhne",
        "industry": "Banking",
        "gone": "ENTITY_IS_DELETED",
    }
    assert returned(outcomes, "upsertOfOne") == {"created": [True, False], "same": True}


def test_collections(outcomes: dict[str, Any]) -> None:
    assert returned(outcomes, "collections") == {
        "made": [True, False, True],
        "errors": [["REQUIRED_FIELD_MISSING", ["LastName"]]],
        "changed": [True, True],
        "names": ["X One", "X Two"],
        "removed": [True, True],
    }
    assert returned(outcomes, "collectionsAllOrNone") == {"success": [False, False], "left": 0}
    assert returned(outcomes, "moreThanTwoHundred") == {"made": 450, "found": 450}


def test_query_and_what_follows(outcomes: dict[str, Any]) -> None:
    assert returned(outcomes, "queryMore") == {
        "total": TASKS,
        "done": [False, True],
        "owner": "Integration User",
        "sizes": [2_000, TASKS - 2_000],
        "streamed": TASKS,
    }
    assert returned(outcomes, "queryBuilder") == ["js 1", "js 10", "js 100"]


def test_deleted_and_updated(outcomes: dict[str, Any]) -> None:
    assert returned(outcomes, "deletedAndUpdated") == {"gone": True, "changed": False}


def test_bulk_2_ingest(outcomes: dict[str, Any]) -> None:
    loaded = returned(outcomes, "bulk2Ingest")

    assert (loaded["good"], loaded["left"]) == (400, 0)
    assert loaded["bad"] == ["REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --"]
    assert loaded["first"] == ["Name", "Phone", "sf__Created", "sf__Id"]
    assert returned(outcomes, "bulk2UpsertAndDelete") == {"created": ["true", "true"], "removed": 2}
    assert returned(outcomes, "bulk2JobByHand") == {"state": "Aborted"}


def test_bulk_2_query(outcomes: dict[str, Any]) -> None:
    assert returned(outcomes, "bulk2Query") == {"count": TASKS, "names": ["Id", "Subject"]}


def test_bulk_1(outcomes: dict[str, Any]) -> None:
    good, bad = returned(outcomes, "bulk1Load")

    assert (good["success"], bad["success"]) == (True, False)
    assert bad["errors"] == ["REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --"]
    assert returned(outcomes, "bulk1Query") == ["V1"]


def test_composite(outcomes: dict[str, Any]) -> None:
    assert returned(outcomes, "composite") == [[201, None], [200, "Comp"]]


def test_limits_of_the_header(outcomes: dict[str, Any]) -> None:
    assert returned(outcomes, "limitInfo") == ["limit", "used"]


def test_refusals_arrive_as_jsforce_knows_them(outcomes: dict[str, Any]) -> None:
    refused = returned(outcomes, "refusals")

    assert refused["query"]["refused"] == "INVALID_FIELD"
    assert "No such column 'Nope' on entity 'Account'" in refused["query"]["message"]
    assert refused["create"] == {
        "refused": "REQUIRED_FIELD_MISSING",
        "message": "Required fields are missing: [Name]",
    }


def test_after_a_logout_the_session_is_dead(outcomes: dict[str, Any]) -> None:
    assert returned(outcomes, "logout")["refused"] == "INVALID_SESSION_ID"
