"""The journal of requests, whose sums go on for ever, and a clock that a test sets."""

from typing import Any

import pytest

from local.salesforce import journal
from local.salesforce.inprocess import Api, ConnectionCutError


def shown(api: Api, **query: str) -> dict[str, Any]:
    status, body = api.call("GET", "/__emulator__/journal", **query)
    assert status == 200
    assert isinstance(body, dict)
    return body


def arm(api: Api, **order: object) -> None:
    assert api.call("POST", "/__emulator__/faults", order)[0] == 200


def set_clock(api: Api, **order: object) -> dict[str, Any]:
    status, body = api.call("PUT", "/__emulator__/clock", order)
    assert status == 200
    assert isinstance(body, dict)
    return body


def test_requests_are_summed_by_what_they_were(api: Api) -> None:
    api.create("Account", Name="A")
    api.call("GET", "query", q="SELECT Name FROM Account")
    api.call("GET", "nowhere")
    arm(api, endpoint="limits", kind="html_503")
    api.call("GET", "nowhere/else")
    api.send("GET", "limits")

    found = shown(api)

    assert found["total"] == 5
    assert found["counts"] == {"create": 1, "limits": 1, "query": 1, "unknown": 2}
    assert found["statuses"] == {"200": 1, "201": 1, "404": 2, "503": 1}
    assert found["users"] == {api.org.sessions.user_id: 5}
    assert found["faults"] == {"html_503": 1}
    assert found["bytes_in"] == len(b'{"Name":"A"}')
    assert found["bytes_out"] == sum(each["bytes_out"] for each in found["entries"])
    assert found["entries"][1]["query"] == "q=SELECT+Name+FROM+Account"
    assert [each["fault"] for each in found["entries"]] == [None] * 4 + ["html_503"]


def test_a_cut_call_has_no_status(api: Api) -> None:
    arm(api, endpoint="limits", kind="connection_reset")
    with pytest.raises(ConnectionCutError):
        api.call("GET", "limits")

    assert shown(api)["statuses"] == {"0": 1}


def test_entries_come_in_pages(api: Api) -> None:
    for _ in range(5):
        api.call("GET", "limits")

    first, second = shown(api, limit="3"), shown(api, since="3", limit="3")

    assert [each["number"] for each in first["entries"]] == [1, 2, 3]
    assert [each["number"] for each in second["entries"]] == [4, 5]
    assert (first["next"], second["next"]) == (3, None)
    assert shown(api, limit="0")["entries"] == []


@pytest.mark.parametrize("query", [{"since": "x"}, {"limit": "-1"}])
def test_a_bad_page_is_told(api: Api, query: dict[str, str]) -> None:
    status, body = api.call("GET", "/__emulator__/journal", **query)

    assert (status, body["errors"][0]["field"]) == (400, next(iter(query)))


def test_a_cleared_journal_begins_again(api: Api) -> None:
    api.call("GET", "limits")

    api.call("DELETE", "/__emulator__/journal")

    api.call("GET", "limits")
    assert shown(api)["entries"][0]["number"] == shown(api)["total"] == 1


def test_old_entries_go_and_sums_stay() -> None:
    log = journal.Journal()
    more = journal.KEPT + 10
    for at in range(more):
        log.add(journal.Entry("GET", "/", "", "limits", 200, bytes_out=at % 2))

    found = log.answer(since=0, limit=1)
    last = log.answer(since=more - 1)

    assert (found["total"], found["counts"]) == (more, {"limits": more})
    assert found["bytes_out"] == more // 2
    assert [each["number"] for each in entries(found)] == [11]
    assert [each["number"] for each in entries(last)] == [more]


def entries(answer: dict[str, object]) -> list[dict[str, object]]:
    found = answer["entries"]
    assert isinstance(found, list)
    return found


# --- the clock ----------------------------------------------------------------------------------


def test_a_stopped_clock_goes_on_when_told(api: Api) -> None:
    stopped = set_clock(api, now="2030-01-02T03:04:05+00:00")
    later = set_clock(api, advance=90.5)

    assert stopped == {"now": "2030-01-02T03:04:05+00:00", "frozen": True, "scale": 1.0}
    assert later["now"] == "2030-01-02T03:05:35.500000+00:00"


def test_a_clock_may_run_faster(api: Api) -> None:
    before = api.org.clock.now()
    found = set_clock(api, scale=1e6)
    first, second = api.org.clock.now(), api.org.clock.now()

    assert (found["frozen"], found["scale"]) == (False, 1e6)
    assert before < first < second
    assert api.org.clock.wait_seconds(second) == 0


def test_a_running_clock_can_be_moved(api: Api) -> None:
    real = set_clock(api, real=True)
    moved = set_clock(api, advance=86_400)

    assert (real["frozen"], moved["frozen"]) == (False, False)
    assert moved["now"][:10] > real["now"][:10]


@pytest.mark.parametrize("order", [{"speed": 2}, {"scale": 0}, {"now": "noon"}])
def test_a_mistaken_clock_is_told(api: Api, order: dict[str, object]) -> None:
    before = api.org.clock.now()

    status, body = api.call("PUT", "/__emulator__/clock", order)

    assert status == 400
    assert body["error"]
    assert api.org.clock.now() == before
