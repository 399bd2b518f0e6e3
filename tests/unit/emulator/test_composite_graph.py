"""Composite Graph: each graph stays or goes, the others do not care."""

from typing import Any

import pytest

from local.salesforce.inprocess import Api

BASE = "/services/data/v62.0"


def node(reference: str, body: Any = None, *, path: str = "sobjects/Account") -> dict[str, Any]:
    return {"referenceId": reference, "method": "POST", "url": f"{BASE}/{path}", "body": body}


def graph(name: str, *nodes: dict[str, Any]) -> dict[str, Any]:
    return {"graphId": name, "compositeRequest": list(nodes)}


def send(api: Api, *graphs: dict[str, Any]) -> tuple[int, Any]:
    return api.call("POST", "composite/graph", {"graphs": list(graphs)})


GOOD = node("account", {"Name": "A"})
BAD = node("account", {})


def test_graphs_stay_or_go_each_on_its_own(api: Api) -> None:
    contact = node("contact", {"LastName": "C", "AccountId": "@{account.id}"},
                   path="sobjects/Contact")  # fmt: skip

    status, body = send(
        api, graph("1", GOOD, contact), graph("2", GOOD, {**BAD, "referenceId": "bad"}, contact)
    )

    good, bad = body["graphs"]
    assert status == 200
    assert list(good) == ["graphId", "graphResponse", "isSuccessful"]
    assert (good["graphId"], good["isSuccessful"]) == ("1", True)
    assert (bad["graphId"], bad["isSuccessful"]) == ("2", False)
    entries = good["graphResponse"]["compositeResponse"]
    assert [each["httpStatusCode"] for each in entries] == [201, 201]
    assert entries[0]["httpHeaders"] == {
        "Location": f"{BASE}/sobjects/Account/{entries[0]['body']['id']}"
    }
    codes = [each["body"][0]["errorCode"] for each in bad["graphResponse"]["compositeResponse"]]
    assert codes == ["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING", "PROCESSING_HALTED"]
    assert len(api.query("SELECT Id FROM Account")) == 1
    assert api.query("SELECT AccountId FROM Contact") == [{"AccountId": entries[0]["body"]["id"]}]


def test_after_15_failures_the_rest_is_halted(api: Api) -> None:
    graphs = [graph(f"g{at}", BAD) for at in range(15)]

    _, body = send(api, *graphs, graph("late", GOOD))

    late = body["graphs"][-1]
    assert late["isSuccessful"] is False
    assert late["graphResponse"]["compositeResponse"][0]["body"][0]["errorCode"] == (
        "PROCESSING_HALTED"
    )
    assert api.query("SELECT Id FROM Account") == []


def test_14_failures_halt_nothing(api: Api) -> None:
    _, body = send(api, *(graph(f"g{at}", BAD) for at in range(14)), graph("late", GOOD))

    assert body["graphs"][-1]["isSuccessful"] is True


@pytest.mark.parametrize(
    "graphs",
    [
        [],
        [graph("1")],
        [graph("1", GOOD), graph("1", GOOD)],
        [graph("a.b", GOOD)],
        [graph("-a", GOOD)],
        [graph("a" * 40, GOOD)],
        [graph("1", GOOD, GOOD)],
        [graph("1", node("q", path="query"))],
        [graph("1", {**GOOD, "method": "GET"})],
        [graph("1", {**GOOD, "url": "/services/data/v49.0/sobjects/Account"})],
        [graph(str(at), GOOD) for at in range(76)],
        [graph(str(at), *(node(f"n{each}", {"Name": "A"}) for each in range(251)))
         for at in range(2)],
        [graph("1", *(node(f"n{at}", {}, path=f"sobjects/Object{at}__c") for at in range(16)))],
        [graph("1", GOOD, *(
            node(f"n{at}", {"Name": "A", "ParentId":
                            "@{account.id}" if not at else f"@{{n{at - 1}.id}}"})
            for at in range(15)))],
    ],
)  # fmt: skip
def test_what_breaks_a_limit_is_refused(api: Api, graphs: list[dict[str, Any]]) -> None:
    status, body = send(api, *graphs)

    assert (status, body[0]["errorCode"]) == (400, "INVALID_INPUT")
    assert api.query("SELECT Id FROM Account") == []


def test_500_nodes_in_one_graph_cost_one_call(api: Api) -> None:
    nodes = [node(f"n{at}", {"Name": str(at)}) for at in range(500)]

    _, body = send(api, graph("1", *nodes))

    assert body["graphs"][0]["isSuccessful"] is True
    assert api.org.requests_used == 1
    assert len(api.query("SELECT Id FROM Account")) == 500


def test_there_are_no_graphs_before_50(api: Api) -> None:
    assert send(Api(api.org, api.token, "49.0"), graph("1", GOOD))[0] == 404
