"""Armed faults without sockets: for which calls, and at which of them."""

from typing import Any

import pytest

from local.salesforce.faultkinds import FAULTS, FaultKind
from local.salesforce.inprocess import Api
from tests.unit.emulator.planting import arm


def refusal(api: Api, **order: object) -> dict[str, Any]:
    status, body = api.call("POST", "/__emulator__/faults", order)
    assert status == 400
    assert isinstance(body, dict)
    return body


def statuses(api: Api, count: int, path: str = "limits") -> list[int]:
    return [api.call("GET", path)[0] for _ in range(count)]


def batch(*accounts: str) -> dict[str, object]:
    return {"records": [{"attributes": {"type": "Account"}, "Name": name} for name in accounts]}


# --- when -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({}, [503, 200, 200, 200, 200, 200]),
        ({"once": True}, [503, 200, 200, 200, 200, 200]),
        ({"times": 2}, [503, 503, 200, 200, 200, 200]),
        ({"times": 2, "skip": 1}, [200, 503, 503, 200, 200, 200]),
        ({"on": [2, 5]}, [200, 503, 200, 200, 503, 200]),
        ({"every": 3}, [200, 200, 503, 200, 200, 503]),
        ({"every": 2, "times": 2}, [200, 503, 200, 503, 200, 200]),
        ({"share": 1}, [503] * 6),
        ({"share": 0}, [200] * 6),
    ],
)
def test_a_fault_hits_the_calls_it_is_armed_for(
    api: Api, order: dict[str, object], expected: list[int]
) -> None:
    arm(api, endpoint="limits", kind="unavailable", **order)

    assert statuses(api, 6) == expected


def test_a_share_repeats_with_its_seed(api: Api) -> None:
    runs = []
    for seed in (7, 7, 8):
        arm(api, endpoint="limits", kind="unavailable", share=0.3, seed=seed)
        runs.append(statuses(api, 40))
        api.call("DELETE", "/__emulator__/faults")

    assert runs[0] == runs[1]
    assert runs[0] != runs[2]
    assert 4 <= runs[0].count(503) <= 20


def test_a_fault_ends_with_the_orgs_time(api: Api) -> None:
    arm(api, kind="unavailable", for_seconds=60)
    api.org.clock.advance(59)
    before = statuses(api, 2)
    api.org.clock.advance(1)

    assert before == [503, 503]
    assert statuses(api, 2) == [200, 200]


def test_the_oldest_fault_hits_and_all_count(api: Api) -> None:
    arm(api, endpoint="limits", kind="error", status=500, on=[2])
    arm(api, endpoint="*", kind="error", status=503, times=2)

    assert statuses(api, 4) == [503, 500, 503, 200]


def test_every_fault_tells_its_hits(api: Api) -> None:
    arm(api, endpoint="limits", kind="unavailable", every=2)
    arm(api, endpoint="query", kind="query_timeout")
    statuses(api, 5)
    api.call("GET", "query", q="SELECT Id FROM Account")

    _, body = api.call("GET", "/__emulator__/faults")

    shown = [(each["kind"], each["calls"], each["hits"]) for each in body["armed"] + body["spent"]]
    assert shown == [("unavailable", 5, 2), ("query_timeout", 1, 1)]


# --- where ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "met"),
    [
        ({"method": "post"}, True),
        ({"method": "GET"}, False),
        ({"path": "/sobjects/acc", "method": "POST"}, False),
        ({"path": "/sobjects/Acc"}, True),
        ({"sobject": "account"}, True),
        ({"sobject": "Contact"}, False),
        ({"word": "acme"}, True),
        ({"word": "bravo"}, False),
        ({"user": "005000000000099"}, False),
    ],
)
def test_a_fault_chooses_its_calls(api: Api, where: dict[str, str], met: bool) -> None:
    arm(api, endpoint="create", kind="unavailable", where=where)

    status, _ = api.call("POST", "sobjects/Account", {"Name": "ACME"})

    assert status == (503 if met else 201)


def test_a_fault_knows_user_and_statement(api: Api) -> None:
    user = api.org.sessions.user_id
    where = {"user": user[:15], "word": "from contact", "sobject": "Contact"}
    arm(api, endpoint="query", kind="query_too_complicated", where=where)

    passed, _ = api.call("GET", "query", q="SELECT Id FROM Account")
    status, body = api.call("GET", "query", q="SELECT Id FROM Contact")

    assert passed == 200
    assert (status, body[0]["errorCode"]) == (400, "QUERY_TOO_COMPLICATED")


def test_objects_in_a_body_are_known(api: Api) -> None:
    arm(api, endpoint="collections", kind="unavailable", where={"sobject": "Account"})

    assert api.call("POST", "composite/sobjects", batch("A"))[0] == 503


# --- mistakes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "field", "value"),
    [
        ({"kind": "earthquake"}, "kind", "earthquake"),
        ({"endpoint": "qwery"}, "endpoint", "qwery"),
        ({"kind": "error", "time": 2}, "time", 2),
        ({"share": 1.5}, "share", 1.5),
        ({"on": [0]}, "on.0", 0),
        ({"every": 0}, "every", 0),
        ({"where": {"path": "("}}, "where.path", "("),
        ({"where": {"sobjekt": "X"}}, "where.sobjekt", "X"),
        ({"status": 99}, "status", 99),
        ({"work": "maybe"}, "work", "maybe"),
    ],
)
def test_a_mistaken_fault_is_told(
    api: Api, order: dict[str, object], field: str, value: object
) -> None:
    problem = refusal(api, **order)["errors"][0]

    assert (problem["field"], problem["value"]) == (field, value)
    assert problem["message"]
    assert problem["remedy"]
    assert api.call("GET", "/__emulator__/faults")[1]["armed"] == []


def test_the_table_is_told(api: Api) -> None:
    _, body = api.call("GET", "/__emulator__/faults/kinds")

    assert set(body) == {kind.value for kind in FaultKind}
    assert set(FAULTS) == set(FaultKind)
