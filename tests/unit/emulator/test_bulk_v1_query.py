"""Queries of Bulk 1.0 in CSV, JSON and XML."""

import json

import pytest

from local.salesforce.inprocess import Api
from tests.unit.emulator.classic import NAMESPACE, Classic

ROW = {
    "Subject": 'a "b" & c',
    "CreatedDate": "2019-01-05T03:41:05Z",
    "ActivityDate": "2019-01-05",
    "IsReminderSet": True,
}
STATEMENT = "SELECT Id, Subject, CreatedDate, ActivityDate, Owner.Name, WhoId FROM Task"


@pytest.fixture
def task(api: Api) -> str:
    api.load("Task", [ROW])
    return str(api.query("SELECT Id FROM Task")[0]["Id"])


def failure(api: Api, statement: str, *, form: str = "JSON", sobject: str = "Task") -> str:
    text = Classic(api, form).rows("query", sobject, statement).text
    if form == "JSON":
        return str(json.loads(text)["stateMessage"])
    return text.partition("<stateMessage>")[2].partition("</stateMessage>")[0]


def test_moments_in_json_are_numbers(api: Api, task: str) -> None:
    reply = Classic(api).rows("query", "Task", STATEMENT)

    (record,) = reply.json
    assert reply.media == "application/json"
    assert record["attributes"] == {
        "type": "Task", "url": f"/services/data/v62.0/sobjects/Task/{task}",
    }  # fmt: skip
    assert (record["CreatedDate"], record["ActivityDate"]) == (1546659665000, 1546646400000)
    assert (record["Subject"], record["WhoId"]) == (ROW["Subject"], None)
    assert record["Owner"]["Name"] == "Integration User"


def test_csv_is_quoted_throughout(api: Api, task: str) -> None:
    reply = Classic(api, "CSV").rows("query", "Task", STATEMENT)

    assert reply.media == "text/csv"
    assert reply.text == (
        '"Id","Subject","CreatedDate","ActivityDate","Owner.Name","WhoId"\n'
        f'"{task}","a ""b"" & c","2019-01-05T03:41:05.000Z","2019-01-05","Integration User",""\n'
    )


def test_xml_has_the_id_once_more(api: Api, task: str) -> None:
    reply = Classic(api, "XML").rows("query", "Task", STATEMENT)
    without = Classic(api, "XML").rows("query", "Task", "SELECT Subject FROM Task")

    assert reply.text == (
        f'<?xml version="1.0" encoding="UTF-8"?><queryResult xmlns="{NAMESPACE}"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<records xsi:type="sObject"><type>Task</type><Id>{task}</Id><Id>{task}</Id>'
        '<Subject>a "b" &amp; c</Subject><CreatedDate>2019-01-05T03:41:05.000Z</CreatedDate>'
        '<ActivityDate>2019-01-05</ActivityDate><Owner xsi:type="sObject"><type>Name</type>'
        '<Id xsi:nil="true"/><Name>Integration User</Name></Owner><WhoId xsi:nil="true"/>'
        "</records></queryResult>\n"
    )
    assert '<type>Task</type><Id xsi:nil="true"/><Subject>' in without.text


def test_results_are_listed_by_id(api: Api, task: str) -> None:
    in_json = Classic(api).run("query", "Task", "SELECT Id FROM Task").json
    in_xml = Classic(api, "CSV").run("query", "Task", "SELECT Id FROM Task")

    assert [each[:3] for each in in_json] == ["752"]
    assert in_xml.media == "application/xml"
    assert in_xml.text.startswith(f'<result-list xmlns="{NAMESPACE}"><result>752')


def test_a_query_without_rows_says_so_in_csv_only(api: Api) -> None:
    in_json = Classic(api).run("query", "Task", "SELECT Id FROM Task").json
    in_csv = Classic(api, "CSV").rows("query", "Task", "SELECT Id FROM Task").text

    assert in_json == []
    assert in_csv == "Records not found for this query"


def test_query_all_sees_the_bin(api: Api) -> None:
    api.call("DELETE", f"sobjects/Account/{api.create('Account', Name='A')}")
    statement = "SELECT Id, IsDeleted FROM Account"

    alive = Classic(api).run("query", "Account", statement).json
    everything = Classic(api).rows("queryAll", "Account", statement).json

    assert alive == []
    assert [each["IsDeleted"] for each in everything] == [True]


def test_order_and_all_slices_are_kept(api: Api) -> None:
    api.load("Account", [{"Name": f"{at:05}"} for at in range(4_500)])

    found = Classic(api).rows("query", "Account", "SELECT Name FROM Account ORDER BY Name DESC")

    assert [each["Name"] for each in found.json] == [f"{at:05}" for at in range(4_499, -1, -1)]


