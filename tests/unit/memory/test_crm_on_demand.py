"""What a test can ask of the CRM in memory: failures, lost answers, limits of fields."""

from typing import Any

import pytest

from syncline.engine.plan import SendKind
from syncline.errors import InvariantError, RetryableError
from syncline.kinds.salesforce_ids import is_id
from syncline.memory.crm import MemoryCrm
from syncline.memory.crm_rows import refused
from syncline.memory.org import Limits, described
from syncline.ports import ReadRequest, Row, WriteRequest

KEY = "Platform_Id__c"
ADA, BOB = "005000000000002AAA", "005000000000003AAA"
ACME, OTHER = "001000000000001AAA", "001000000000002AAA"
TASK = "00T000000000001EAA"


@pytest.fixture
def crm() -> MemoryCrm:
    references = {"OwnerId": ("User",), "WhatId": ("Account",), "AccountId": ("Account",)}
    limits = Limits(required=("Subject",), create_only=("TaskSubtype",), read_only=("Hidden__c",))
    texts = dict.fromkeys(("Subject", "TaskSubtype", "Hidden__c", KEY), "string")
    crm = MemoryCrm(
        [
            described("User", {"Email": "email", "IsActive": "boolean"}, key_prefix="005"),
            described("Account", {"Name": "string"}, key_prefix="001"),
            described("Task", texts, key_prefix="00T", references=references, limits=limits),
        ]
    )
    crm.org.put("User", ADA, Email="ada@example.com")
    crm.org.put("User", BOB, Email="bob@example.com", IsActive=False)
    crm.org.put("Account", ACME, Name="Acme")
    crm.org.put("Account", OTHER, Name="Other")
    task: dict[str, Any] = {"Subject": "one", "WhatId": ACME, "Owner.Email": "old@example.com"}
    crm.org.put("Task", TASK, **task)
    return crm


def _request(kind: SendKind, key_field: str | None = None) -> WriteRequest:
    fields = ("Subject", "OwnerId", "WhatId", "TaskSubtype", "Hidden__c")
    return WriteRequest("Task", kind, fields, 1, key_field)


CREATE, UPDATE = _request(SendKind.CREATE, KEY), _request(SendKind.UPDATE)
CALL = Row("p1", None, {"Subject": "Call"})


def _keys(crm: MemoryCrm) -> set[object]:
    return {row.get(KEY.lower()) for row in crm.org.visible("Task")} - {None}


# --- requests that fail -----------------------------------------------------------------------


def test_a_fault_does_nothing(crm: MemoryCrm) -> None:
    crm.faults.append(RetryableError("Away.", code="org_unreachable"))

    with pytest.raises(RetryableError):
        crm.write(CREATE, [CALL])

    assert _keys(crm) == set()


def test_a_lost_answer_has_done_its_work(crm: MemoryCrm) -> None:
    crm.lost = {crm.requests() + 2}
    rows = [Row(f"p{at}", None, {"Subject": "Call"}) for at in range(401)]

    with pytest.raises(RetryableError):
        crm.write(CREATE, rows)

    assert len(_keys(crm)) == 400
    assert sum(each.created for each in crm.write(CREATE, rows)) == 1


def test_an_upload_whose_answer_is_lost_does_nothing(crm: MemoryCrm) -> None:
    crm.lost = {crm.requests() + 1}

    with pytest.raises(RetryableError):
        crm.submit(CREATE, [CALL])

    assert _keys(crm) == set()


def test_a_job_works_once_though_its_answer_is_lost(crm: MemoryCrm) -> None:
    request = _request(SendKind.CREATE)
    cursor = crm.submit(request, [CALL])
    crm.lost = {crm.requests() + 1}

    with pytest.raises(RetryableError):
        crm.collect(request, cursor)
    crm.collect(request, cursor)

    assert len(crm.org.visible("Task")) == 2


def test_every_other_answer_may_be_lost(crm: MemoryCrm) -> None:
    crm.lost = range(1, 1000, 2)

    with pytest.raises(RetryableError):
        crm.describe("Task")
    assert crm.describe("Task").name == "Task"
    with pytest.raises(RetryableError):
        crm.find(ReadRequest("Task", ("Subject",)), [TASK])


# --- rows that are refused --------------------------------------------------------------------


