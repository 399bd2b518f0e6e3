"""Reading by REST where the emulator would not be odd enough: moved records, lost cursors."""

from typing import Any

import pytest

from syncline.engine.records import Upserted
from syncline.errors import RetryableError
from syncline.ports import Batch, ReadRequest, Waiting
from tests.unit.salesforce.scripted import (
    Asked,
    Said,
    ScriptedOrg,
    describe_of,
    field_of,
    refused,
    task_id,
)

REQUEST = ReadRequest("Task", ("Subject",), batch_size=2)
LOST = refused(400, "INVALID_QUERY_LOCATOR", "invalid query locator")


def _row(number: int, stamp: str = "11:00:00", **fields: Any) -> dict[str, Any]:
    at = f"2026-01-01T{stamp}.000+0000"
    row = {
        "Id": task_id(number),
        "SystemModstamp": at,
        "LastModifiedDate": at,
        "Subject": f"s{number}",
    }
    return {**row, **fields}


def _page(*rows: dict[str, Any], total: int, more: str | None = None) -> Said:
    body = {"totalSize": total, "done": more is None, "records": list(rows)}
    if more is not None:
        body["nextRecordsUrl"] = f"/services/data/v62.0/query/{more}"
    return Said(body=body)


def _ready(org: ScriptedOrg) -> None:
    org.route("Task/describe", Said(body=describe_of("Task", field_of("Subject"))))


def _keys(batches: list[Batch | Waiting]) -> list[list[str]]:
    return [[each.key for each in batch.changes] for batch in batches if isinstance(batch, Batch)]


def test_pages_are_followed_by_their_address_whatever_their_length(org: ScriptedOrg) -> None:
    _ready(org)
    org.route("queryAll", _page(_row(1), total=3, more="01g1-1"))
    org.route("query/01g1-1", _page(total=3, more="01g1-2"))
    org.route("query/01g1-2", _page(_row(2), _row(3), total=3))

    batches = list(org.crm(reading="rest").changes(REQUEST, None))

    assert _keys(batches) == [[task_id(1)], [task_id(2), task_id(3)]]
    assert org.calls() == [
        "sobjects/Task/describe", "queryAll/", "query/01g1-1", "query/01g1-2",
    ]  # fmt: skip


def test_a_record_that_moved_is_given_but_no_position_is_taken_from_it(org: ScriptedOrg) -> None:
    """The answers say 12:00:00, and the second record was changed after the query was sent."""
    _ready(org)
    org.route("queryAll", _page(_row(1), _row(2, "13:00:00"), _row(3), total=3))

    first, second = org.crm().changes(REQUEST, None)

    assert isinstance(first, Batch)
    assert first.cursor["id"] == task_id(1)
    assert isinstance(second, Batch)
    assert second.cursor["id"] == task_id(3)


def test_a_record_with_a_later_stamp_than_one_behind_it_has_moved(org: ScriptedOrg) -> None:
    _ready(org)
    org.route("queryAll", _page(_row(1), _row(2, "11:30:00"), _row(3), total=3))

    first, _ = org.crm().changes(REQUEST, None)

    assert isinstance(first, Batch)
    assert first.cursor["id"] == task_id(1)


def test_a_page_without_any_firm_record_gives_no_position(org: ScriptedOrg) -> None:
    _ready(org)
    org.route("queryAll", _page(_row(1, "13:00:00"), total=2, more="01g1-1"))
    org.route("query/01g1-1", _page(_row(2), total=2))
    crm = org.crm()

    first, _ = crm.changes(REQUEST, None)
    assert isinstance(first, Batch)
    list(crm.changes(REQUEST, first.cursor))

    assert "Id >" not in org.asked[-2].query["q"]


def test_on_the_last_page_the_last_record_is_a_position_whenever_it_was_changed(
    org: ScriptedOrg,
) -> None:
    _ready(org)
    org.route("queryAll", _page(_row(1), _row(2, "13:00:00"), total=2))

    (batch,) = org.crm().changes(REQUEST, None)

    assert isinstance(batch, Batch)
    assert batch.cursor["id"] == task_id(2)


