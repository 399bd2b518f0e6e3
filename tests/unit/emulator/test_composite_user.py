"""Calls inside calls, and rows of Bulk 1.0, are done as the user of the session."""

import json
from typing import Any

import pytest

from local.salesforce.inprocess import Api
from tests.unit.emulator.classic import Classic

BASE = "/services/data/v62.0/sobjects"
WIDE = {"Name": "A", "Phone": "1"}
NO_COLUMN = "No such column 'Phone' on sobject of type Account"


@pytest.fixture
def ada(api: Api) -> Api:
    """A user who does not see phones of accounts."""
    _, user = api.call("POST", "/__emulator__/users", {"username": "ada@emulator.example"})
    hidden = {"fields": {"Phone": {"read": False, "edit": False}}}
    asked = {"user": user["id"], "sobject": "Account", **hidden}
    status, body = api.call("PUT", "/__emulator__/permissions", asked)
    assert status == 200, body
    return Api(api.org, api.org.sessions.open(user["id"], lasting=True))


def ways(body: dict[str, Any]) -> dict[str, tuple[str, dict[str, Any]]]:
    """One record made by each call that has calls or records inside."""
    asked = {"method": "POST", "url": f"{BASE}/Account", "body": body, "referenceId": "a"}
    record = {"attributes": {"type": "Account", "referenceId": "a"}, **body}
    batch = {"method": "POST", "url": "v62.0/sobjects/Account", "richInput": body}
    return {
        "composite": ("composite", {"compositeRequest": [asked]}),
        "batch": ("composite/batch", {"batchRequests": [batch]}),
        "graph": ("composite/graph", {"graphs": [{"graphId": "1", "compositeRequest": [asked]}]}),
        "tree": ("composite/tree/Account", {"records": [record]}),
    }


@pytest.mark.parametrize("way", ["composite", "batch", "graph", "tree"])
def test_records_belong_to_the_user_of_the_session(api: Api, ada: Api, way: str) -> None:
    path, body = ways({"Name": "A"})[way]

    ada.call("POST", path, body)

    assert api.query("SELECT Owner.Username, CreatedBy.Username FROM Account") == [
        {
            "Owner": {"Username": "ada@emulator.example"},
            "CreatedBy": {"Username": "ada@emulator.example"},
        }
    ]


@pytest.mark.parametrize("way", ["composite", "batch", "graph", "tree"])
def test_hidden_fields_are_not_there_inside(api: Api, ada: Api, way: str) -> None:
    path, body = ways(WIDE)[way]

    hers = ada.call("POST", path, body)
    mine = api.call("POST", path, body)

    assert NO_COLUMN in json.dumps(hers)
    assert NO_COLUMN not in json.dumps(mine)


def test_hidden_fields_fail_batches_of_bulk(api: Api, ada: Api) -> None:
    hers = Classic(ada).run("insert", "Account", [WIDE])
    mine = Classic(api).run("insert", "Account", [WIDE])
    read = Classic(ada).rows("query", "Account", "SELECT Phone FROM Account")

    assert hers.json["stateMessage"] == "InvalidBatch : Field name not found : Phone"
    assert mine.json[0]["success"] is True
    assert "No such column 'Phone' on entity 'Account'" in read.json["stateMessage"]


def test_rows_of_bulk_belong_to_who_made_the_job(api: Api, ada: Api) -> None:
    Classic(ada).run("insert", "Account", [{"Name": "A"}])

    assert api.query("SELECT Owner.Username FROM Account") == [
        {"Owner": {"Username": "ada@emulator.example"}}
    ]
