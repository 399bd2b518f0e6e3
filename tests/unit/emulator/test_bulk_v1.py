"""Bulk 1.0 jobs and batches: infos, states, formats and refusals."""

import json
from typing import Any

import pytest

from local.salesforce.inprocess import Api
from tests.unit.emulator.classic import NAMESPACE, Classic, Reply

JOB_KEYS = (
    "apexProcessingTime apiActiveProcessingTime apiVersion concurrencyMode contentType createdById"
    " createdDate id numberBatchesCompleted numberBatchesFailed numberBatchesInProgress"
    " numberBatchesQueued numberBatchesTotal numberRecordsFailed numberRecordsProcessed"
    " numberRetries object operation state systemModstamp totalProcessingTime"
)

WRONG_KEY = (
    "Field name provided, Phone does not match an External ID, Salesforce Id, or indexed field for"
    " Account"
)
NO_PERMISSION = (
    "hardDelete operation requires special user profile permission, please contact your system"
    " administrator"
)


@pytest.fixture
def bulk(api: Api) -> Classic:
    return Classic(api)


def error(reply: Reply) -> tuple[int, str, str]:
    return reply.status, reply.json["exceptionCode"], reply.json["exceptionMessage"]


def test_a_new_job_is_open(bulk: Classic) -> None:
    reply = bulk.open("insert", "account", concurrencyMode=1)

    assert (reply.status, reply.media) == (201, "application/json")
    assert list(reply.json) == JOB_KEYS.split()
    assert reply.json["id"].startswith("750")
    assert (reply.json["state"], reply.json["object"]) == ("Open", "Account")
    assert (reply.json["concurrencyMode"], reply.json["apiVersion"]) == ("Serial", 62.0)
    assert reply.json["createdDate"] == "2026-03-10T12:00:00.000+0000"


def test_a_job_in_xml_is_laid_out_as_the_real_one(bulk: Classic) -> None:
    asked = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<jobInfo xmlns="{NAMESPACE}">'
        "<operation>upsert</operation><object>Contact</object>"
        "<externalIdFieldName>Email</externalIdFieldName><contentType>CSV</contentType></jobInfo>"
    )

    reply = bulk.send("POST", "job", asked, **{"content-type": "application/xml; charset=utf-8"})

    job = next(iter(bulk.api.org.bulk_v1.jobs))
    assert (reply.status, reply.media) == (201, "application/xml")
    assert reply.text.startswith(
        '<?xml version="1.0" encoding="UTF-8"?><jobInfo\n'
        f'   xmlns="{NAMESPACE}">\n <id>{job}</id>\n <operation>upsert</operation>\n'
    )
    assert (
        " <createdDate>2026-03-10T12:00:00.000Z</createdDate>\n"
        " <systemModstamp>2026-03-10T12:00:00.000Z</systemModstamp>\n"
        " <state>Open</state>\n <externalIdFieldName>Email</externalIdFieldName>\n"
        " <concurrencyMode>Parallel</concurrencyMode>\n <contentType>CSV</contentType>\n"
    ) in reply.text


def test_a_batch_is_queued_then_in_progress_then_completed(bulk: Classic) -> None:
    bulk.open("insert", "Account")
    batch = bulk.add([{"Name": "A"}, {"Name": ""}])

    job_before = bulk.api.org.bulk_v1.jobs[bulk.job[4:]].facts()
    infos = [bulk.send("GET", batch).json for _ in range(4)]
    job_after = bulk.send("GET", bulk.job).json

    assert ("numberBatchesQueued", 1) in job_before
    assert [info["state"] for info in infos] == ["InProgress"] * 3 + ["Completed"]
    assert (infos[-1]["numberRecordsProcessed"], infos[-1]["numberRecordsFailed"]) == (2, 1)
    assert infos[-1]["id"].startswith("751")
    assert "stateMessage" not in infos[-1]
    assert (job_after["numberBatchesCompleted"], job_after["numberRecordsProcessed"]) == (1, 2)
    assert (job_after["state"], job_after["numberRecordsFailed"]) == ("Open", 1)


def test_a_setting_makes_batches_complete_at_once(bulk: Classic) -> None:
    bulk.api.org.settings.bulk_in_progress_polls = 0
    bulk.open("insert", "Account")

    batch = bulk.add([{"Name": "A"}])

    assert bulk.send("GET", batch).json["state"] == "Completed"


def test_a_closed_job_works_without_being_looked_at(bulk: Classic) -> None:
    bulk.open("insert", "Account")
    bulk.add([{"Name": "A"}])

    reply = bulk.change("Closed")

    assert (reply.status, reply.json["state"]) == (200, "Closed")
    assert bulk.api.query("SELECT Name FROM Account") == [{"Name": "A"}]


