"""Custom fields an administrator adds, changes and deletes while the org runs."""

from typing import Any

import pytest

from local.salesforce.inprocess import Api


def control(api: Api, method: str, path: str, **body: object) -> Any:
    status, answer = api.call(method, f"/__emulator__/{path}", body)
    assert status in (200, 204), answer
    return answer


def field(api: Api, sobject: str, name: str) -> dict[str, Any]:
    _, body = api.call("GET", f"sobjects/{sobject}/describe")
    found: dict[str, Any] = next(each for each in body["fields"] if each["name"] == name)
    return found


def add(api: Api, sobject: str, name: str, **more: object) -> None:
    control(api, "POST", "fields", sobject=sobject, name=name, **more)


@pytest.mark.parametrize(
    ("asked", "value", "shown", "described"),
    [
        ({"type": "text", "length": 5}, "abc", "abc", {"type": "string", "byteLength": 15}),
        ({"type": "number", "precision": 4, "scale": 1}, 2.25, 2.3, {"type": "double"}),
        ({"type": "currency"}, 3, 3.0, {"type": "currency", "precision": 18, "scale": 2}),
        ({"type": "percent"}, 12.5, 12.5, {"type": "percent", "soapType": "xsd:double"}),
        ({"type": "checkbox"}, True, True, {"type": "boolean", "defaultedOnCreate": True}),
        ({"type": "date"}, "2026-03-10", "2026-03-10", {"type": "date"}),
        ({"type": "datetime"}, "2026-03-10T12:00:00Z", "2026-03-10T12:00:00.000+0000", {}),
        ({"type": "time"}, "10:30:00", "10:30:00.000Z", {"soapType": "xsd:time"}),
        ({"type": "long_text"}, "a", "a", {"length": 32768, "filterable": False}),
        ({"type": "rich_text"}, "<b>a</b>", "<b>a</b>",
         {"htmlFormatted": True, "extraTypeInfo": "richtextarea"}),
        ({"type": "email"}, "a@b.co", "a@b.co", {"type": "email", "length": 80}),
        ({"type": "phone"}, "1", "1", {"type": "phone", "length": 40}),
        ({"type": "url"}, "x.example", "x.example", {"type": "url", "length": 255}),
        ({"type": "multipicklist", "picklist": ["A", "B"]}, "B;A", "A;B",
         {"type": "multipicklist", "sortable": False}),
        ({"type": "encrypted"}, "secret", "secret",
         {"encrypted": True, "mask": "*", "maskType": "all", "filterable": False}),
    ],
    ids=lambda each: each.get("type") if isinstance(each, dict) else None,
)  # fmt: skip
def test_every_kind_of_field_holds_values(
    api: Api, asked: dict[str, object], value: object, shown: object, described: dict[str, object]
) -> None:
    add(api, "Account", "Extra__c", **asked)

    api.create("Account", Name="A", Extra__c=value)

    assert api.query("SELECT Extra__c FROM Account") == [{"Extra__c": shown}]
    assert field(api, "Account", "Extra__c").items() >= described.items()


def test_a_geolocation_is_three_fields(api: Api) -> None:
    add(api, "Account", "Place__c", type="geolocation")

    api.create("Account", Name="A", Place__Latitude__s=59.9, Place__Longitude__s=10.7)

    assert api.query("SELECT Place__c, Place__Latitude__s FROM Account") == [
        {"Place__c": {"latitude": 59.9, "longitude": 10.7}, "Place__Latitude__s": 59.9}
    ]
    assert field(api, "Account", "Place__Latitude__s")["compoundFieldName"] == "Place__c"
    assert field(api, "Account", "Place__c")["queryByDistance"] is True


@pytest.mark.parametrize(
    ("asked", "default", "formula"),
    [
        ({"type": "text", "default": "new"}, "new", '"new"'),
        ({"type": "number", "default": 5}, 5.0, "5"),
        ({"type": "checkbox", "default": True}, True, None),
        ({"type": "picklist", "picklist": ["A", {"value": "B", "default": True}]}, "B", None),
    ],
    ids=lambda each: each.get("type") if isinstance(each, dict) else None,
)
def test_a_default_fills_what_is_left_out(
    api: Api, asked: dict[str, object], default: object, formula: str | None
) -> None:
    add(api, "Account", "Extra__c", **asked)

    api.create("Account", Name="A")

    described = field(api, "Account", "Extra__c")
    assert api.query("SELECT Extra__c FROM Account") == [{"Extra__c": default}]
    assert described["defaultedOnCreate"] is True
    assert described["defaultValueFormula"] == formula


def test_a_formula_does_not_move_the_stamp(api: Api) -> None:
    add(api, "Contact", "Industry__c", formula_of="Account.Industry")
    account = api.create("Account", Name="A", Industry="Energy")
    api.create("Contact", LastName="B", AccountId=account)
    before = api.query("SELECT Industry__c, SystemModstamp FROM Contact")
    api.org.clock.advance(60)

    api.call("PATCH", f"sobjects/Account/{account}", {"Industry": "Media"})

    after = api.query("SELECT Industry__c, SystemModstamp FROM Contact")
    described = field(api, "Contact", "Industry__c")
    assert [before[0]["Industry__c"], after[0]["Industry__c"]] == ["Energy", "Media"]
    assert before[0]["SystemModstamp"] == after[0]["SystemModstamp"]
    assert api.query("SELECT LastName FROM Contact WHERE Industry__c = 'Media'")
    flags = ("calculated", "calculatedFormula", "createable", "updateable", "nillable")
    assert [described[key] for key in flags] == [True, "Account.Industry", False, False, True]


