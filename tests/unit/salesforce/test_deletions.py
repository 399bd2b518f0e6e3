"""The log of deletions: what has left the recycle bin, and how far back it goes."""

from typing import Any

import pytest

from syncline.engine.records import Deleted
from syncline.errors import ConfigurationError
from syncline.ports import Batch, Phase, ReadRequest
from tests.unit.salesforce.scripted import Said, ScriptedOrg, describe_of, refused, task_id

SINCE = "2026-01-01T11:30:00Z"
REQUEST = ReadRequest("Task", (), Phase.PURGED, since=SINCE, batch_size=2)


def _log(*deleted: tuple[int, str], earliest: str = "2025-12-20T00:00:00.000+0000") -> Said:
    records = [
        {"id": task_id(number), "deletedDate": f"2026-01-01T{at}.000+0000"}
        for number, at in deleted
    ]
    body = {"deletedRecords": records, "earliestDateAvailable": earliest}
    return Said(body={**body, "latestDateCovered": "2026-01-01T12:00:00.000+0000"})


def _visible(*numbers: int) -> Said:
    records = [{"Id": task_id(number)} for number in numbers]
    return Said(body={"totalSize": len(records), "done": True, "records": records})


def _ready(org: ScriptedOrg, **describe: Any) -> None:
    org.route("Task/describe", Said(body=describe_of("Task", **describe)))


def test_what_no_query_finds_any_more_is_purged(org: ScriptedOrg) -> None:
    """The second is live again, or still in the bin where another phase has read it."""
    _ready(org)
    org.route("Task/deleted", _log((3, "11:50:00"), (1, "11:40:00"), (2, "11:45:00")))
    org.route("queryAll", _visible(2))

    batches = list(org.crm().changes(REQUEST, None))

    found = [each for batch in batches if isinstance(batch, Batch) for each in batch.changes]
    assert found == [
        Deleted(task_id(1), "2026-01-01T11:40:00Z"),
        Deleted(task_id(3), "2026-01-01T11:50:00Z"),
    ]


def test_the_log_is_asked_with_its_offset_encoded(org: ScriptedOrg) -> None:
    _ready(org)
    org.route("Task/deleted", _log())

    list(org.crm().changes(REQUEST, None))

    assert org.asked[-1].query == {
        "start": "2026-01-01T11:30:00+00:00",
        "end": "2026-01-01T12:00:00+00:00",
    }


def test_the_end_is_behind_the_start(org: ScriptedOrg) -> None:
    _ready(org)
    org.route("Task/deleted", _log())

    list(org.crm().changes(ReadRequest("Task", (), Phase.PURGED, "2026-01-01T12:00:00Z"), None))

    assert org.asked[-1].query["start"] == "2026-01-01T11:59:00+00:00"


def test_a_cursor_continues_behind_its_deletion(org: ScriptedOrg) -> None:
    _ready(org)
    org.route("Task/deleted", _log((1, "11:40:00"), (2, "11:40:00"), (3, "11:50:00")))
    org.route("queryAll", _visible())
    crm = org.crm()
    first, _ = crm.changes(REQUEST, None)

    (rest,) = crm.changes(REQUEST, first.cursor)

    assert isinstance(rest, Batch)
    assert [each.key for each in rest.changes] == [task_id(3)]


def test_a_full_read_has_nothing_to_ask_the_log(org: ScriptedOrg) -> None:
    _ready(org)

    assert list(org.crm().changes(ReadRequest("Task", (), Phase.PURGED), None)) == []


def test_an_object_without_a_log_has_no_purged_records(org: ScriptedOrg) -> None:
    _ready(org, replicateable=False)

    assert list(org.crm().changes(REQUEST, None)) == []


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ("2025-12-01T00:00:00Z", _log()),
        ("2025-12-30T00:00:00Z", _log(earliest="2026-01-01T00:00:00.000+0000")),
        (SINCE, refused(400, "INVALID_REPLICATION_DATE", "startDate before org replication")),
        (SINCE, refused(400, "EXCEEDED_ID_LIMIT", "too many")),
    ],
)
def test_a_log_that_does_not_go_back_far_enough_asks_for_a_full_run(
    org: ScriptedOrg, since: str, said: Said
) -> None:
    _ready(org)
    org.route("Task/deleted", said)

    with pytest.raises(ConfigurationError) as caught:
        list(org.crm().changes(ReadRequest("Task", (), Phase.PURGED, since=since), None))

    assert "purged" in str(caught.value.remedy)


def test_a_log_that_begins_just_now_is_whole_for_a_read_of_the_last_hour(org: ScriptedOrg) -> None:
    _ready(org)
    org.route("Task/deleted", _log(earliest="2026-01-01T11:59:00.000+0000"))

    assert list(org.crm().changes(REQUEST, None)) == []


def test_salesforce_is_not_asked_for_what_it_cannot_keep(org: ScriptedOrg) -> None:
    _ready(org)
    request = ReadRequest("Task", (), Phase.PURGED, since="2025-12-01T00:00:00Z")
    crm = org.crm()
    crm.describe("Task")

    with pytest.raises(ConfigurationError):
        list(crm.changes(request, None))

    assert org.calls() == ["sobjects/Task/describe"]
