"""What every Crm promises about records that are gone, and about records asked for by id."""

from dataclasses import replace

import pytest

from syncline.engine.records import Deleted, Merged, Upserted
from syncline.errors import ConfigurationError
from syncline.ports import Phase, ReadRequest
from tests.contract.crm_orgs import (
    CALLS,
    Org,
    batches,
    changes,
    keys,
    record_id,
)

TASKS = ReadRequest("Task", ("Subject", "Status"), batch_size=5)
ACCOUNTS = ReadRequest("Account", ("Name",), batch_size=5)
AT_NOON = "2026-01-01T12:00:00Z"
LATER = "2026-01-01T12:05:00Z"


def _tasks(org: Org, count: int, *, stamp: str = AT_NOON) -> list[str]:
    return [org.put("Task", number, stamp=stamp, Subject=f"s{number}") for number in range(count)]


# --- what is gone -----------------------------------------------------------------------------


def test_a_deleted_record_is_in_its_own_phase(org: Org) -> None:
    kept, gone = _tasks(org, 2)
    org.advance(300)
    org.delete("Task", gone)

    crm = org.crm()
    assert keys(crm, TASKS) == [kept]
    assert changes(crm, replace(TASKS, phase=Phase.DELETED)) == [Deleted(gone, LATER)]
    assert changes(crm, replace(TASKS, phase=Phase.DELETED, since=LATER)) == [Deleted(gone, LATER)]
    assert keys(crm, replace(TASKS, phase=Phase.DELETED, since="2026-01-01T12:05:01Z")) == []


def test_deletions_are_counted_and_read_in_batches(org: Org) -> None:
    tasks = _tasks(org, 12)
    org.advance(300)
    for task in tasks:
        org.delete("Task", task)
    request = replace(TASKS, phase=Phase.DELETED)

    first, *rest = batches(org.crm(), request)

    assert first.total == 12
    assert len(rest) >= 2
    behind = sorted(each.key for batch in rest for each in batch.changes)
    assert keys(org.crm(), request, first.cursor) == behind


def test_deletions_do_not_wait_for_the_filter(org: Org) -> None:
    """It may have left the filter before it was deleted."""
    task = org.put("Task", 1, Status="Not Started")
    org.delete("Task", task)

    assert keys(org.crm(), replace(TASKS, phase=Phase.DELETED, where=CALLS)) == [task]


def test_an_undeleted_record_is_live_again(org: Org) -> None:
    (task,) = _tasks(org, 1)
    org.delete("Task", task)
    org.advance(300)
    org.undelete("Task", task)

    crm = org.crm()
    assert keys(crm, replace(TASKS, since=LATER)) == [task]
    assert keys(crm, replace(TASKS, phase=Phase.DELETED)) == []


def test_a_merge_names_loser_and_winner_and_is_no_deletion(org: Org) -> None:
    winner = org.put("Account", 1, Name="Acme")
    loser = org.put("Account", 2, Name="ACME Inc.")
    org.advance(300)
    org.merge("Account", loser=loser, winner=winner)

    crm = org.crm()
    assert changes(crm, replace(ACCOUNTS, phase=Phase.MERGED)) == [Merged(loser, winner, LATER)]
    assert changes(crm, replace(ACCOUNTS, phase=Phase.DELETED)) == []
    assert keys(crm, replace(ACCOUNTS, since=LATER)) == [winner]


def test_an_object_that_cannot_be_merged_has_no_merges(org: Org) -> None:
    org.delete("Task", _tasks(org, 1)[0])

    assert batches(org.crm(), replace(TASKS, phase=Phase.MERGED)) == []


def test_a_purged_record_is_only_in_the_log(org: Org) -> None:
    purged, binned, _ = _tasks(org, 3)
    org.advance(300)
    org.delete("Task", purged)
    org.delete("Task", binned)
    org.purge("Task", purged)
    org.advance(300)

    crm = org.crm()
    assert keys(crm, replace(TASKS, phase=Phase.DELETED, since=AT_NOON)) == [binned]
    assert changes(crm, replace(TASKS, phase=Phase.PURGED, since=AT_NOON)) == [
        Deleted(purged, LATER)
    ]
    assert changes(crm, replace(TASKS, phase=Phase.PURGED)) == []


def test_what_is_in_the_bin_is_not_purged_for_a_reader_that_has_not_seen_it(org: Org) -> None:
    (task,) = _tasks(org, 1)
    org.delete("Task", task)
    org.advance(300)

    assert changes(org.crm(), replace(TASKS, phase=Phase.PURGED, since=AT_NOON)) == []


def test_a_log_that_does_not_go_back_far_enough_asks_for_a_full_run(org: Org) -> None:
    old = "2025-12-01T00:00:00Z"
    with pytest.raises(ConfigurationError) as caught:
        changes(org.crm(), replace(TASKS, phase=Phase.PURGED, since=old))

    assert caught.value.code == "deletions_expired"


# --- by id ------------------------------------------------------------------------------------


def test_live_records_are_found_by_id(org: Org) -> None:
    first, second, gone = _tasks(org, 3)
    org.delete("Task", gone)
    absent = record_id("Task", 99)

    found = org.crm().find(TASKS, [second, gone, absent, "nonsense", first, second])

    assert [each.key for each in found] == [second, first]
    assert found[1] == Upserted(first, AT_NOON, AT_NOON, ("s0", found[1].row[1]))


def test_finding_keeps_to_the_filter_and_to_nothing_else(org: Org) -> None:
    done = org.put("Task", 1, Status="Completed")
    open_ = org.put("Task", 2, Status="Not Started")
    request = replace(TASKS, where=CALLS, since="2026-06-01T00:00:00Z", phase=Phase.DELETED)

    assert [each.key for each in org.crm().find(request, [done, open_])] == [done]


def test_many_records_are_found_in_few_requests(org: Org) -> None:
    tasks = _tasks(org, 30)
    crm = org.crm()

    found = crm.find(TASKS, tasks)

    assert len(found) == 30
    assert crm.requests() <= 6
