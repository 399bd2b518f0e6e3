"""What every Crm promises: memory and Salesforce, by pages and by Bulk jobs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from syncline.engine.records import Upserted
from syncline.errors import ConfigurationError
from syncline.ports import ReadRequest
from tests.contract.crm_orgs import (
    BROKEN,
    CALLS,
    NOON,
    Org,
    batches,
    changes,
    keys,
)

TASKS = ReadRequest("Task", ("Subject", "Status"), batch_size=5)
ACCOUNTS = ReadRequest("Account", ("Name",), batch_size=5)
AT_NOON = "2026-01-01T12:00:00Z"
LATER = "2026-01-01T12:05:00Z"


def _tasks(org: Org, count: int, *, stamp: str = AT_NOON) -> list[str]:
    return [org.put("Task", number, stamp=stamp, Subject=f"s{number}") for number in range(count)]


# --- who and what -----------------------------------------------------------------------------


def test_identity_is_an_org_and_a_user_by_long_ids(org: Org) -> None:
    crm = org.crm()

    identity = crm.identity()

    ids = crm.dialect.ids
    assert ids.long_id(identity.org_id) == identity.org_id
    assert ids.is_id(identity.user_id, crm.describe("User").key_prefix)
    assert "@" in identity.username


def test_the_org_is_known_without_a_request(org: Org) -> None:
    known = org.crm().identity().org_id
    crm = org.crm()
    crm.now()
    before = crm.requests()

    assert crm.org_id() == known
    assert crm.requests() == before


def test_a_description_finds_fields_whatever_their_case(org: Org) -> None:
    described = org.crm().describe("tAsK")

    assert (described.name, described.key_prefix) == ("Task", "00T")
    assert described.fields["subject"].name == "Subject"
    assert described.fields["subject"].type == "combobox"
    assert described.relationships["owner"] == "ownerid"
    assert described.fields["ownerid"].reference_to == ("Group", "User")
    assert not described.mergeable
    assert org.crm().describe("Account").mergeable


@pytest.mark.parametrize("name", ["Nothing__c", "Task/describe", "", "Task; x"])
def test_an_unknown_object_is_a_matter_of_configuration(org: Org, name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        org.crm().describe(name)

    assert caught.value.code == "unknown_object"
    assert caught.value.remedy


def test_a_filter_that_is_understood_passes(org: Org) -> None:
    org.crm().check_query(replace(TASKS, where=CALLS, since=AT_NOON))


def test_a_refused_filter_names_the_field_and_the_reason(org: Org) -> None:
    with pytest.raises(ConfigurationError) as caught:
        org.crm().check_query(replace(TASKS, where=BROKEN))

    assert (caught.value.code, caught.value.field) == ("query_refused", "filter")
    assert caught.value.message.startswith("Salesforce refused the query: ")


@pytest.mark.parametrize("path", ["Nothing__c", "Nobody.Email"])
def test_an_unknown_field_is_named(org: Org, path: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        org.crm().check_query(replace(TASKS, fields=("Subject", path)))

    assert (caught.value.code, caught.value.field) == ("unknown_field", "mapping")
    assert path in caught.value.message


def test_the_clock_is_that_of_the_org(org: Org) -> None:
    crm = org.crm()
    org.advance(90)

    assert crm.now() == NOON + timedelta(seconds=90)


def test_requests_are_counted(org: Org) -> None:
    crm = org.crm()
    before = crm.requests()

    crm.describe("Task")

    assert crm.requests() == before + 1


# --- live records -----------------------------------------------------------------------------


def test_rows_are_aligned_with_the_fields_asked_for(org: Org) -> None:
    user = org.put("User", 1, Username="ada@example.com", Email="ada@example.com", LastName="A")
    task = org.put("Task", 1, Subject="Call", OwnerId=user, IsClosed=True)
    fields = ("IsClosed", "owner.email", "Description", "Id", "Subject", "What.Name")

    (found,) = changes(org.crm(), replace(TASKS, fields=fields))

    assert found == Upserted(
        task, AT_NOON, AT_NOON, (True, "ada@example.com", None, task, "Call", None)
    )


def test_a_read_since_an_instant_includes_it(org: Org) -> None:
    _tasks(org, 1, stamp="2026-01-01T11:59:59Z")
    second = org.put("Task", 2, stamp=AT_NOON)

    assert keys(org.crm(), replace(TASKS, since=AT_NOON)) == [second]


def test_the_filter_stands_beside_the_other_conditions(org: Org) -> None:
    done = org.put("Task", 1, Status="Completed")
    org.put("Task", 2, Status="Not Started")
    old = org.put("Task", 3, stamp="2025-01-01T00:00:00Z", Status="Completed")
    gone = org.put("Task", 4, Status="Completed")
    org.delete("Task", gone)

    assert keys(org.crm(), replace(TASKS, where=CALLS)) == sorted([done, old])
    assert keys(org.crm(), replace(TASKS, where=CALLS, since=AT_NOON)) == [done]


def test_tied_records_are_each_read_once(org: Org) -> None:
    tasks = _tasks(org, 23)

    assert keys(org.crm(), TASKS) == tasks


def test_batches_are_no_larger_than_asked_and_know_the_total(org: Org) -> None:
    _tasks(org, 12)

    found = batches(org.crm(), TASKS)

    assert max(len(each.changes) for each in found) <= 5
    assert {each.total for each in found} == {12}


def test_every_cursor_continues_behind_its_batch(org: Org) -> None:
    tasks = _tasks(org, 8) + [org.put("Task", 100 + number, stamp=LATER) for number in range(8)]
    org.advance(600)
    crm = org.crm()
    found = batches(crm, TASKS)

    for at, batch in enumerate(found):
        read = {each.key for each in [c for b in found[: at + 1] for c in b.changes]}
        assert keys(org.crm(), TASKS, batch.cursor) == sorted(set(tasks) - read)


def test_an_empty_org_gives_no_batch(org: Org) -> None:
    assert batches(org.crm(), TASKS) == []


def test_only_the_first_batch_is_read_where_no_more_is_wanted(org: Org) -> None:
    _tasks(org, 12)

    (first,) = batches(org.crm(), replace(TASKS, first_only=True))

    assert (len(first.changes), first.total) == (5, 12)


def test_an_edit_moves_both_stamps(org: Org) -> None:
    task = org.put("Task", 1, Subject="before")
    org.advance(300)
    org.edit("Task", task, Subject="after")

    assert changes(org.crm(), replace(TASKS, fields=("Subject",), since=LATER)) == [
        Upserted(task, LATER, LATER, ("after",))
    ]


def test_a_late_commit_is_found_by_an_overlapping_read(org: Org) -> None:
    """Stamped before the first read, seen only after it."""
    early = org.put("Task", 1, stamp=AT_NOON)
    crm = org.crm()
    before = keys(crm, TASKS)
    late = org.put("Task", 2, stamp="2026-01-01T11:55:00Z")

    assert before == [early]
    assert keys(crm, replace(TASKS, since="2026-01-01T11:50:00Z")) == sorted([early, late])


def test_archived_activities_are_live(org: Org) -> None:
    task = org.put("Task", 1, Status="Completed", ActivityDate="2024-01-01")
    org.archive("Task", task)

    assert keys(org.crm(), TASKS) == [task]
