"""Attributes over HTTP: what can be switched on, what is refused and why, and what is shown."""

from dataclasses import replace
from typing import Any

import pytest

from syncline.errors import RetryableError
from syncline.usecases.written_objects import written_objects
from tests.unit.http.world import ACCOUNTS, ACME, CONNECTION, World

ATTRIBUTES = f"{ACME}/attributes"
OWNER = f"{ATTRIBUTES}/account/owner"
INDUSTRY = f"{ATTRIBUTES}/account/industry"
ON = {"write_back": True}


def line(salesforce: str, platform: str, *, key: bool = False) -> dict[str, Any]:
    return {"salesforce": salesforce, "platform": platform, "key": key}


KEYS = [line("Id", "external_id", key=True), line("Name", "name")]


def mapped(api: World, *lines: dict[str, Any], job: str = "accounts", **more: Any) -> None:
    """An inbound job of accounts, with the default mapping unless lines are given."""
    own = {"mapping": [*KEYS, *lines]} if lines else {}
    assert api("PUT", f"{ACME}/jobs/{job}", {**ACCOUNTS, **own, **more}).status == 201


def field(api: World, name: str, **changes: Any) -> None:
    """Changes how the org describes a field of Account."""
    account = api.crm.org.objects["account"]
    known = {**account.fields, name.lower(): replace(account.fields[name.lower()], **changes)}
    api.crm.org.objects["account"] = replace(account, fields=known)  # type: ignore[index]


def test_a_mapped_attribute_can_be_switched_on(api: World) -> None:
    mapped(api)

    reply = api("PUT", OWNER, ON)

    assert reply.status == 201
    assert reply.body == {
        "result": "created", "name": "account.owner", "findings": [],
        "attribute": {"title": "", "write_back": True, "reference": "update_reference",
                      "assignment": False, "header": False},
        "targets": [{"connection": "crm", "job": "accounts", "salesforce_object": "Account",
                     "path": "Owner.Email", "mode": "update_reference"}],
    }  # fmt: skip


def test_saving_the_same_again_changes_nothing(api: World) -> None:
    mapped(api)
    api("PUT", OWNER, ON)
    before = api.cloud.dump()

    reply = api("PUT", OWNER, ON)

    assert (reply.status, reply.body["result"]) == (200, "unchanged")
    assert api.cloud.dump() == before


def test_it_is_written_to_every_connection_that_maps_it(api: World) -> None:
    api("PUT", f"{ACME}/connections/emea", CONNECTION)
    mapped(api)
    mapped(api, job="emea", connection="emea")

    api("PUT", INDUSTRY, ON)

    targets = api("GET", INDUSTRY).body["targets"]
    assert [(each["connection"], each["job"]) for each in targets] == [
        ("crm", "accounts"), ("emea", "emea"),
    ]  # fmt: skip
    assert {each["mode"] for each in targets} == {"field"}


REFUSED = [
    ("no mapping", (line("Phone", "phone"),), "industry", ON, "/write_back", "not_mapped"),
    ("deep reference", (line("CreatedBy.Name", "owner"), line("Owner.Account.Name", "city")),
     "city", ON, "/write_back", "deep_reference"),
    ("no profile", (), "owner", {**ON, "header": True}, "/header", "setting_does_not_fit"),
    ("no profile, off", (), "owner", {"header": True}, "/header", "setting_does_not_fit"),
    ("external id", (), "external_id", ON, "/write_back", "key_attribute"),
    ("system field", (), "create_date", ON, "/write_back", "not_writable"),
    ("who created it", (line("CreatedBy.Email", "owner"),), "owner", ON, "/write_back",
     "not_writable"),
    ("who has the id", (line("Owner.Id", "owner"),), "owner", {**ON, "reference": "edit_value"},
     "/write_back", "not_writable"),
    ("no such mode", (), "owner", {"reference": "replace"}, "/reference", "unknown_choice"),
    ("unknown setting", (), "owner", {"writeback": True}, "/writeback", "unknown_field"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "name", "body", "place", "code"), [each[1:] for each in REFUSED],
    ids=[each[0] for each in REFUSED],
)  # fmt: skip
def test_what_cannot_be_written_back_is_refused(
    api: World, lines: Any, name: str, body: Any, place: str, code: str
) -> None:
    user = api.crm.org.objects["user"]
    account = {"account": "accountid"}
    named = replace(user.fields["name"], name="AccountId", reference_to=("Account",))
    fields = {**user.fields, "accountid": named}
    api.crm.org.objects["user"] = replace(user, fields=fields, relationships=account)  # type: ignore[index]
    mapped(api, *lines)
    before = api.cloud.dump()

    reply = api("PUT", f"{ATTRIBUTES}/account/{name}", body)

    assert reply.status == 422
    assert reply.flaws == [("body", place, code)]
    assert all(each["remedy"] and each["message"] for each in reply.body["errors"])
    assert api.cloud.dump() == before


