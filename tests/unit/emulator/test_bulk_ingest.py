"""Bulk 2.0 ingest: what rows become, and what is told of them."""

import csv
import io

import pytest

from local.salesforce.ids import mint
from local.salesforce.inprocess import Api
from tests.unit.emulator.bulk_jobs import ended, run, uploaded

MISSING = mint("00T", 999)


def test_rows_are_created_and_told_with_their_columns(api: Api) -> None:
    outcome = run(
        api, "Task", "insert", 'Subject,Description\nCall,"two\nlines, ""quoted"""\nMail,\n'
    )

    records = api.query("SELECT Id, Subject, Description FROM Task ORDER BY Subject")
    assert [(each["Subject"], each["Description"]) for each in records] == [
        ("Call", 'two\nlines, "quoted"'),
        ("Mail", None),
    ]
    assert {(each["sf__Id"], each["sf__Created"], each["Subject"]) for each in outcome.good} == {
        (each["Id"], "true", each["Subject"]) for each in records
    }
    assert outcome.raw("failedResults") == '"sf__Id","sf__Error","Subject","Description"\n'
    assert outcome.raw("unprocessedrecords") == '"Subject","Description"\n'


def test_results_come_in_no_order(api: Api) -> None:
    lines = [f"task {at}" for at in range(50)]

    outcome = run(api, "Task", "insert", "Subject\n" + "\n".join(lines))

    found = [each["Subject"] for each in outcome.good]
    assert sorted(found) == sorted(lines)
    assert found != lines


def test_a_row_fails_alone_with_code_message_and_fields(api: Api) -> None:
    outcome = run(api, "Contact", "insert", "LastName,Email\nAda,ada@example.com\n,x@example.com\n")

    assert outcome.errors == [
        "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"
    ]
    assert outcome.info["numberRecordsProcessed"] == 2
    assert outcome.info["numberRecordsFailed"] == 1
    assert outcome.info["state"] == "JobComplete"


def test_empty_cells_are_left_and_na_is_null(api: Api) -> None:
    task = api.create("Task", Subject="a", Description="b", ActivityDate="2026-01-02")

    run(api, "Task", "update", f"Id,Subject,Description,ActivityDate\n{task},,#N/A,2026-02-03\n")

    (found,) = api.query("SELECT Subject, Description, ActivityDate FROM Task")
    assert found == {"Subject": "a", "Description": None, "ActivityDate": "2026-02-03"}


@pytest.mark.parametrize(
    ("word", "meant"), [("true", True), ("TRUE", True), ("1", True), ("False", False), ("0", False)]
)
def test_booleans_are_words_or_digits(api: Api, word: str, meant: bool) -> None:
    run(api, "Task", "insert", f"Subject,IsReminderSet\nx,{word}\n")

    assert api.query("SELECT IsReminderSet FROM Task") == [{"IsReminderSet": meant}]


@pytest.mark.parametrize(
    "moment",
    ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z", "2026-01-02T05:04:05+02:00"],
)
def test_moments_come_with_z_or_an_offset(api: Api, moment: str) -> None:
    run(api, "Task", "insert", f"Subject,ReminderDateTime\nx,{moment}\n")

    (found,) = api.query("SELECT ReminderDateTime FROM Task")
    assert found["ReminderDateTime"] == "2026-01-02T03:04:05.000+0000"


@pytest.mark.parametrize(
    ("name", "cell", "kind"),
    [
        ("ActivityDate", "1/2/26", "xsd:date"),
        ("ActivityDate", "2026-01-02+02:00", "xsd:date"),
        ("ReminderDateTime", "2026-01-02", "xsd:dateTime"),
        ("CallDurationInSeconds", "3.5", "xsd:int"),
        ("IsReminderSet", "yes", "xsd:boolean"),
    ],
)
def test_a_cell_of_a_wrong_type_tells_its_column(api: Api, name: str, cell: str, kind: str) -> None:
    outcome = run(api, "Task", "insert", f"Subject,{name}\nx,{cell}\n")

    message = (
        "Failed to deserialize field at col 1. Due to, '{}' is not a valid value for the type {}"
    )
    assert outcome.errors == [f"INVALID_FIELD:{message.format(cell, kind)}:{name} --"]


