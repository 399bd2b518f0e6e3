"""Reading ids where the emulator would not be odd enough: jobs that give up, lost cursors."""

import pytest

from syncline.errors import RetryableError
from syncline.ports import Cursor, Ids, Waiting
from syncline.salesforce.crm import SalesforceCrm
from tests.unit.salesforce.jobs import Jobs
from tests.unit.salesforce.scripted import Said, ScriptedOrg, describe_of, refused, task_id

FAILED = {"state": "Failed", "errorMessage": "InternalServerError: it took too long"}


@pytest.fixture
def ready(org: ScriptedOrg) -> ScriptedOrg:
    org.route("Task/describe", Said(body=describe_of("Task")))
    return org


def _page(*numbers: int, more: str | None = None) -> Said:
    rows = [{"Id": task_id(number)} for number in numbers]
    body = {"totalSize": 9, "done": more is None, "records": rows}
    if more is not None:
        body["nextRecordsUrl"] = f"/services/data/v62.0/query/{more}"
    return Said(body=body)


def _read(crm: SalesforceCrm, cursor: Cursor | None = None) -> list[Ids | Waiting]:
    return list(crm.ids("Task", cursor))


def _ids(items: list[Ids | Waiting]) -> list[str]:
    return [id for item in items if isinstance(item, Ids) for id in item.ids]


def test_a_job_that_takes_too_long_leaves_it_to_the_pages(ready: ScriptedOrg) -> None:
    jobs = Jobs(states=[FAILED] * 3)
    ready.route("jobs/query", jobs.create)
    for number in range(1, 4):
        ready.route(f"jobs/query/750{number}", jobs.poll)
    ready.route("queryAll", _page(1, 2))
    crm = ready.crm(reading="bulk")

    items = _read(crm)
    while isinstance(items[-1], Waiting):
        items = _read(crm, items[-1].cursor)

    assert len(jobs.made) == 3
    assert _ids(items) == [task_id(1), task_id(2)]


def test_a_lost_query_cursor_is_made_anew_behind_the_last_id(ready: ScriptedOrg) -> None:
    pages = [_page(1, 2, more="01g1-2"), _page(3)]
    ready.route("queryAll", lambda _: pages.pop(0))
    ready.route("query/01g1-2", refused(400, "INVALID_QUERY_LOCATOR", "invalid query locator"))

    items = _read(ready.crm(reading="rest"))

    assert _ids(items) == [task_id(1), task_id(2), task_id(3)]
    assert f"WHERE Id > '{task_id(2)}' ORDER BY Id" in ready.asked[-1].query["q"]


def test_a_cursor_lost_twice_at_one_place_is_for_the_next_leg(ready: ScriptedOrg) -> None:
    lost = refused(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    pages = [_page(1, more="01g1-1"), _page(more="01g1-1")]
    ready.route("queryAll", lambda _: pages.pop(0))
    ready.route("query/01g1-1", lost)

    with pytest.raises(RetryableError):
        _read(ready.crm(reading="rest"))
