"""Bulk jobs on the emulator: equal to reading by pages, resumed anywhere, and within budget."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from syncline.config.models import Connection
from syncline.engine.coercion import coercer
from syncline.engine.records import Change, Upserted
from syncline.errors import ConfigurationError
from syncline.ports import Crm, Cursor, Phase, ReadRequest, Waiting
from syncline.salesforce.connect import open_connection
from syncline.salesforce.describe import forget_descriptions
from tests.contract.crm_orgs import Emulated, batches, changes, emulator, keys, record_id

TASKS = ReadRequest("Task", ("Subject",), batch_size=5)
STAMP = "2026-01-01T11:00:00Z"


@pytest.fixture(scope="module")
def running() -> Iterator[Emulated]:
    with emulator() as found:
        yield found


@pytest.fixture
def org(running: Emulated) -> Emulated:
    return running.fresh("rest")


def _load(org: Emulated, count: int, **fields: Any) -> list[str]:
    ids = [record_id("Task", number) for number in range(count)]
    org.control.load(
        ("Task", {"Id": id, "SystemModstamp": STAMP, "Subject": f"s{at}", **fields})
        for at, id in enumerate(ids)
    )
    return ids


def _counts(org: Emulated) -> dict[str, int]:
    return {name: count for name, count in org.control.counts().items() if name != "token"}


# --- Bulk and REST ----------------------------------------------------------------------------

AWKWARD = (
    "a\nb",
    'c "d", e',
    "f\r\ng",
    "ümläut 🎉 \u2028",
    "'; --",
    "12.0",
    "true",
    "2026-01-01",
)


def test_pages_and_bulk_give_equal_records(org: Emulated) -> None:
    user = org.put("User", 1, Username="ada@example.com", Email="ada@example.com", LastName="A")
    for number, text in enumerate(AWKWARD):
        org.put(
            "Task",
            number,
            stamp=STAMP,
            Subject=text,
            Description=text * 3,
            ActivityDate="2026-02-03",
            CallDurationInSeconds=number,
            IsReminderSet=bool(number % 2),
            OwnerId=user,
        )
    org.put("Task", 50, stamp=STAMP)
    org.put("Account", 1, Name="Acme", AnnualRevenue=5, NumberOfEmployees=7)
    org.put("Account", 2, Name="Void")
    tasks = replace(
        TASKS,
        fields=("Subject", "Description", "ActivityDate", "CallDurationInSeconds", "IsReminderSet",
                "Owner.Email", "CreatedDate", "WhatId", "Id"),
    )  # fmt: skip
    accounts = replace(TASKS, object="Account", fields=("AnnualRevenue", "NumberOfEmployees"))

    for request, types in (
        (
            tasks,
            ("textarea", "textarea", "date", "int", "boolean", "email", "datetime", "id", "id"),
        ),
        (accounts, ("currency", "int")),
    ):
        by_pages = {each.key: each for each in changes(org.crm("rest"), request)}
        by_bulk = {each.key: each for each in changes(org.crm("bulk"), request)}
        assert _texts(by_pages, types) == _texts(by_bulk, types)
        assert len(by_pages) in (2, 9)
    assert org.control.counts()["bulk.create"] == 2


def _texts(found: dict[str, Change], types: tuple[str, ...]) -> dict[str, Any]:
    coercers = [coercer(each, "text") for each in types]
    return {
        key: (
            each.stamp,
            each.modified,
            [coerce(raw) for coerce, raw in zip(coercers, each.row, strict=True)],
        )
        for key, each in found.items()
        if isinstance(each, Upserted)
    }


def test_a_job_is_read_in_several_pages_and_from_every_cursor(org: Emulated) -> None:
    tasks = _load(org, 23)
    org.control.settings(bulk_page_size=7)
    found = batches(org.crm("bulk"), TASKS)
    read: set[str] = set()

    for batch in found:
        read |= {each.key for each in batch.changes}
        assert keys(org.crm("bulk"), TASKS, batch.cursor) == sorted(set(tasks) - read)
    assert sorted(read) == tasks


def test_a_job_gives_what_was_there_when_it_was_made(org: Emulated) -> None:
    tasks = _load(org, 3)
    crm = org.crm("bulk")
    (waiting,) = crm.changes(TASKS, None)
    assert isinstance(waiting, Waiting)
    org.put("Task", 99)

    assert keys(crm, TASKS, waiting.cursor) == tasks


def test_an_address_as_a_whole_is_refused_before_it_is_read(org: Emulated) -> None:
    request = replace(TASKS, object="Account", fields=("BillingAddress",))

    with pytest.raises(ConfigurationError) as caught:
        org.crm().check_query(request)

    assert caught.value.code == "field_unsupported"


@pytest.mark.parametrize("where", [None, "Status = 'Open'"])
def test_a_related_value_of_another_object_is_judged_by_salesforce(
    org: Emulated, where: str | None
) -> None:
    with pytest.raises(ConfigurationError, match="Nonsense__c") as caught:
        org.crm().check_query(replace(TASKS, fields=("Account.Nonsense__c",), where=where))

    assert (caught.value.code, caught.value.field) == ("query_refused", "mapping")


def test_a_filter_too_long_for_an_address_reads_the_same(org: Emulated) -> None:
    tasks = _load(org, 20)
    names = ",".join(f"'s{number}'" for number in [*range(10), *range(1000, 3000)])
    request = replace(TASKS, where=f"Subject IN ({names})")

    org.crm().check_query(request)

    assert keys(org.crm(), request) == tasks[:10]
    assert keys(org.crm("bulk"), request) == tasks[:10]


# --- budgets ----------------------------------------------------------------------------------


def _whole_run(org: Emulated, *, object: str = "Task") -> dict[str, int]:
    """All phases as a run reads them: after each Waiting, another leg opens a connection anew."""
    connection = Connection(
        login_url=org.running.http,
        org_id=org.control.org()["organization_id"],
        username="integration@emulator.example",
    )
    base = replace(TASKS, object=object, fields=("Id",), since="2025-12-31T00:00:00Z")
    org.control.clear_journal()
    crm = open_connection(connection, org.credentials())
    crm.identity()
    crm.describe(object)
    crm.now()
    for phase in Phase:
        waiting = _visit(crm, replace(base, phase=phase), None)
        while waiting is not None:
            crm = open_connection(connection, org.credentials())
            waiting = _visit(crm, replace(base, phase=phase), waiting.cursor)
    return _counts(org)


def _visit(crm: Crm, request: ReadRequest, cursor: Cursor | None) -> Waiting | None:
    items = list(crm.changes(request, cursor))
    return items[-1] if items and isinstance(items[-1], Waiting) else None


@pytest.mark.parametrize("object", ["Task", "Account"])
def test_many_records_cost_few_requests_with_bulk(org: Emulated, object: str) -> None:
    """Pages of 7 stand for pages of 2,000, and 200 records for 57,000."""
    ids = [record_id(object, number) for number in range(200)]
    name = "Subject" if object == "Task" else "Name"
    org.control.load((object, {"Id": id, "SystemModstamp": STAMP, name: "x"}) for id in ids)

    counts = _whole_run(org, object=object)

    assert (counts["bulk.create"], counts["bulk.status"], counts["bulk.results"]) == (1, 4, 1)
    assert sum(counts.values()) <= (11 if object == "Account" else 10)


def test_few_records_cost_no_job(org: Emulated) -> None:
    _load(org, 20)

    counts = _whole_run(org)

    assert "bulk.create" not in counts
    assert sum(counts.values()) <= 6


def test_a_leg_of_another_process_needs_no_describe_to_go_on_with_a_job(org: Emulated) -> None:
    _load(org, 3)
    (waiting,) = org.crm("bulk").changes(TASKS, None)
    assert isinstance(waiting, Waiting)
    forget_descriptions()
    org.control.clear_journal()

    list(org.crm("bulk").changes(TASKS, waiting.cursor))

    assert _counts(org) == {"bulk.status": 1}