def test_children_come_in_json_only(api: Api) -> None:
    parent = api.create("Account", Name="A")
    api.create("Contact", LastName="B", AccountId=parent)
    statement = "SELECT Name, (SELECT LastName, CreatedDate FROM Contacts) FROM Account"

    (record,) = Classic(api).rows("query", "Account", statement).json

    assert record["Contacts"]["totalSize"] == 1
    assert record["Contacts"]["records"][0]["LastName"] == "B"
    assert isinstance(record["Contacts"]["records"][0]["CreatedDate"], int)
    assert failure(api, statement, form="CSV", sobject="Account") == (
        "FeatureNotEnabled : Aggregate Relationships not supported in Bulk Query with CSV"
        " content type"
    )


def test_a_query_that_cannot_be_fails_its_batch(api: Api) -> None:
    failed = "InvalidBatch : Failed to process query: "

    assert failure(api, "SELECT Id FROM Contact", sobject="Account") == (
        f"{failed}INVALID_TYPE_FOR_OPERATION: The root entity of the requested query (Contact)"
        " does not match the entity of the requested Bulk API Job (Account)."
    )
    assert failure(api, "SELECT Nope FROM Task").startswith(f"{failed}INVALID_FIELD: ")
    assert failure(api, "SELECT").startswith(f"{failed}MALFORMED_QUERY: ")
    assert failure(api, "SELECT BillingAddress FROM Account", sobject="Account") == (
        f"{failed}FUNCTIONALITY_NOT_ENABLED: Selecting compound data not supported in Bulk Query"
    )
    for statement in ("SELECT COUNT() FROM Task", "SELECT COUNT(Id) FROM Task",
                      "SELECT Id FROM Task LIMIT 1 OFFSET 1"):  # fmt: skip
        assert failure(api, statement).startswith(f"{failed}FUNCTIONALITY_NOT_ENABLED: ")


def test_an_object_without_bulk_is_refused(api: Api) -> None:
    reply = Classic(api).open("query", "TaskStatus")

    assert (reply.status, reply.json["exceptionCode"]) == (400, "InvalidEntity")
    assert reply.json["exceptionMessage"] == (
        "Entity 'TaskStatus' is not supported by the Bulk Query API."
    )


def test_an_unknown_result_is_refused(api: Api, task: str) -> None:
    bulk = Classic(api)
    bulk.rows("query", "Task", "SELECT Id FROM Task")
    (batch,) = api.org.bulk_v1.jobs[bulk.job[4:]].batches

    reply = bulk.send("GET", f"{bulk.job}/batch/{batch}/result/752000000000000AAA")

    assert (reply.status, reply.json["exceptionCode"]) == (400, "InvalidBatch")


@pytest.mark.parametrize(
    ("statement", "counts"),
    [
        ("SELECT Id, Name FROM Account", [2, 2, 1]),
        ("SELECT Id FROM Account WHERE Name = '1' OR Name = '4'", [1, 0, 1]),
    ],
)
def test_pk_chunking_makes_batches_of_ranges(api: Api, statement: str, counts: list[int]) -> None:
    api.org.settings.bulk_in_progress_polls = 0
    ids = [api.create("Account", Name=str(at)) for at in range(5)]
    bulk = Classic(api, headers={"sforce-enable-pkchunking": "chunkSize=2; startRow=x"})
    bulk.open("query", "Account")
    first = bulk.add(statement)
    bulk.send("GET", f"{bulk.job}/batch")

    batches = bulk.send("GET", f"{bulk.job}/batch").json["batchInfo"]

    second = bulk.send("GET", f"{bulk.job}/batch/{batches[2]['id']}/request").text
    assert [each["state"] for each in batches] == ["NotProcessed", *["Completed"] * 3]
    assert [each["numberRecordsProcessed"] for each in batches[1:]] == counts
    assert second.endswith(f"Id >= '{ids[2]}' AND Id < '{ids[4]}'")
    assert bulk.send("GET", f"{first}/result").status == 400


def test_pk_chunking_leaves_ordered_statements_whole(api: Api) -> None:
    api.load("Account", [{"Name": str(at)} for at in range(5)])
    bulk = Classic(api, headers={"sforce-enable-pkchunking": "chunkSize=2"})

    found = bulk.rows("query", "Account", "SELECT Name FROM Account ORDER BY Name LIMIT 3")

    assert [each["Name"] for each in found.json] == ["0", "1", "2"]
