"""Rows of Bulk 1.0 batches in CSV, JSON and XML, and what became of them."""

import csv
import io
import json

import pytest

from local.salesforce.ids import mint
from local.salesforce.inprocess import Api
from tests.unit.emulator.classic import NAMESPACE, Classic

MISSING = mint("001", 999)


@pytest.fixture
def bulk(api: Api) -> Classic:
    return Classic(api)


@pytest.fixture
def sheets(api: Api) -> Classic:
    return Classic(api, "CSV")


def xml(*rows: str) -> str:
    inside = "".join(f"<sObject>{row}</sObject>" for row in rows)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><sObjects xmlns="{NAMESPACE}"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{inside}</sObjects>'
    )


def message(bulk: Classic, operation: str, body: object, **more: object) -> str:
    """Why a batch failed."""
    text = bulk.run(operation, "Account", body, **more).text
    if bulk.form == "JSON":
        return str(json.loads(text)["stateMessage"])
    return text.partition("<stateMessage>")[2].partition("</stateMessage>")[0]


def test_results_in_json_have_errors_and_the_order_of_rows(bulk: Classic) -> None:
    reply = bulk.run("insert", "Account", [{"Name": "A"}, {"Phone": "1"}, {"Name": "C"}])

    names = {each["Name"]: each["Id"] for each in bulk.api.query("SELECT Id, Name FROM Account")}
    assert reply.media == "application/json"
    assert reply.json == [
        {"success": True, "created": True, "id": names["A"], "errors": []},
        {
            "success": False,
            "created": False,
            "id": None,
            "errors": [
                {
                    "statusCode": "REQUIRED_FIELD_MISSING",
                    "message": "Required fields are missing: [Name]",
                    "fields": ["Name"],
                }
            ],
        },
        {"success": True, "created": True, "id": names["C"], "errors": []},
    ]
    assert list(reply.json[0]) == ["success", "created", "id", "errors"]


def test_results_in_csv_have_four_columns(sheets: Classic) -> None:
    reply = sheets.run("insert", "Contact", 'LastName,FirstName\nA,"B ""b"""\n,C\n')

    (record,) = sheets.api.query("SELECT Id, FirstName FROM Contact")
    assert reply.media == "text/csv"
    assert reply.text == (
        '"Id","Success","Created","Error"\n'
        f'"{record["Id"]}","true","true",""\n'
        '"","false","false","REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]'
        ':LastName --"\n'
    )
    assert record["FirstName"] == 'B "b"'


def test_results_in_xml_name_the_errors_first(api: Api) -> None:
    bulk = Classic(api, "XML")

    reply = bulk.run("insert", "Account", xml("<Name>A &amp; B</Name>", "<Phone>1</Phone>"))

    (record,) = api.query("SELECT Id, Name FROM Account")
    assert record["Name"] == "A & B"
    assert reply.media == "application/xml"
    assert reply.text == (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<results xmlns="{NAMESPACE}">'
        f"<result><id>{record['Id']}</id><success>true</success><created>true</created></result>"
        "<result><errors><fields>Name</fields><message>Required fields are missing: [Name]"
        "</message><statusCode>REQUIRED_FIELD_MISSING</statusCode></errors>"
        "<success>false</success><created>false</created></result></results>\n"
    )


@pytest.mark.parametrize("form", ["JSON", "CSV", "XML"])
def test_empty_leaves_a_field_and_null_clears_it(api: Api, form: str) -> None:
    record = api.create("Account", Name="A", Phone="1", Fax="2", NumberOfEmployees=3)
    bodies = {
        "JSON": json.dumps([{"Id": record, "Phone": "", "Fax": None, "NumberOfEmployees": "7"}]),
        "CSV": f"Id,Phone,Fax,NumberOfEmployees\n{record},,#N/A,7\n",
        "XML": xml(
            f'<Id>{record}</Id><Phone></Phone><Fax xsi:nil="true"/>'
            "<NumberOfEmployees>7</NumberOfEmployees>"
        ),
    }

    reply = Classic(api, form).run("update", "Account", bodies[form])

    assert "true" in reply.text
    assert api.query("SELECT Phone, Fax, NumberOfEmployees FROM Account") == [
        {"Phone": "1", "Fax": None, "NumberOfEmployees": 7}
    ]


@pytest.mark.parametrize("form", ["JSON", "CSV", "XML"])
def test_parents_are_found_by_their_keys(api: Api, form: str) -> None:
    api.create("Contact", LastName="Boss", Email="boss@example.org")
    bodies = {
        "JSON": json.dumps([
            {"LastName": "A", "ReportsTo": {"Email": "boss@example.org"}},
            {"LastName": "B", "ReportsTo": {"Email": "nobody@example.org"}},
        ]),
        "CSV": "LastName,ReportsTo.Email\nA,boss@example.org\nB,nobody@example.org\n",
        "XML": xml(*(
            f"<LastName>{name}</LastName><ReportsTo><sObject><Email>{who}@example.org</Email>"
            "</sObject></ReportsTo>"
            for name, who in (("A", "boss"), ("B", "nobody"))
        )),
    }  # fmt: skip

    reply = Classic(api, form).run("insert", "Contact", bodies[form])

    assert "Foreign key external ID: nobody@example.org not found" in reply.text
    assert api.query("SELECT ReportsTo.Name FROM Contact WHERE LastName = 'A'") == [
        {"ReportsTo": {"Name": "Boss"}}
    ]


