"""What every Crm promises about the ids of all that it has."""

import pytest

from syncline.ports import Crm, Cursor, Ids, Waiting
from tests.contract.crm_orgs import Emulated, Org, record_id


def _pages(crm: Crm, cursor: Cursor | None = None) -> list[Ids]:
    """The whole read, visit by visit, as the legs of a run would make it."""
    found: list[Ids] = []
    for _ in range(10):
        waiting = None
        for item in crm.ids("Task", cursor):
            if isinstance(item, Waiting):
                waiting = item
            else:
                found.append(item)
        if waiting is None:
            return found
        cursor = waiting.cursor
    raise AssertionError("the read never ended")


def _all(pages: list[Ids]) -> list[str]:
    return [id for page in pages for id in page.ids]


def test_all_ids_come_in_order(org: Org) -> None:
    """Among them are ids that differ in the case of letters only."""
    made = [org.put("Task", number, Subject="s") for number in (70, 3, 40, 15, *range(100, 120))]

    assert _all(_pages(org.crm())) == sorted(made)


def test_deleted_and_archived_records_are_there(org: Org) -> None:
    ids = [org.put("Task", number, Subject="s") for number in range(4)]
    org.delete("Task", ids[1])
    org.archive("Task", ids[2])
    org.delete("Task", ids[3])
    org.purge("Task", ids[3])

    assert _all(_pages(org.crm())) == ids[:3]
    assert org.crm().present("Task", ids) == set(ids[:3])


def test_a_read_of_ids_goes_on_behind_a_cursor(org: Org) -> None:
    for number in range(20):
        org.put("Task", number, Subject="s")
    first, *rest = _pages(org.crm())

    again = _pages(org.crm(), first.cursor)

    assert _all(again) == _all(rest)
    assert [page.cursor for page in again] == [page.cursor for page in rest]


def test_an_object_without_records_has_no_ids(org: Org) -> None:
    crm = org.crm()

    assert _all(_pages(crm)) == []
    assert crm.present("Task", []) == set()
    assert crm.present("Task", [record_id("Task", 1), "no id", record_id("Account", 1)]) == set()


def test_many_ids_are_asked_for_page_by_page(org: Org) -> None:
    ids = [org.put("Task", number, Subject="s") for number in range(20)]

    assert org.crm().present("Task", ids) == set(ids)


@pytest.mark.parametrize(("count", "requests"), [(7, 1), (40, 6), (200, 1 + 1 + 4 + 1)])
def test_the_cheaper_way_is_chosen(running: Emulated, count: int, requests: int) -> None:
    """Pages of seven; or the first of them, a job, four visits and its one page of results."""
    org = running.fresh("rest")
    rows = [("Task", {"Id": record_id("Task", each), "Subject": "s"}) for each in range(count)]
    org.control.load(rows)
    crm = org.crm(reading="cheaper")
    crm.describe("Task")
    before = crm.requests()

    assert len(_all(_pages(crm))) == count

    assert crm.requests() - before == requests
