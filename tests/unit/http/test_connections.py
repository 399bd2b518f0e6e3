"""Workspaces and connections through the API: saved once, shown safely, deleted in order."""

import pytest

from syncline.ports import JsonObject
from tests.unit.http.world import ACCOUNTS, ACME, CONNECTION, TASKS, World

CRM = f"{ACME}/connections/crm"
JOB = f"{ACME}/jobs/tasks"


# --- workspaces -------------------------------------------------------------------------------


def test_a_workspace_is_created_changed_and_left(bare: World) -> None:
    own = {"title": "Acme", "attributes": {"task": {"team": "text"}}}

    results = [bare("PUT", ACME, body) for body in ({}, own, own)]

    assert [reply.status for reply in results] == [201, 200, 200]
    assert [reply.body["result"] for reply in results] == ["created", "changed", "unchanged"]
    assert bare("GET", ACME).body == {**own, "outbound_days": 30}


def test_a_workspace_in_use_stays_and_names_what_uses_it(api: World) -> None:
    api("PUT", JOB, TASKS)

    reply = api("DELETE", ACME)

    assert (reply.status, reply.code) == (409, "workspace_in_use")
    assert reply.body["jobs"] == ["tasks"]
    assert "connection 'crm'" in reply.body["detail"]
    assert api("GET", ACME).status == 200


def test_an_attribute_that_a_workspace_declares_can_be_mapped(api: World) -> None:
    line = {"salesforce": "Status", "platform": "team"}
    mapping = [
        {"salesforce": "AccountId", "platform": "account_id", "key": True},
        {"salesforce": "Id", "platform": "external_id", "key": True},
        {"salesforce": "Subject", "platform": "title"},
        line,
    ]
    assert api("PUT", JOB, {**TASKS, "mapping": mapping}).status == 422

    api("PUT", ACME, {"attributes": {"task": {"team": "text"}}})

    assert api("PUT", JOB, {**TASKS, "mapping": mapping}).status == 201


# --- connections ------------------------------------------------------------------------------


def test_a_connection_is_shown_without_its_secret(api: World) -> None:
    shown = api("GET", CRM).body

    assert shown["credentials"] == {"flow": "client_credentials", "client_id": "3MVG9"}
    assert shown["login_url"] == CONNECTION["login_url"]
    assert "hush" not in str(api.cloud.dump())
    assert api.cloud.secrets.get("acme", "crm") == {
        "flow": "client_credentials", "client_id": "3MVG9", "client_secret": "hush",
    }  # fmt: skip


def test_what_is_shown_can_be_put_back_without_credentials(api: World) -> None:
    shown = api("GET", CRM).body
    del shown["credentials"]
    secrets = api.cloud.secrets.writes

    reply = api("PUT", CRM, {**shown, "title": "Our org"})

    assert reply.body["result"] == "changed"
    assert api("GET", CRM).body["credentials"]["client_id"] == "3MVG9"
    assert api.cloud.secrets.writes == secrets


def test_saving_a_connection_again_writes_nothing(api: World) -> None:
    written = (api.cloud.writes, api.cloud.secrets.writes)

    assert api("PUT", CRM, CONNECTION).body["result"] == "unchanged"
    assert (api.cloud.writes, api.cloud.secrets.writes) == written


def test_saving_again_keeps_a_refresh_token_that_has_rotated(api: World) -> None:
    given = {
        "flow": "refresh_token", "client_id": "x", "client_secret": "y", "refresh_token": "first",
    }  # fmt: skip
    api("PUT", CRM, {**CONNECTION, "credentials": given})
    rotated: JsonObject = {**given, "refresh_token": "second"}
    api.cloud.secrets.put("acme", "crm", rotated)

    again = api("PUT", CRM, {**CONNECTION, "credentials": given})

    assert again.body["result"] == "unchanged"
    assert api.cloud.secrets.get("acme", "crm") == rotated


def test_new_credentials_replace_the_old(api: World) -> None:
    given = {"client_id": "3MVG9", "client_secret": "new"}

    reply = api("PUT", CRM, {**CONNECTION, "credentials": given})

    assert reply.body["result"] == "changed"
    stored = api.cloud.secrets.get("acme", "crm")
    assert stored is not None
    assert stored["client_secret"] == "new"


def test_a_test_binds_the_connection_to_its_org_once(api: World) -> None:
    first, second = api("POST", f"{CRM}/test"), api("POST", f"{CRM}/test")

    assert (first.status, first.body["bound"], second.body["bound"]) == (200, True, False)
    shown = api("GET", CRM).body
    assert (shown["org_id"], shown["username"]) == ("00D000000000001AAA", "ada@example.com")
    assert {each["object"]: each["readable"] for each in first.body["objects"]} == {
        "Account": True, "Contact": True, "Event": True, "Task": True,
    }  # fmt: skip


def test_a_hidden_object_is_reported_not_refused(api: World) -> None:
    del api.crm.org.objects["task"]  # type: ignore[attr-defined] # hidden from the user

    reply = api("POST", f"{CRM}/test")

    task = next(each for each in reply.body["objects"] if each["object"] == "Task")
    assert (reply.status, reply.body["ok"]) == (200, False)
    assert (task["readable"], task["createable"]) == (False, False)
    assert "Task" in task["message"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("org_id", "00D000000000002AAA", "org_changed"), ("username", "bob@x.org", "user_changed")],
)
def test_a_login_to_another_org_or_user_is_refused(
    api: World, field: str, value: str, code: str
) -> None:
    api("PUT", CRM, {**CONNECTION, field: value})
    before = api.cloud.dump()

    reply = api("POST", f"{CRM}/test")

    assert (reply.status, reply.code) == (422, code)
    assert reply.body["remedy"]
    assert api.cloud.dump() == before


@pytest.mark.parametrize("field", ["org_id", "username"])
def test_org_and_user_of_a_connection_stay(api: World, field: str) -> None:
    api("POST", f"{CRM}/test")

    changed = api("PUT", CRM, {**CONNECTION, field: "another"})
    left_out = api("PUT", CRM, {**CONNECTION, "title": "Renamed"})

    assert (changed.status, changed.flaws) == (422, [("body", f"/{field}", "identity_fixed")])
    assert left_out.status == 200
    assert left_out.body["connection"]["username"] == "ada@example.com"


def test_a_connection_with_jobs_stays_and_names_them(api: World) -> None:
    api("PUT", JOB, TASKS)
    api("PUT", f"{ACME}/jobs/accounts", ACCOUNTS)

    reply = api("DELETE", CRM)

    assert (reply.status, reply.code) == (409, "connection_in_use")
    assert reply.body["jobs"] == ["accounts", "tasks"]
    assert api.cloud.secrets.get("acme", "crm") is not None


def test_a_deleted_connection_takes_its_secret_with_it(api: World) -> None:
    assert api("DELETE", CRM).status == 204
    assert api.cloud.secrets.get("acme", "crm") is None
    assert api("GET", CRM).code == "unknown_connection"
    assert api("DELETE", CRM).status == 404
    assert api("GET", f"{ACME}/connections").body == {"items": [], "next": None}