def test_parents_are_named_by_their_external_ids(api: Api) -> None:
    boss = api.create("Contact", LastName="Boss", Email="boss@example.com")

    outcome = run(
        api,
        "Contact",
        "insert",
        "LastName,ReportsTo.Email,Owner.Username\n"
        "Ada,boss@example.com,integration@emulator.example\n"
        "Cleo,nobody@example.com,\n",
    )

    (found,) = api.query("SELECT ReportsToId, OwnerId FROM Contact WHERE LastName = 'Ada'")
    assert found == {"ReportsToId": boss, "OwnerId": api.org.sessions.user_id}
    missed = (
        "Foreign key external ID: nobody@example.com not found for field Email in entity Contact"
    )
    assert outcome.errors == [f"INVALID_FIELD:{missed}:--"]


def test_a_polymorphic_parent_needs_its_object(api: Api) -> None:
    contact = api.create("Contact", LastName="Ada", Email="ada@example.com")
    content = "Subject,{}\nx,ada@example.com\n"

    told = run(api, "Task", "insert", content.format("Contact:Who.Email"))
    untold = run(api, "Task", "insert", content.format("Who.Email"))

    assert told.info["numberRecordsFailed"] == 0
    assert api.query("SELECT WhoId FROM Task") == [{"WhoId": contact}]
    assert untold.info["errorMessage"] == "InvalidBatch : Field name not found : Who.Email"


def test_upsert_creates_and_changes_by_external_id(api: Api) -> None:
    api.call(
        "POST",
        "/__emulator__/fields",
        {"sobject": "Task", "name": "Key__c", "type": "string", "external_id": True},
    )
    old = api.create("Task", Subject="old", Key__c="A")

    outcome = run(
        api,
        "Task",
        "upsert",
        "Key__c,Subject\na,new\nB,born\nC,twin\nc,twin\n,none\n",
        externalIdFieldName="Key__c",
    )

    created = {
        each["Subject"]: (each["sf__Id"] == old, each["sf__Created"]) for each in outcome.good
    }
    assert created == {"new": (True, "false"), "born": (False, "true")}
    assert sorted(outcome.errors) == [
        "DUPLICATE_VALUE:Duplicate external id specified: C:Key__c --",
        "DUPLICATE_VALUE:Duplicate external id specified: c:Key__c --",
        "MISSING_ARGUMENT:Key__c not specified:--",
    ]


def test_upsert_refuses_an_external_id_of_several(api: Api) -> None:
    ids = [api.create("Contact", LastName=name, Email="a@example.com") for name in ("x", "y")]

    outcome = run(
        api, "Contact", "upsert", "Email,LastName\na@example.com,z\n", externalIdFieldName="Email"
    )

    message = "Email: more than one record found for external id field: [{}, {}]".format(*ids)
    assert outcome.errors == [f"DUPLICATE_EXTERNAL_ID:{message}:Email --"]


def test_upsert_by_id_creates_where_there_is_none(api: Api) -> None:
    task = api.create("Task", Subject="old")

    outcome = run(
        api, "Task", "upsert", f"Id,Subject\n{task},changed\n,new\n", externalIdFieldName="Id"
    )

    assert {each["sf__Created"] for each in outcome.good} == {"true", "false"}
    assert {each["Subject"] for each in api.query("SELECT Subject FROM Task")} == {"changed", "new"}


def test_an_id_twice_in_a_chunk_fails_both(api: Api) -> None:
    task = api.create("Task", Subject="old")

    outcome = run(api, "Task", "update", f"Id,Subject\n{task},a\n{task[:15]},b\n")

    assert outcome.errors == [f"DUPLICATE_VALUE:Duplicate id specified: {task}:--"] * 2
    assert api.query("SELECT Subject FROM Task") == [{"Subject": "old"}]


