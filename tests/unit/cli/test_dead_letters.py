"""Dead letters on the command line: explained, and asked for again."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from tests.unit.cli.conftest import Command
from tests.unit.cli.fake_api import FakeApi, problem

PATH = "/acme/dead-letters"
LETTER: dict[str, Any] = {
    "id": "m-1", "writer": "bulk_write_back", "connection": "crm", "object": "account",
    "ids": ["a-1", "a-2"], "records": 7, "batch": None, "receipts": ["r-1"], "waiting": 1,
    "sent_at": "2026-01-05T12:00:00Z", "code": "internal_error",
    "reason": "an error in Syncline itself (ValueError)",
    "failed_at": "2026-01-05T12:30:00Z", "tries": 5,
}  # fmt: skip
MALFORMED = {
    **LETTER, "id": "m-2", "connection": None, "object": None, "ids": [], "records": 0,
    "receipts": [], "waiting": 0, "code": "message_malformed",
    "reason": "connection is missing", "tries": 0,
}  # fmt: skip


@pytest.fixture(autouse=True)
def letters(api: FakeApi) -> None:
    page = {"items": [LETTER, MALFORMED], "next": None}
    api.answers["GET", PATH] = lambda _request, _body: JSONResponse(page)
    again = {"id": "m-1", "writer": "bulk_write_back"}
    api.answers["POST", f"{PATH}/m-1/retry"] = lambda _request, _body: JSONResponse(again, 202)
    api.answers["DELETE", f"{PATH}/m-2"] = lambda _request, _body: Response(status_code=204)
    api.answers["POST", f"{PATH}/m-9/retry"] = lambda _request, _body: problem(
        404, "unknown_letter"
    )


@pytest.mark.parametrize("words", [["dead-letters"], ["dead-letters", "list"]])
def test_letters_are_explained(syncline: Command, words: list[str]) -> None:
    done = syncline(*words)

    assert done.code == 0
    assert "bulk write back, 7 account records, connection crm" in done.out
    assert "tried 5 times" in done.out
    assert "an error in Syncline itself (ValueError) (internal_error)" in done.out
    assert "a-1, a-2 and 5 more" in done.out
    assert "receipts  r-1" in done.out
    assert "syncline dead-letters retry m-1" in done.out


def test_nothing_can_be_asked_of_a_malformed_one(syncline: Command) -> None:
    done = syncline("dead-letters")

    assert "a message that nobody can understand" in done.out
    assert "retry m-2" not in done.out
    assert "syncline dead-letters discard m-2" in done.out


def test_letters_are_told_to_programs(syncline: Command) -> None:
    assert syncline("dead-letters", "list", "--json").json["items"] == [LETTER, MALFORMED]


def test_no_letters_are_good_news(syncline: Command, api: FakeApi) -> None:
    empty: dict[str, Any] = {"items": [], "next": None}
    api.answers["GET", PATH] = lambda _request, _body: JSONResponse(empty)

    assert "gave up nothing" in syncline("dead-letters").out


def test_a_letter_is_asked_for_again(syncline: Command, api: FakeApi) -> None:
    done = syncline("dead-letters", "retry", "m-1")

    assert done.code == 0
    assert "m-1 is on its way again" in done.out
    assert api.writes == [("POST", f"{PATH}/m-1/retry")]


def test_a_letter_that_is_gone_is_told(syncline: Command) -> None:
    done = syncline("dead-letters", "retry", "m-9")

    assert done.code == 5


def test_a_letter_is_thrown_away(syncline: Command, api: FakeApi) -> None:
    done = syncline("dead-letters", "discard", "m-2")

    assert done.code == 0
    assert "m-2 is gone" in done.out
    assert api.writes == [("DELETE", f"{PATH}/m-2")]
