"""Outbound jobs through the API: their settings, those they lack, and the pair (T2, T9, T11)."""

from typing import Any

import pytest

from tests.unit.http.world import ACME, CONNECTION, TASKS, World

CRM = f"{ACME}/connections/crm"
IN = f"{ACME}/jobs/tasks"
OUT = f"{ACME}/jobs/tasks-out"
OUTBOUND = {"kind": "tasks_outbound", "connection": "crm"}
OPEN = {"attribute": "status", "operator": "not_equals", "value": "Completed"}


def test_an_outbound_job_keeps_its_settings(api: World) -> None:
    settings = {"conditions": [OPEN], "merge": "record", "create": False}

    saved = api("PUT", OUT, {**OUTBOUND, **settings})

    assert (saved.status, saved.body["findings"]) == (201, [])
    stored = api("GET", OUT).body
    assert {name: stored[name] for name in settings} == settings
    assert api("PUT", OUT, stored).body["result"] == "unchanged"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**OUTBOUND, "filter": "IsClosed = false"}, "/filter"),
        ({**TASKS, "conditions": [OPEN]}, "/conditions"),
        ({**TASKS, "parent_field": "WhatId"}, "/parent_field"),
        ({"kind": "accounts_outbound", "connection": "crm", "parent_field": "ParentId"},
         "/parent_field"),
    ],
)  # fmt: skip
def test_a_setting_of_the_other_direction_is_refused(
    api: World, body: dict[str, Any], field: str
) -> None:
    refused = api("PUT", OUT, body)

    assert refused.status == 422
    assert refused.flaws == [("body", field, "setting_does_not_fit")]


def test_a_filter_on_an_outbound_job_names_what_to_use(api: World) -> None:
    refused = api("PUT", OUT, {**OUTBOUND, "filter": "IsClosed = false"})

    assert "Use 'conditions'" in refused.body["errors"][0]["remedy"]


def test_a_condition_is_checked_against_the_attributes(api: World) -> None:
    refused = api("PUT", OUT, {**OUTBOUND, "conditions": [{**OPEN, "attribute": "state"}]})

    assert refused.flaws == [("body", "/conditions/0/attribute", "unknown_attribute")]


def test_the_second_job_of_a_pair_must_agree(api: World) -> None:
    lines = [
        {"salesforce": "WhatId", "platform": "account_id", "key": True},
        {"salesforce": "Id", "platform": "external_id", "key": True},
        {"salesforce": "Subject", "platform": "title"},
    ]
    assert api("PUT", IN, {**TASKS, "mapping": lines}).status == 201

    refused = api("PUT", OUT, OUTBOUND)

    assert refused.flaws == [("body", "/mapping/0/salesforce", "pair_disagrees")]
    assert "'tasks-out' maps 'account_id' to AccountId and 'tasks' WhatId" in refused.body["detail"]
    assert api("PUT", IN, TASKS).status == 200
    assert api("PUT", OUT, OUTBOUND).status == 201


def test_creation_keys_belong_to_the_connection(api: World) -> None:
    keys = {"Task": "Syncline_Id__c"}
    assert api("PUT", CRM, {**CONNECTION, "creation_keys": keys}).status == 200

    refused = api("PUT", OUT, OUTBOUND)

    assert api("GET", CRM).body["creation_keys"] == keys
    assert refused.flaws == [("body", "/connection", "creation_key_unfit")]
    assert "no such field" in refused.body["detail"]


@pytest.mark.parametrize("days", [0, 3651, "many"])
def test_the_bound_in_days_has_limits(bare: World, days: object) -> None:
    assert bare("PUT", ACME, {"outbound_days": days}).flaws[0][1] == "/outbound_days"


def test_an_outbound_job_of_accounts_creates_only_when_told(api: World) -> None:
    accounts = {"kind": "accounts_outbound", "connection": "crm"}

    assert api("PUT", f"{ACME}/jobs/accounts-out", accounts).body["job"]["create"] is None
    assert api("PUT", f"{ACME}/jobs/accounts-out", {**accounts, "create": True}).status == 200


def test_a_draft_shows_what_it_would_send(api: World) -> None:
    api("PUT", f"{ACME}/records/task/t1", {"values": {"title": "Call", "status": "Open"}})
    before = api.cloud.dump()

    reply = api("POST", f"{ACME}/jobs/new/preview", OUTBOUND, query={"limit": "200"})

    assert (reply.status, reply.body["direction"], reply.body["total"]) == (200, "outbound", 1)
    (row,) = reply.body["rows"]
    assert (row["platform_id"], row["crm_id"], row["verb"]) == ("t1", None, "create")
    assert row["values"] == {"title": "Call", "status": "Open"}
    subject = {"field": "Subject", "attribute": "title", "before": None, "after": "Call"}
    assert subject in row["fields"]
    assert api.cloud.dump() == before