def test_a_test_may_refuse_a_row(crm: MemoryCrm) -> None:
    crm.refuse = lambda _object, _kind, row: refused(row.id, "too_long", "Subject")

    (answer,) = crm.write(UPDATE, [Row("p1", TASK, {"Subject": "new"})])

    assert (answer.code, answer.fields) == ("too_long", ("Subject",))
    assert crm.org.value("Task", TASK, "Subject") == "one"


@pytest.mark.parametrize(
    ("request_", "row", "code", "field"),
    [
        (UPDATE, Row("p1", TASK, {"TaskSubtype": "Call"}), "read_only", "TaskSubtype"),
        (UPDATE, Row("p1", TASK, {"Hidden__c": "x"}), "read_only", "Hidden__c"),
        (UPDATE, Row("p1", TASK, {"Subject": None}), "required_missing", "Subject"),
        (UPDATE, Row("p1", TASK, {"OwnerId": BOB}), "inactive_owner", "OwnerId"),
        (UPDATE, Row("p1", TASK, {"WhatId": "001000000000009AAA"}), "bad_reference", "WhatId"),
        (CREATE, Row("p1", None, {"WhatId": ACME}), "required_missing", "Subject"),
        (CREATE, Row("p1", None, {"Subject": "a", "Hidden__c": "x"}), "read_only", "Hidden__c"),
    ],
)
def test_what_a_field_does_not_take_is_refused(
    crm: MemoryCrm, request_: WriteRequest, row: Row, code: str, field: str
) -> None:
    (answer,) = crm.write(request_, [row])

    assert (answer.code, answer.fields) == (code, (field,))
    assert _keys(crm) == set()


def test_an_unknown_field_is_refused(crm: MemoryCrm) -> None:
    request = WriteRequest("Task", SendKind.UPDATE, ("Nothing__c",), 1)

    (answer,) = crm.write(request, [Row("p1", TASK, {"Nothing__c": 1})])

    assert (answer.code, answer.fields) == ("bad_value", ("Nothing__c",))


def test_a_creation_may_be_repeated_whatever_it_sets(crm: MemoryCrm) -> None:
    row = Row("p1", None, {"Subject": "Call", "TaskSubtype": "Call"})

    first, second = [crm.write(CREATE, [row])[0] for _ in range(2)]

    assert first.id == second.id
    assert (first.created, second.created) == (True, False)


def test_a_key_of_several_records_is_refused(crm: MemoryCrm) -> None:
    for at in (2, 3):
        task: dict[str, Any] = {"Subject": "a", KEY: "P1"}
        crm.org.put("Task", f"00T00000000000{at}EAA", **task)

    (answer,) = crm.write(CREATE, [CALL])

    assert (answer.code, answer.fields) == ("several_matches", (KEY,))


# --- mistakes of the caller -------------------------------------------------------------------


def test_a_creation_without_a_key_is_for_a_job(crm: MemoryCrm) -> None:
    with pytest.raises(InvariantError):
        crm.write(_request(SendKind.CREATE), [CALL])


def test_the_request_names_all_fields(crm: MemoryCrm) -> None:
    with pytest.raises(InvariantError):
        crm.write(UPDATE, [Row("p1", TASK, {"Status": "Open"})])


# --- what the org makes of it -----------------------------------------------------------------


def test_two_new_ids_differ_by_case_alone(crm: MemoryCrm) -> None:
    rows = [Row(f"p{at}", None, {"Subject": "Call"}) for at in range(2)]

    first, second = [str(each.id) for each in crm.write(CREATE, rows)]

    assert is_id(first, "00T")
    assert is_id(second, "00T")
    assert first[:15] != second[:15]
    assert first[:15].lower() == second[:15].lower()
    assert first.lower() != second.lower()


def test_edits_by_people_keep_rows_consistent(crm: MemoryCrm) -> None:
    before = [crm.org.value("Task", TASK, path) for path in ("AccountId", "Owner.Email")]

    crm.org.edit("Task", TASK, OwnerId=ADA, WhatId=OTHER)

    after = [crm.org.value("Task", TASK, path) for path in ("AccountId", "Owner.Email")]
    assert before == [ACME, "old@example.com"]
    assert after == [OTHER, "ada@example.com"]


def test_what_nobody_writes_is_not_writeable(crm: MemoryCrm) -> None:
    fields = crm.describe("Task").fields

    writeable = {each.name for each in fields.values() if each.updateable}
    assert writeable == {"Subject", KEY, "OwnerId", "WhatId"}
    assert fields["tasksubtype"].createable
    assert not fields["accountid"].createable
