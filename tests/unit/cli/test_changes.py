"""`change` and `receipt`: what is sent, what is told, and how it exits."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cli.watching import slower
from tests.unit.cli.conftest import Command
from tests.unit.cli.fake_api import FakeApi, problem

ID = "0f" * 16
PATH = ("GET", f"/acme/receipts/{ID}")


def told(outcome: str, detail: str = "", reason: str = "") -> dict[str, str]:
    return {"outcome": outcome, "reason": reason, "detail": detail}


def receipt(status: str = "waiting", **results: dict[str, str]) -> dict[str, Any]:
    return {
        "receipt": ID, "status": status, "object": "account", "id": "42", "origin": "profile",
        "actor": "ada@acme.example", "at": "2026-11-21T06:00:00Z",
        "accepted_at": "2026-11-21T06:00:01Z", "bulk": False,
        "results": {"crm": results} if results else {},
    }  # fmt: skip


def batch(**statuses: int) -> dict[str, Any]:
    refused = receipt("refused", phone=told("refused", "Salesforce says that it is too long"))
    return {
        "receipt": ID, "accepted_at": "2026-11-21T06:00:01Z", "count": sum(statuses.values()),
        "captured": 600, "statuses": statuses, "next": None,
        "items": [refused] if "refused" in statuses else [],
    }  # fmt: skip


@pytest.fixture
def taken(api: FakeApi) -> FakeApi:
    """Every change is taken up, and applied when it is looked at for the second time."""
    answer = {"receipts": [receipt()], "batch": None, "count": 1, "captured": 1}

    def take(_request: Request, _body: Any) -> Response:
        return JSONResponse(answer, 202)

    api.answers["POST", "/acme/changes"] = take
    api.answers[PATH] = [
        JSONResponse(receipt()),
        JSONResponse(receipt("applied", phone=told("applied"))),
    ]
    return api


def test_a_change_is_sent(syncline: Command, taken: FakeApi) -> None:
    done = syncline("change", "account", "42", "phone=123", "employees:=250", "--origin", "form",
                    "--at", "2026-11-21T06:00:00Z", "--key", "one", "--actor", "ada")  # fmt: skip

    (body,) = taken.bodies("POST", "/changes")
    assert body == {"changes": [{
        "object": "account", "id": "42", "values": {"phone": "123", "employees": 250},
        "origin": "form", "actor": "ada", "key": "one", "at": "2026-11-21T06:00:00Z",
    }]}  # fmt: skip
    assert done.code == 0
    assert "not written yet" in done.out
    assert ID in done.out


def test_each_change_has_a_key_of_its_own(syncline: Command, taken: FakeApi) -> None:
    syncline("change", "account", "42", "phone=1")
    syncline("change", "account", "42", "phone=1")

    keys = [body["changes"][0]["key"] for body in taken.bodies("POST", "/changes")]
    assert keys[0] != keys[1]


def test_it_is_followed_until_it_is_written(syncline: Command, taken: FakeApi) -> None:
    sent = syncline("change", "account", "42", "phone=123")
    done = syncline("receipt", ID, "--follow", "--interval", "0")

    assert f"syncline receipt {ID} --follow" in sent.err
    assert done.code == 0
    assert "it is in Salesforce" in done.out


@pytest.mark.parametrize("said", [("account", "42"), ("account",), ()])
def test_nothing_to_change_is_sent_nowhere(
    syncline: Command, api: FakeApi, said: tuple[str, ...]
) -> None:
    done = syncline("change", *said)

    assert (done.code, api.writes) == (2, [])


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        (receipt(), 0),
        (receipt("skipped", phone=told("skipped")), 0),
        (receipt("applied", phone=told("applied")), 0),
        (receipt("superseded", phone=told("superseded")), 0),
        (receipt("refused", phone=told("refused")), 4),
        (receipt("held", phone=told("held")), 4),
        (receipt("refused", phone=told("refused"), name=told("applied")), 3),
        (batch(applied=600), 0),
        (batch(applied=599, refused=1), 3),
        (batch(waiting=1, refused=1), 4),
    ],
)
def test_a_receipt_exits_by_what_it_says(
    syncline: Command, api: FakeApi, shown: dict[str, Any], code: int
) -> None:
    api.answers[PATH] = lambda _request, _body: JSONResponse(shown)

    done = syncline("receipt", ID, "--json")

    assert (done.code, done.json) == (code, shown)


def test_a_refusal_says_why(syncline: Command, api: FakeApi) -> None:
    why = "phone: data value too large"
    shown = receipt("refused", phone=told("refused", why, "STRING_TOO_LONG"))
    api.answers[PATH] = [JSONResponse(shown)]

    done = syncline("receipt", ID)

    assert why in done.out
    assert "ada@acme.example" in done.out


def test_a_request_of_many_is_counted(syncline: Command, api: FakeApi) -> None:
    done_at_last = JSONResponse(batch(applied=599, refused=1))
    api.answers[PATH] = [JSONResponse(batch(waiting=600)), done_at_last, done_at_last]

    done = syncline("receipt", ID, "--follow", "--interval", "0")

    assert done.code == 3
    assert "599" in done.out
    assert "Salesforce says that it is too long" in done.out


def test_every_refused_change_of_many_is_told(syncline: Command, api: FakeApi) -> None:
    why = {"phone": told("refused", "it is too long"), "industry": told("refused", "no such value")}
    refused = [{**receipt("refused", **why), "id": f"a-{number}"} for number in range(5)]
    pages = {None: (refused[:3], "more"), "more": (refused[3:], None)}

    def answer(request: Request, _body: Any) -> Response:
        shown = {**batch(applied=600, refused=5), "items": [receipt("applied")]}
        if request.query_params.get("status") == "refused":
            items, after = pages[request.query_params.get("cursor")]
            shown |= {"items": items, "next": after}
        return JSONResponse(shown)

    api.answers[PATH] = answer

    done, for_programs = syncline("receipt", ID), syncline("receipt", ID, "--json")

    assert done.out.count("it is too long") == done.out.count("no such value") == 5
    assert all(f"a-{number}" in done.out for number in range(5))
    assert for_programs.json["items"] == refused


@pytest.mark.parametrize(
    ("first", "expected"),
    [(1, [1, 1.5, 2.25]), (0, [0, 0, 0]), (12, [12, 15, 15]), (60, [60, 60, 60])],
)
def test_a_long_wait_is_looked_at_less_often(first: float, expected: list[float]) -> None:
    assert list(islice(slower(first), 3)) == expected


def test_an_attribute_can_be_emptied(syncline: Command, taken: FakeApi) -> None:
    done = syncline("change", "account", "42", "phone=1", "--clear", "fax", "--follow")

    (body,) = taken.bodies("POST", "/changes")
    assert body["changes"][0]["values"] == {"phone": "1", "fax": None}
    assert done.code == 0
    assert "it is in Salesforce" in done.out


@pytest.mark.parametrize(
    "said", [("phone=1", "phone=2"), ("phone=1", "phone:=2"), ("phone=1", "--clear", "phone")]
)
def test_an_attribute_has_one_value(syncline: Command, api: FakeApi, said: tuple[str, ...]) -> None:
    done = syncline("change", "account", "42", *said)

    assert (done.code, api.writes) == (2, [])
    assert "'phone' is" in done.err


def test_a_single_flaw_is_told_once(syncline: Command, api: FakeApi) -> None:
    flaw = {"in": "body", "field": "/changes/0/at", "code": "in_the_future", "message": "too late"}
    api.answers["POST", "/acme/changes"] = lambda _request, _body: problem(
        422, "invalid_changes", "/changes/0/at: too late", errors=[flaw]
    )

    done = syncline("change", "account", "42", "phone=1")

    assert done.err.count("too late") == 1