def test_a_second_assignment_is_refused_by_name(api: World) -> None:
    mapped(api, line("Owner.Email", "owner"), line("Owner.Name", "city"))
    api("PUT", OWNER, {**ON, "assignment": True})

    reply = api("PUT", f"{ATTRIBUTES}/account/city", {**ON, "assignment": True})

    assert reply.flaws == [("body", "/assignment", "second_assignment")]
    assert "'owner'" in reply.body["detail"]


def test_a_second_assignment_may_wait_switched_off(api: World) -> None:
    mapped(api, line("Owner.Email", "owner"), line("Owner.Name", "city"))
    api("PUT", OWNER, {"assignment": True})

    assert api("PUT", f"{ATTRIBUTES}/account/city", {**ON, "assignment": True}).status == 201


def test_every_reason_comes_at_once(api: World) -> None:
    reply = api("PUT", f"{ATTRIBUTES}/user/title", {**ON, "header": True})

    assert [code for _, _, code in reply.flaws] == ["header_attribute", "not_mapped"]


def test_a_field_that_is_hidden_is_refused(api: World) -> None:
    mapped(api)
    account = api.crm.org.objects["account"]
    seen = {name: each for name, each in account.fields.items() if name != "industry"}
    api.crm.org.objects["account"] = replace(account, fields=seen)  # type: ignore[index]

    assert api("PUT", INDUSTRY, ON).flaws == [("body", "/write_back", "unknown_field")]


def test_an_object_that_is_hidden_is_refused(api: World) -> None:
    mapped(api)
    del api.crm.org.objects["user"]  # type: ignore[attr-defined]

    assert api("PUT", OWNER, ON).flaws == [("body", "/write_back", "unknown_object")]


def test_a_read_only_field_is_a_warning(api: World) -> None:
    mapped(api)
    field(api, "Industry", updateable=False)

    reply = api("PUT", INDUSTRY, ON)

    assert reply.status == 201
    (finding,) = reply.body["findings"]
    assert (finding["severity"], finding["code"]) == ("warning", "read_only")


def test_what_is_off_is_not_checked(api: World) -> None:
    api.opening = RetryableError("the org does not answer", code="org_unreachable")

    assert api("PUT", INDUSTRY, {"title": "Branch"}).status == 201


def test_an_org_that_does_not_answer_is_told(api: World) -> None:
    mapped(api)
    api.opening = RetryableError("the org does not answer", code="org_unreachable")
    before = api.cloud.dump()

    assert (api("PUT", INDUSTRY, ON).status, api.cloud.dump()) == (503, before)


@pytest.mark.parametrize("method", ["PUT", "GET", "DELETE"])
def test_unknown_names_are_told(api: World, method: str) -> None:
    reply = api(method, f"{ATTRIBUTES}/account/sector", ON if method == "PUT" else None)

    assert (reply.status, reply.code) == (404, "unknown_attribute")


def test_an_unknown_object_is_told(api: World) -> None:
    assert api("PUT", f"{ATTRIBUTES}/invoice/number", ON).code == "unknown_object"