def test_rows_of_other_chunks_may_share_an_id(api: Api) -> None:
    task = api.create("Task", Subject="old")
    others = [api.create("Task", Subject="x") for _ in range(200)]
    rows = [f"{task},first", *(f"{each},x" for each in others), f"{task},last"]

    outcome = run(api, "Task", "update", "Id,Subject\n" + "\n".join(rows))

    assert outcome.errors == []
    found = {each["Id"]: each["Subject"] for each in api.query("SELECT Id, Subject FROM Task")}
    assert found[task] == "last"


def test_unknown_malformed_and_missing_ids_fail_their_rows(api: Api) -> None:
    outcome = run(api, "Task", "update", f"Id,Subject\n{MISSING},a\nnonsense,b\n,c\n")

    assert sorted(each["sf__Error"].split(":")[0] for each in outcome.bad) == [
        "INVALID_CROSS_REFERENCE_KEY",
        "MALFORMED_ID",
        "MISSING_ARGUMENT",
    ]
    assert MISSING in {each["sf__Id"] for each in outcome.bad}


def test_insert_refuses_an_id(api: Api) -> None:
    outcome = run(api, "Task", "insert", f"Id,Subject\n{MISSING},x\n")

    assert outcome.errors == [
        "INVALID_FIELD_FOR_INSERT_UPDATE:cannot specify Id in an insert call:Id --"
    ]


def test_deleted_rows_are_in_the_bin(api: Api) -> None:
    task = api.create("Task", Subject="x")

    outcome = run(api, "Task", "delete", f"Id\n{task}\n{MISSING}\n")

    assert [each["sf__Id"] for each in outcome.good] == [task]
    assert outcome.errors == ["INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--"]
    assert api.query("SELECT IsDeleted FROM Task", everything=True) == [{"IsDeleted": True}]


def test_hard_deleted_rows_are_gone_if_that_is_allowed(api: Api) -> None:
    account = api.create("Account", Name="Acme")
    api.create("Contact", LastName="Ada", AccountId=account)
    refused = api.call("POST", "jobs/ingest", {"object": "Account", "operation": "hardDelete"})
    api.call("POST", "/__emulator__/settings", {"bulk_hard_delete": True})

    run(api, "Account", "hardDelete", f"Id\n{account}\n")

    assert (refused[0], refused[1][0]["errorCode"]) == (400, "FEATURENOTENABLED")
    assert api.query("SELECT Id FROM Account", everything=True) == []
    assert api.query("SELECT Id FROM Contact", everything=True) == []


def test_results_are_written_as_the_job_was(api: Api) -> None:
    outcome = run(
        api,
        "Task",
        "insert",
        'Subject|Description\r\nx|"a|b"\r\n',
        columnDelimiter="PIPE",
        lineEnding="CRLF",
    )

    content = io.StringIO(outcome.raw("successfulResults"), newline="")
    _, row = csv.reader(content, delimiter="|")
    assert row[1:] == ["true", "x", "a|b"]
    assert outcome.raw("failedResults") == '"sf__Id"|"sf__Error"|"Subject"|"Description"\r\n'


def test_a_short_row_ends_in_blanks(api: Api) -> None:
    outcome = run(api, "Task", "insert", "Subject,Description,Type\nx\n")

    assert outcome.good[0]["Type"] == ""
    assert api.query("SELECT Description FROM Task") == [{"Description": None}]


def test_chunks_have_stamps_of_their_own(api: Api) -> None:
    job = uploaded(api, "Task", "insert", "Subject\n" + "x\n" * 300)
    api.call("POST", "/__emulator__/jobs/run", {"job": job, "chunks": 1})
    api.org.clock.advance(60)

    ended(api, job)

    stamps = [each["SystemModstamp"] for each in api.query("SELECT SystemModstamp FROM Task")]
    assert stamps.count("2026-03-10T12:00:00.000+0000") == 200
    assert stamps.count("2026-03-10T12:01:00.000+0000") == 100