def test_a_forgotten_cursor_is_replaced_by_a_query_behind_the_last_record(
    org: ScriptedOrg,
) -> None:
    _ready(org)

    def query(asked: Asked) -> Said:
        if f"Id > '{task_id(2)}'" in asked.query["q"]:
            return _page(_row(3), total=1)
        return _page(_row(1), _row(2), total=3, more="01g1-2")

    org.route("queryAll", query)
    org.route("query/01g1-2", LOST)

    batches = list(org.crm(reading="rest").changes(REQUEST, None))

    assert _keys(batches) == [[task_id(1), task_id(2)], [task_id(3)]]


def test_a_cursor_that_is_always_forgotten_fails_in_the_end(org: ScriptedOrg) -> None:
    _ready(org)
    org.route("queryAll", _page(_row(1), _row(2), total=3, more="01g1-2"))
    org.route("query/01g1-2", LOST)

    with pytest.raises(RetryableError):
        list(org.crm(reading="rest").changes(REQUEST, None))


def test_related_values_are_found_whatever_their_spelling(org: ScriptedOrg) -> None:
    owner = field_of("OwnerId", "reference", relationshipName="Owner")
    org.route("Task/describe", Said(body=describe_of("Task", owner)))
    org.route(
        "queryAll",
        _page(
            _row(1, Owner={"Email": "ada@example.com", "Manager": None}),
            _row(2, Owner=None),
            total=2,
        ),
    )
    request = ReadRequest("Task", ("OWNER.EMAIL", "owner.manager.name", "id"))

    (batch,) = org.crm().changes(request, None)

    assert isinstance(batch, Batch)
    rows = [each.row for each in batch.changes if isinstance(each, Upserted)]
    assert rows == [("ada@example.com", None, task_id(1)), (None, None, task_id(2))]


def test_a_long_filter_travels_in_a_body(org: ScriptedOrg) -> None:
    _ready(org)
    page = _page(_row(1), total=1).body

    def composite(asked: Asked) -> Said:
        answer = {"body": page, "httpStatusCode": 200, "referenceId": "query", "httpHeaders": {}}
        return Said(body={"compositeResponse": [answer]})

    org.route("composite", composite)
    names = ",".join(f"'{number:06}'" for number in range(1500))

    batches = list(org.crm().changes(ReadRequest("Task", (), where=f"Subject IN ({names})"), None))

    assert _keys(batches) == [[task_id(1)]]
    assert "'001499'" in org.asked[-1].body.replace("%27", "'")


def test_a_refusal_inside_a_body_is_a_refusal(org: ScriptedOrg) -> None:
    _ready(org)
    part = {"body": [{"errorCode": "MALFORMED_QUERY", "message": "no"}], "httpStatusCode": 400}
    org.route("composite", Said(body={"compositeResponse": [part]}))

    with pytest.raises(Exception, match="refused the query: no"):
        org.crm().check_query(ReadRequest("Task", (), where=f"Subject = '{'x' * 13_000}'"))


def test_only_ids_that_can_be_are_looked_for(org: ScriptedOrg) -> None:
    _ready(org)
    org.route("queryAll", _page(_row(1), total=1))
    crm = org.crm()

    assert [
        each.key for each in crm.find(REQUEST, [task_id(1), "00Tnonsense", "001000000000001AAA"])
    ]
    assert crm.find(REQUEST, ["nonsense"]) == []
    assert "nonsense" not in org.asked[-1].query["q"]
    assert len(org.asked) == 2


def test_many_ids_are_looked_for_in_few_requests(org: ScriptedOrg) -> None:
    _ready(org)
    org.route("queryAll", lambda asked: _page(total=0))

    org.crm().find(REQUEST, [task_id(number) for number in range(1000)])

    assert org.calls() == ["sobjects/Task/describe", *["queryAll/"] * 3]