def test_a_deleted_setting_is_gone(api: World) -> None:
    mapped(api)
    api("PUT", INDUSTRY, ON)

    assert api("DELETE", INDUSTRY).status == 204
    assert api("GET", INDUSTRY).code == "unknown_attribute"
    assert api("GET", ATTRIBUTES).body == {"items": [], "next": None}


def test_settings_are_listed_by_name(api: World) -> None:
    mapped(api)
    api("PUT", OWNER, {})
    api("PUT", INDUSTRY, ON)
    api("PUT", f"{ATTRIBUTES}/task/title", {"title": "What is to be done"})

    items = api("GET", ATTRIBUTES).body["items"]

    assert [each["name"] for each in items] == ["account.industry", "account.owner", "task.title"]
    assert [len(each["targets"]) for each in items] == [1, 1, 0]


def test_they_go_with_their_workspace(api: World) -> None:
    api("PUT", "/v1/workspaces/other", {})
    api("PUT", "/v1/workspaces/other/attributes/task/title", {"title": "x"})

    api("DELETE", "/v1/workspaces/other")
    api("PUT", "/v1/workspaces/other", {})

    assert api("GET", "/v1/workspaces/other/attributes").body["items"] == []


# --- jobs that change under it ----------------------------------------------------------------


def test_losing_the_last_mapping_is_warned_of(api: World) -> None:
    mapped(api)
    api("PUT", INDUSTRY, ON)

    reply = api("PUT", f"{ACME}/jobs/accounts", {**ACCOUNTS, "mapping": KEYS})

    assert reply.status == 200
    (finding,) = reply.body["findings"]
    assert (finding["severity"], finding["code"], finding["value"]) == (
        "warning", "write_back_unmapped", "industry",
    )  # fmt: skip


def test_deleting_the_last_job_that_maps_it_is_warned_of(api: World) -> None:
    mapped(api)
    mapped(api, job="more")
    api("PUT", INDUSTRY, ON)

    first = api("DELETE", f"{ACME}/jobs/accounts")
    last = api("DELETE", f"{ACME}/jobs/more")

    assert (first.status, last.status) == (204, 200)
    (finding,) = last.body["findings"]
    assert (finding["severity"], finding["code"], finding["value"]) == (
        "warning", "write_back_unmapped", "industry",
    )  # fmt: skip
    assert api("GET", INDUSTRY).body["targets"] == []
    assert api("GET", f"{ACME}/jobs/more").status == 404


def test_another_job_that_maps_it_is_enough(api: World) -> None:
    mapped(api)
    mapped(api, job="more")
    api("PUT", INDUSTRY, ON)

    reply = api("PUT", f"{ACME}/jobs/accounts", {**ACCOUNTS, "mapping": KEYS})

    assert reply.body["findings"] == []


def test_a_mapping_cannot_make_it_deep(api: World) -> None:
    mapped(api)
    api("PUT", OWNER, ON)
    deep = line("Owner.Manager.Name", "owner")

    reply = api("PUT", f"{ACME}/jobs/accounts", {**ACCOUNTS, "mapping": [*KEYS, deep]})

    assert ("body", "/mapping/2/salesforce", "deep_reference") in reply.flaws


def test_the_sweeper_is_told_of_its_object(api: World) -> None:
    mapped(api)
    assert written_objects(api.cloud.configuration) == []

    api("PUT", OWNER, ON)
    api("PUT", INDUSTRY, ON)
    api("PUT", OWNER, {"write_back": False})

    assert written_objects(api.cloud.configuration) == [("acme", "account")]


def test_a_deleted_workspace_leaves_nothing_to_sweep(api: World) -> None:
    mapped(api)
    api("PUT", OWNER, ON)
    for place in ("jobs/accounts", "connections/crm"):
        assert api("DELETE", f"{ACME}/{place}").status in (200, 204)

    assert api("DELETE", ACME).status == 204

    assert written_objects(api.cloud.configuration) == []