def test_results_wait_until_the_batch_has_completed(bulk: Classic) -> None:
    bulk.open("insert", "Account")
    batch = bulk.add([{"Name": "A"}])

    reply = bulk.send("GET", f"{batch}/result")

    assert error(reply) == (400, "InvalidBatch", "Batch not completed")


def test_batches_of_a_serial_job_end_in_their_order(bulk: Classic) -> None:
    bulk.open("insert", "Account", concurrencyMode="Serial")
    first, second = bulk.add([{"Name": "A"}]), bulk.add([{"Name": "B"}])

    states = [bulk.send("GET", second).json["state"] for _ in range(4)]
    done = bulk.send("GET", first).json["state"]
    later = [bulk.send("GET", second).json["state"] for _ in range(3)]

    assert states == ["Queued"] * 4
    assert done == "Completed"
    assert later == ["InProgress"] * 2 + ["Completed"]


def test_an_aborted_job_leaves_what_was_queued(bulk: Classic) -> None:
    bulk.open("insert", "Account")
    batch = bulk.add([{"Name": "A"}])

    reply = bulk.change("Aborted")

    assert reply.json["state"] == "Aborted"
    assert bulk.send("GET", batch).json["state"] == "NotProcessed"
    assert error(bulk.send("GET", f"{batch}/result"))[2] == "Records not processed"
    assert bulk.api.query("SELECT Id FROM Account") == []


def test_what_began_before_an_abort_goes_on(bulk: Classic) -> None:
    bulk.open("insert", "Account")
    batch = bulk.add([{"Name": "A"}])
    bulk.send("GET", batch)

    bulk.change("Aborted")

    assert [bulk.send("GET", batch).json["state"] for _ in range(3)][-1] == "Completed"


def test_a_job_changes_state_once(bulk: Classic) -> None:
    bulk.open("insert", "Account")
    bulk.change("Closed")

    late = bulk.send("POST", f"{bulk.job}/batch", "[]")

    assert error(late) == (
        400,
        "InvalidJobState",
        "Failed to create batch, since the Job is not Open. Current job state is 'Closed'",
    )
    assert error(bulk.change("Closed"))[1:] == (
        "InvalidJobState", "Closing already Closed Job not allowed",
    )  # fmt: skip
    assert error(bulk.change("Open"))[1] == "InvalidJob"
    assert bulk.change("Aborted").status == 200
    assert error(bulk.change("Aborted"))[2] == "Aborting already Aborted Job not allowed"


def test_all_batches_of_a_job_are_listed(bulk: Classic) -> None:
    bulk.open("insert", "Account")
    first, second = bulk.add([{"Name": "A"}]), bulk.add([{"Name": "B"}])
    bulk.form = "XML"

    in_json = bulk.send("GET", f"{bulk.job}/batch").json["batchInfo"]
    bulk.open("insert", "Account")
    third = bulk.add(f'<sObjects xmlns="{NAMESPACE}"><sObject><Name>C</Name></sObject></sObjects>')
    in_xml = bulk.send("GET", f"{bulk.job}/batch").text

    assert [each["id"] for each in in_json] == [each.rpartition("/")[2] for each in (first, second)]
    assert in_xml.startswith(
        f'<?xml version="1.0" encoding="UTF-8"?><batchInfoList\n   xmlns="{NAMESPACE}">\n'
        f" <batchInfo>\n  <id>{third.rpartition('/')[2]}</id>\n"
    )


def test_the_request_can_be_read_again(bulk: Classic) -> None:
    bulk.open("insert", "Account")
    batch = bulk.add([{"Name": "A"}])

    assert bulk.send("GET", f"{batch}/request").json == [{"Name": "A"}]


@pytest.mark.parametrize(
    ("asked", "code", "message"),
    [
        ({"operation": "insert", "object": "Nope"}, "InvalidJob", "Unable to find object: Nope"),
        ({"operation": "harddelete", "object": "Account"}, "InvalidJob", "Unable to parse Job"),
        ({"operation": "insert", "object": "Account", "contentType": "ZIP_CSV"}, "InvalidJob",
         "Unable to parse Job"),
        ({"operation": "insert", "object": "Account", "concurrencyMode": "2"}, "InvalidJob",
         "Unable to parse Job"),
        ({"operation": "upsert", "object": "Contact"}, "InvalidJob",
         "External ID was blank for Contact. An External ID must be specified for upsert."),
        ({"operation": "upsert", "object": "Account", "externalIdFieldName": "Phone"},
         "InvalidJob", WRONG_KEY),
        ({"operation": "hardDelete", "object": "Account"}, "FeatureNotEnabled", NO_PERMISSION),
    ],
)  # fmt: skip
def test_a_job_that_cannot_be_is_refused(
    bulk: Classic, asked: dict[str, Any], code: str, message: str
) -> None:
    reply = bulk.send("POST", "job", json.dumps(asked), **{"content-type": "application/json"})

    assert error(reply) == (400, code, message)


