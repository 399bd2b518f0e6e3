"""Each known error is provoked over HTTP and compared: status, code, keys and text."""

from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest

from local.salesforce.running import Running, start
from tests.conformance.error_rows import BASE, CODE_FIRST, EDGE, ROWS, Org, Row, asked

DUPLICATE: Final = [
    "allowSave", "duplicateRule", "duplicateRuleEntityType", "errorMessage", "matchResults",
]  # fmt: skip
MATCHES: Final = [
    "entityType", "errors", "matchEngine", "matchRecords", "rule", "size", "success",
]  # fmt: skip


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with start() as running:
        key = {"sobject": "Account", "name": "Key__c", "external_id": True, "unique": True}
        running.control.request("POST", "fields", key)
        running.control.snapshot("empty")
        yield running


@pytest.fixture
def org(emulator: Running) -> Iterator[Org]:
    emulator.control.restore("empty")
    emulator.control.request("DELETE", "faults")
    with emulator.signed_in() as client:
        made = {
            name: client.post(f"{BASE}sobjects/{sobject}", json=fields).json()["id"]
            for name, sobject, fields in (
                ("account", "Account", {"Name": "Acme", "Key__c": "k1"}),
                ("gone", "Account", {"Name": "Gone"}),
                ("lead", "Lead", {"LastName": "L", "Company": "C"}),
                ("contact", "Contact", {"LastName": "P"}),
            )
        }
        client.delete(f"{BASE}sobjects/Account/{made['gone']}")
        yield Org(client, emulator.control, **made)
        emulator.control.request("DELETE", "faults")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.code} {row.name}")
def test_an_error_is_told_as_salesforce_tells_it(org: Org, row: Row) -> None:
    row.arrange(org)

    answer = send(org, row)

    [told] = answer.json()
    assert (answer.status_code, told["errorCode"]) == (row.status, row.code)
    assert told["message"] == filled(row.text, org)
    assert list(told) == row.keys
    if row.fields is not None:
        assert told["fields"] == row.fields


def send(org: Org, row: Row) -> httpx.Response:
    path = filled(row.path, org)
    raw = isinstance(row.body, bytes)
    body = row.body if raw or row.body is None else filled_body(row.body, org)
    return org.client.request(
        row.method,
        path if path.startswith("/") else BASE + path,
        params=row.query,
        headers={"Content-Type": "application/json", **row.headers},
        **{"content" if raw else "json": body},
    )


def filled(text: str, org: Org) -> str:
    for name in ("account", "gone", "lead", "contact"):
        text = text.replace(f"{{{name}}}", org[name])
    return text


def filled_body(body: Any, org: Org) -> Any:
    if not isinstance(body, dict):
        return body
    return {k: filled(v, org) if isinstance(v, str) else v for k, v in body.items()}


def test_possible_duplicates_come_with_the_records_they_match(org: Org) -> None:
    rule = {"sobject": "Account", "name": "Standard", "fields": ["Name"], "action": "alert",
            "message": "Use one of these records?"}  # fmt: skip
    org.control.request("PUT", "duplicate-rules", rule)
    allowed = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}

    refused = org.client.post(f"{BASE}sobjects/Account", json={"Name": "ACME"})
    saved = org.client.post(f"{BASE}sobjects/Account", json={"Name": "ACME"}, headers=allowed)

    [told] = refused.json()
    found = told["duplicateResut"]
    assert (refused.status_code, told["errorCode"]) == (400, "DUPLICATES_DETECTED")
    assert told["message"] == "Use one of these records?"
    assert list(told) == ["duplicateResut", *CODE_FIRST]
    assert sorted(found) == DUPLICATE
    [result] = found["matchResults"]
    assert sorted(result) == MATCHES
    [match] = result["matchRecords"]
    assert match["record"]["Id"] == org.account
    assert saved.status_code == 201


@pytest.mark.parametrize(("kind", "status"), EDGE, ids=str)
def test_the_edge_answers_without_json(org: Org, kind: str, status: int) -> None:
    org.control.arm("limits", kind)

    first, second = (org.client.get(f"{BASE}limits") for _ in range(2))

    assert first.status_code == status
    assert "json" not in first.headers.get("content-type", "")
    assert not {"retry-after", "ratelimit-limit"} & set(first.headers)
    assert second.status_code == 200


def test_a_request_line_that_is_too_long_is_refused_in_html(org: Org) -> None:
    by_address = org.client.get(f"{BASE}query", params=asked("x" * 16_400))
    by_headers = org.client.get(f"{BASE}limits", headers={"X-Filler": "x" * 16_400})

    assert (by_address.status_code, by_headers.status_code) == (414, 431)
    assert b"<h1>Bad Message 431</h1>" in by_headers.content
    assert b"<h1>Bad Message 414</h1>" in by_address.content


def test_bulk_results_are_only_for_the_version_and_the_end_of_a_job(org: Org) -> None:
    job = org.client.post(
        f"{BASE}jobs/query", json={"operation": "query", "query": "SELECT Id FROM Account"}
    ).json()["id"]

    early = org.client.get(f"{BASE}jobs/query/{job}/results")
    other = org.client.get(f"/services/data/v61.0/jobs/query/{job}/results")

    unfinished = f"can only download query results of successfully completed bulk job: {job}"
    another = "The job was created with API version 62.0"
    assert told_by(early) == (412, {"errorCode": "JOB_NOT_COMPLETE", "message": unfinished})
    assert told_by(other) == (409, {"errorCode": "VERSION_MISMATCH", "message": another})


def told_by(answer: httpx.Response) -> tuple[int, dict[str, Any]]:
    [told] = answer.json()
    return answer.status_code, told