def test_an_owner_of_several_types_is_told_by_its_type(bulk: Classic) -> None:
    owner = {"type": "User", "Email": "integration@emulator.example"}

    reply = bulk.run("insert", "Task", [{"Subject": "x", "Owner": owner}])

    assert reply.json[0]["success"] is True
    assert bulk.api.query("SELECT Owner.Name FROM Task") == [
        {"Owner": {"Name": "Integration User"}}
    ]


def test_texts_become_values_of_their_fields(bulk: Classic) -> None:
    rows = [
        {"Subject": 7, "IsReminderSet": "true", "ActivityDate": "2026-03-01"},
        {"Subject": "y", "IsReminderSet": "maybe"},
    ]

    reply = bulk.run("insert", "Task", rows)

    assert [each["success"] for each in reply.json] == [True, False]
    assert bulk.api.query("SELECT Subject, IsReminderSet, ActivityDate FROM Task") == [
        {"Subject": "7", "IsReminderSet": True, "ActivityDate": "2026-03-01"}
    ]


def test_upsert_update_and_delete_by_their_keys(bulk: Classic) -> None:
    field = {"sobject": "Account", "name": "Key__c", "external_id": True, "unique": True}
    bulk.api.call("POST", "/__emulator__/fields", field)
    record = bulk.api.create("Account", Name="A", Key__c="1")
    rows = [{"Key__c": "1", "Name": "B"}, {"Key__c": "2", "Name": "C"}, {"Name": "D"}]

    upserted = bulk.run("upsert", "Account", rows, externalIdFieldName="Key__c").json
    updated = bulk.run("update", "Account", [{"Id": record, "Name": "E"}, {"Id": MISSING}]).json
    deleted = bulk.run("delete", "Account", [{"Id": record}, {"Id": MISSING}]).json

    assert [(each["success"], each["created"]) for each in upserted] == [
        (True, False), (True, True), (False, False),
    ]  # fmt: skip
    assert [(each["success"], each["id"]) for each in updated] == [
        (True, record), (False, MISSING),
    ]  # fmt: skip
    assert [each["success"] for each in deleted] == [True, False]
    assert bulk.api.query("SELECT Name FROM Account") == [{"Name": "C"}]


def test_before_53_a_failed_row_has_no_id(api: Api) -> None:
    old = Classic(Api(api.org, api.token, "42.0"))

    reply = old.run("update", "Account", [{"Id": MISSING, "Name": "x"}])

    assert reply.json[0]["id"] is None


def test_hard_delete_passes_the_bin(bulk: Classic) -> None:
    bulk.api.org.settings.bulk_hard_delete = True
    record = bulk.api.create("Account", Name="A")

    reply = bulk.run("hardDelete", "Account", [{"Id": record}])

    assert reply.json[0]["success"] is True
    assert bulk.api.query("SELECT Id FROM Account", everything=True) == []


def test_a_batch_fails_whole_for_what_is_wrong_with_its_form(bulk: Classic) -> None:
    unknown = "InvalidBatch : Field name not found : Nope"

    assert message(bulk, "insert", [{"Name": "A"}, {"Nope": 1}]) == unknown
    assert message(bulk, "insert", []) == "InvalidBatch : Records not found"
    assert message(bulk, "insert", '{"Name": "A"}').startswith("InvalidBatch : Failed to parse")
    assert message(bulk, "delete", [{"Id": MISSING, "Name": "A"}]) == (
        "InvalidBatch : The 'delete' batch must contain only ids"
    )
    assert bulk.api.query("SELECT Id FROM Account") == []


def test_a_sheet_fails_whole_for_what_is_wrong_with_its_header(sheets: Classic) -> None:
    assert message(sheets, "insert", "Name,Nope\nA,B\n") == (
        "InvalidBatch : Field name not found : Nope"
    )
    assert message(sheets, "update", "Name\nA\n") == "InvalidBatch : Field name not found : Id"
    assert message(sheets, "insert", "Name\n") == "InvalidBatch : Records not found"
    assert message(sheets, "insert", "Name\nA,B\n").startswith("InvalidBatch : Failed to parse")


def test_a_failed_batch_has_no_results(bulk: Classic) -> None:
    bulk.open("insert", "Account")
    batch = bulk.add([{"Nope": "A"}])
    for _ in range(4):
        bulk.send("GET", batch)

    reply = bulk.send("GET", f"{batch}/result")

    assert (reply.status, reply.json["exceptionMessage"]) == (400, "Records not processed")


def test_10_000_records_and_10_megabytes_at_most(sheets: Classic) -> None:
    many = "Name\n" + "A\n" * 10_001

    assert message(sheets, "insert", many).startswith("InvalidBatch : More than 10000")
    reply = sheets.send("POST", f"{sheets.job}/batch", b"x" * 10_000_001)

    assert reply.status == 400
    assert "Failed to read request. Exceeded max size limit of 10000000" in reply.text


def test_results_of_many_chunks_keep_the_order(sheets: Classic) -> None:
    rows = "".join(f"{at if at % 7 else ''}\n" for at in range(1, 1_001))

    reply = sheets.run("insert", "Account", "Name,Phone\n" + rows.replace("\n", ",1\n"))

    found = list(csv.DictReader(io.StringIO(reply.text)))
    names = {each["Id"]: each["Name"] for each in sheets.api.query("SELECT Id, Name FROM Account")}
    assert [names.get(each["Id"], "") for each in found] == [
        str(at) if at % 7 else "" for at in range(1, 1_001)
    ]