def test_bodies_that_are_no_job_are_refused(bulk: Classic) -> None:
    for media, body in (
        ("application/json", "{"),
        ("application/json", "[]"),
        ("application/xml", "<jobInfo>"),
        ("application/xml", '<!DOCTYPE x [<!ENTITY a "b">]><jobInfo/>'),
        ("application/xml", "<other/>"),
    ):
        reply = bulk.send("POST", "job", body, **{"content-type": media})
        assert (reply.status, "Unable to parse Job" in reply.text) == (400, True)


def test_sessions_are_told_by_their_own_header(bulk: Classic) -> None:
    headers = {"content-type": "application/json"}

    missing = bulk.send("GET", "job/750", **{**headers, "x-sfdc-session": ""})
    wrong = bulk.send("GET", "job/750", **{**headers, "x-sfdc-session": "00D!nope"})
    in_xml = bulk.send("GET", "job/750", **{"x-sfdc-session": "00D!nope"})

    assert error(missing) == (400, "InvalidSessionId", "Unable to find session id")
    assert error(wrong) == (400, "InvalidSessionId", "Invalid session id")
    assert in_xml.text == (
        f'<?xml version="1.0" encoding="UTF-8"?><error\n   xmlns="{NAMESPACE}">\n'
        " <exceptionCode>InvalidSessionId</exceptionCode>\n"
        " <exceptionMessage>Invalid session id</exceptionMessage>\n</error>\n"
    )


def test_unknown_ids_and_versions_are_refused(bulk: Classic) -> None:
    bulk.headers = {"content-type": "application/json"}
    bulk.open("insert", "Account")
    other = Classic(Api(bulk.api.org, bulk.api.token, "61.0"), headers=bulk.headers)
    old = Classic(Api(bulk.api.org, bulk.api.token, "20.0"), headers=bulk.headers)
    lettered = Classic(Api(bulk.api.org, bulk.api.token, "v62.0"), headers=bulk.headers)

    codes = [
        error(bulk.send("GET", "job/750000000000000AAA"))[1:],
        error(bulk.send("GET", f"{bulk.job}/batch/751000000000000AAA"))[1:],
        error(other.send("GET", bulk.job))[1:2],
        error(old.send("GET", bulk.job))[1:2],
        error(lettered.send("GET", bulk.job))[1:],
    ]

    assert codes == [
        ("InvalidJob", "Invalid job id: 750000000000000AAA"),
        ("InvalidBatch", "Invalid batch id: 751000000000000AAA"),
        ("InvalidVersion",),
        ("InvalidVersion",),
        ("InvalidUrl", "unknown version: v62.0"),
    ]


def test_batches_and_requests_of_a_day_run_out(bulk: Classic) -> None:
    bulk.api.org.settings.bulk_daily_batches = 1
    bulk.open("insert", "Account")
    bulk.add([{"Name": "A"}])

    second = bulk.send("POST", f"{bulk.job}/batch", "[]")
    bulk.api.org.settings.daily_api_requests = bulk.api.org.requests_used
    third = bulk.send("GET", bulk.job)

    assert error(second) == (400, "ExceededQuota", "ApiBatchItems Limit exceeded.")
    assert error(third) == (400, "ExceededQuota", "TotalRequests Limit exceeded.")


def test_every_request_is_one_call(bulk: Classic) -> None:
    bulk.open("insert", "Account")
    bulk.add([{"Name": "A"}])
    bulk.send("GET", bulk.job)

    assert bulk.api.org.requests_used == 3


def test_a_session_can_be_made_to_expire(bulk: Classic) -> None:
    fault = {"endpoint": "bulk1.batch.create", "kind": "session_expired"}
    bulk.open("insert", "Account")
    bulk.api.call("POST", "/__emulator__/faults", fault)

    cut = bulk.send("POST", f"{bulk.job}/batch", '[{"Name": "A"}]')
    later = bulk.send("GET", bulk.job)

    assert error(cut) == error(later) == (400, "InvalidSessionId", "Invalid session id")
