"""What the Conflicts port promises."""

import dataclasses
from typing import Any

import pytest

from syncline.errors import RecordRejectedError
from syncline.ports import Conflicts
from tests.contract.cloud import Cloud
from tests.contract.samples import conflict, crm_id


@pytest.fixture
def conflicts(cloud: Cloud) -> Conflicts:
    return cloud.conflicts("acme")


def places(found: Any) -> list[tuple[str, str]]:
    return [(each.connection, each.platform_id) for each in found]


def test_a_conflict_comes_back_as_it_was_put(conflicts: Conflicts) -> None:
    conflicts.put([conflict()])

    assert conflicts.get(("org", "task", "t-1")) == conflict()
    assert conflicts.get(("org", "task", "t-2")) is None
    assert conflicts.page(limit=5) == [conflict()]


def test_a_later_conflict_of_a_record_replaces_the_earlier(conflicts: Conflicts) -> None:
    later = conflict(run="tasks.2", fields={"status": ("Open", "Done")})
    conflicts.put([conflict(), conflict(2)])

    for _ in range(2):
        conflicts.put([later, conflict(3)])

    assert conflicts.page(limit=5) == [later, conflict(2), conflict(3)]


def test_of_one_record_twice_in_a_batch_the_last_stays(conflicts: Conflicts) -> None:
    conflicts.put([conflict(), conflict(run="tasks.2")])

    assert conflicts.page(limit=5) == [conflict(run="tasks.2")]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_pages_go_by_connection_and_record(conflicts: Conflicts, limit: int) -> None:
    wanted = [("org", "t-1"), ("org", "t-10"), ("org", "t-2"), ("org-2", "A"), ("org-2", "t-1"),
              ("org2", "0"), ("orgs", "_")]  # fmt: skip
    conflicts.put([conflict(connection=c, platform_id=p) for c, p in reversed(wanted)])

    seen: list[tuple[str, str, str]] = []
    while page := conflicts.page(limit=limit, after=seen[-1] if seen else None):
        assert len(page) <= limit
        seen += [each.place for each in page]

    assert [(connection, id) for connection, _, id in seen] == wanted


def test_records_of_two_objects_may_share_an_id(conflicts: Conflicts) -> None:
    task, account = conflict(), conflict(object="account")
    conflicts.put([task, account])

    conflicts.remove([task.place])

    assert conflicts.get(account.place) == account
    assert conflicts.page(limit=5) == [account]


def test_a_removed_conflict_is_gone_and_removing_repeats(conflicts: Conflicts) -> None:
    conflicts.put([conflict(), conflict(2), conflict(connection="other")])

    for _ in range(2):
        conflicts.remove([("org", "task", "t-1"), ("org", "task", "t-9")])

    assert places(conflicts.page(limit=5)) == [("org", "t-2"), ("other", "t-1")]


def test_conflicts_stay_in_their_workspace(cloud: Cloud, conflicts: Conflicts) -> None:
    conflicts.put([conflict()])

    other = cloud.conflicts("beta")
    other.remove([("org", "task", "t-1")])

    assert other.get(("org", "task", "t-1")) is None
    assert other.page(limit=5) == []
    assert conflicts.page(limit=5) == [conflict()]


def test_conflicts_and_links_do_not_mix(cloud: Cloud, conflicts: Conflicts) -> None:
    conflicts.put([conflict(connection="conflicts")])

    links = cloud.links("acme", "conflicts")

    assert links.get([crm_id(1)]) == {}
    assert links.claimed("task", ["t-1"]) == {}
    assert links.called("task", limit=5) == []


@pytest.mark.parametrize("count", [1, 25, 26, 101])
def test_any_number_is_put_and_removed(conflicts: Conflicts, count: int) -> None:
    conflicts.put([conflict(number) for number in range(count)])
    assert len(conflicts.page(limit=1000)) == count

    conflicts.remove([("org", "task", f"t-{number}") for number in range(count)])
    assert conflicts.page(limit=1000) == []


def test_nothing_is_put_or_removed_of_nothing(conflicts: Conflicts) -> None:
    conflicts.put([])
    conflicts.remove([])

    assert conflicts.page(limit=5) == []


def test_a_conflict_that_cannot_be_stored_stops_the_batch(conflicts: Conflicts) -> None:
    large = dataclasses.replace(conflict(2), fields={"description": ("ü" * 210_000, None)})

    with pytest.raises(RecordRejectedError) as refused:
        conflicts.put([conflict(), large])

    assert refused.value.code == "too_large"
    assert conflicts.page(limit=5) == []