def test_a_dependent_picklist_tells_what_is_valid(api: Api) -> None:
    add(api, "Account", "Region__c", type="picklist", picklist=["North", "South"])

    add(
        api, "Account", "City__c", type="picklist", controller="Region__c",
        picklist=[{"value": "Oslo", "valid_for": ["North"]},
                  {"value": "Rome", "valid_for": ["South"]},
                  {"value": "Other", "valid_for": ["North", "South"]}],
    )  # fmt: skip

    described = field(api, "Account", "City__c")
    assert (described["dependentPicklist"], described["controllerName"]) == (True, "Region__c")
    assert [each["validFor"] for each in described["picklistValues"]] == ["gAAA", "QAAA", "wAAA"]


def test_fields_of_activities_are_on_both(api: Api) -> None:
    add(api, "Activity", "Key__c", type="text", length=36, external_id=True, unique=True)

    for sobject in ("Task", "Event"):
        described = field(api, sobject, "Key__c")
        keys = ("externalId", "unique", "idLookup", "length")
        assert [described[key] for key in keys] == [True, True, True, 36]
    status, _ = api.call("PATCH", "sobjects/Task/Key__c/k1", {"Subject": "by key"})
    assert status == 201
    assert api.query("SELECT Subject, Key__c FROM Task") == [{"Subject": "by key", "Key__c": "k1"}]


def test_a_field_can_be_changed(api: Api) -> None:
    add(api, "Account", "Grade__c", type="picklist", picklist=["A", "B"])

    control(
        api, "PATCH", "fields", sobject="Account", name="Grade__c", label="Mark", restricted=True,
        picklist=["A", {"value": "B", "active": False}],
    )  # fmt: skip

    described = field(api, "Account", "Grade__c")
    status, body = api.call("POST", "sobjects/Account", {"Name": "x", "Grade__c": "B"})
    assert (described["label"], described["restrictedPicklist"]) == ("Mark", True)
    assert [each["active"] for each in described["picklistValues"]] == [True, False]
    assert (status, body[0]["errorCode"]) == (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")


def test_a_shorter_field_takes_no_longer_text(api: Api) -> None:
    add(api, "Account", "Code__c", type="text", length=10)

    control(api, "PATCH", "fields", sobject="Account", name="Code__c", length=3)

    status, body = api.call("POST", "sobjects/Account", {"Name": "x", "Code__c": "four"})
    assert (status, body[0]["errorCode"]) == (400, "STRING_TOO_LONG")


def test_a_deleted_field_is_gone_with_its_values(api: Api) -> None:
    add(api, "Account", "Code__c", type="text", external_id=True)
    api.create("Account", Name="A", Code__c="1")

    control(api, "DELETE", "fields", sobject="Account", name="Code__c")

    status, body = api.call("GET", "query", q="SELECT Code__c FROM Account")
    assert (status, body[0]["errorCode"]) == (400, "INVALID_FIELD")
    add(api, "Account", "Code__c", type="text", external_id=True)
    assert api.query("SELECT Code__c FROM Account") == [{"Code__c": None}]


def test_a_snapshot_brings_deleted_fields_back(api: Api) -> None:
    add(api, "Account", "Code__c", type="text")
    api.create("Account", Name="A", Code__c="1")
    control(api, "POST", "snapshot", name="before")
    control(api, "DELETE", "fields", sobject="Account", name="Code__c")

    control(api, "POST", "restore", name="before")

    assert api.query("SELECT Code__c FROM Account") == [{"Code__c": "1"}]


BAD_FIELDS = [
    ({"name": "Extra"}, "name", "Extra"),
    ({"name": "Extra__c", "type": "texte"}, "type", "texte"),
    ({"name": "Extra__c", "type": "text", "length": 300}, "length", 300),
    ({"name": "Extra__c", "type": "date", "external_id": True}, "external_id", True),
    ({"name": "Extra__c", "type": "phone", "unique": True}, "unique", True),
    ({"name": "Extra__c", "type": "checkbox", "required": True}, "required", True),
    ({"name": "Extra__c", "type": "number", "precision": 3, "scale": 4}, "precision", 3),
    ({"name": "Extra__c", "type": "lookup", "reference_to": "Nope"}, "reference_to", "Nope"),
    ({"name": "Extra__c", "type": "master_detail", "reference_to": "Account"}, "type",
     "master_detail"),
    ({"name": "Extra__c", "formula_of": "Owner.Shoe"}, "formula_of", "Owner.Shoe"),
    ({"name": "Extra__c", "type": "picklist", "controller": "Nope__c"}, "controller", "Nope__c"),
    ({"name": "Extra__c", "lenght": 5}, "lenght", 5),
    ({"name": "Extra__c", "length": "long"}, "length", "long"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "key", "value"), BAD_FIELDS, ids=[f"{each[1]}-{each[2]}" for each in BAD_FIELDS]
)
def test_a_bad_field_is_told_with_a_remedy(
    api: Api, asked: dict[str, object], key: str, value: object
) -> None:
    status, body = api.call("POST", "/__emulator__/fields", {"sobject": "Account", **asked})

    problem = body["errors"][0]
    assert (status, problem["field"], problem["value"]) == (400, key, value)
    assert problem["remedy"]


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_only_fields_that_are_there_change(api: Api, method: str) -> None:
    status, body = api.call(
        method, "/__emulator__/fields", {"sobject": "Account", "name": "Nope__c"}
    )

    assert (status, body["errors"][0]["field"]) == (400, "name")


def test_standard_fields_stay(api: Api) -> None:
    status, body = api.call("DELETE", "/__emulator__/fields", {"sobject": "Task", "name": "Status"})

    assert (status, body["errors"][0]["field"]) == (400, "name")
    assert field(api, "Task", "Status")
