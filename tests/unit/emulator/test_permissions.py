"""What a user may not see is not there, and what they may not write is refused."""

from typing import Any

import pytest

from local.salesforce.inprocess import Api


@pytest.fixture
def guest(api: Api) -> Api:
    """A second user, of the profile Standard User, with a session of their own."""
    profile = api.query("SELECT Id FROM Profile WHERE Name = 'Standard User'")[0]["Id"]
    user = api.create(
        "User", Username="guest@emulator.example", LastName="Guest", Email="guest@example.com",
        Alias="guest", TimeZoneSidKey="GMT", LocaleSidKey="en_US", LanguageLocaleKey="en_US",
        EmailEncodingKey="UTF-8", ProfileId=profile,
    )  # fmt: skip
    return Api(api.org, api.org.sessions.open(user))


def permit(api: Api, **body: object) -> Any:
    status, answer = api.call("PUT", "/__emulator__/permissions", body)
    assert status == 200, answer
    return answer


def hide(api: Api, sobject: str, name: str, *, user: str = "guest@emulator.example") -> None:
    permit(api, user=user, sobject=sobject, fields={name: {"read": False}})


def names(api: Api, sobject: str) -> set[str]:
    _, body = api.call("GET", f"sobjects/{sobject}/describe")
    return {each["name"] for each in body["fields"]}


def code(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1][0]["errorCode"]


def test_a_hidden_field_is_not_described(api: Api, guest: Api) -> None:
    hide(api, "Account", "Industry")

    assert "Industry" not in names(guest, "Account")
    assert "Industry" in names(api, "Account")


def test_a_hidden_field_is_no_column(api: Api, guest: Api) -> None:
    hide(api, "Account", "Industry")

    status, body = guest.call("GET", "query", q="SELECT Industry FROM Account")
    through = guest.call("GET", "query", q="SELECT Account.Industry FROM Contact")

    assert (status, body[0]["errorCode"]) == (400, "INVALID_FIELD")
    assert "No such column 'Industry' on entity 'Account'" in body[0]["message"]
    assert code(through) == (400, "INVALID_FIELD")
    assert api.query("SELECT Industry FROM Account") == []


def test_a_hidden_field_is_not_retrieved(api: Api, guest: Api) -> None:
    account = api.create("Account", Name="A", Industry="Energy")
    hide(api, "Account", "Industry")

    _, body = guest.call("GET", f"sobjects/Account/{account}")

    assert body["Name"] == "A"
    assert "Industry" not in body


def test_a_hidden_field_cannot_be_written(api: Api, guest: Api) -> None:
    hide(api, "Account", "Industry")

    status, body = guest.call("POST", "sobjects/Account", {"Name": "A", "Industry": "Energy"})

    assert (status, body[0]["errorCode"]) == (400, "INVALID_FIELD")
    assert body[0]["message"] == "No such column 'Industry' on sobject of type Account"


def test_a_hidden_field_keeps_its_value(api: Api, guest: Api) -> None:
    account = api.create("Account", Name="A", Industry="Energy")
    hide(api, "Account", "Industry")

    guest.call("PATCH", f"sobjects/Account/{account}", {"Name": "B"})

    assert api.query("SELECT Name, Industry FROM Account") == [{"Name": "B", "Industry": "Energy"}]


def test_rules_see_what_the_user_does_not(api: Api, guest: Api) -> None:
    account = api.create("Account", Name="A")
    contact = api.create("Contact", LastName="B", AccountId=account)
    hide(api, "Contact", "AccountId")

    guest.create("Task", Subject="x", WhoId=contact)
    guest.call("DELETE", f"sobjects/Account/{account}")

    assert api.query("SELECT Id FROM Contact") == []
    assert api.query("SELECT AccountId FROM Task", everything=True) == [{"AccountId": account}]


def test_a_locked_field_is_read_but_not_written(api: Api, guest: Api) -> None:
    account = api.create("Account", Name="A", Industry="Energy")

    permit(
        api, user="guest@emulator.example", sobject="Account", fields={"Industry": {"edit": False}}
    )

    refused = [
        guest.call("POST", "sobjects/Account", {"Name": "B", "Industry": "Media"}),
        guest.call("PATCH", f"sobjects/Account/{account}", {"Industry": "Media"}),
    ]
    _, body = guest.call("GET", "sobjects/Account/describe")
    described = next(each for each in body["fields"] if each["name"] == "Industry")
    assert [described["createable"], described["updateable"]] == [False, False]
    assert [code(each) for each in refused] == [(400, "INVALID_FIELD_FOR_INSERT_UPDATE")] * 2
    assert guest.query("SELECT Industry FROM Account") == [{"Industry": "Energy"}]


def test_a_hidden_address_takes_its_parts_along(api: Api, guest: Api) -> None:
    hide(api, "Account", "BillingAddress")

    assert not {"BillingAddress", "BillingCity", "BillingCountry"} & names(guest, "Account")
    assert "ShippingCity" in names(guest, "Account")


def test_an_object_without_read_is_not_there(api: Api, guest: Api) -> None:
    permit(api, user="guest@emulator.example", sobject="Case", object={"read": False})

    _, body = guest.call("GET", "sobjects")
    assert "Case" not in {each["name"] for each in body["sobjects"]}
    assert code(guest.call("GET", "sobjects/Case/describe")) == (404, "NOT_FOUND")
    assert code(guest.call("GET", "query", q="SELECT Id FROM Case")) == (400, "INVALID_TYPE")
    assert code(guest.call("POST", "sobjects/Case", {"Subject": "x"})) == (404, "NOT_FOUND")
    assert api.query("SELECT Id FROM Case") == []


NO_RIGHT = "INSUFFICIENT_ACCESS_OR_READONLY"


@pytest.mark.parametrize(
    ("right", "flag", "method", "refusal"),
    [
        ("create", "createable", "POST", "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),
        ("edit", "updateable", "PATCH", NO_RIGHT),
        ("delete", "deletable", "DELETE", NO_RIGHT),
    ],
)
def test_a_right_that_is_missing_is_described_and_enforced(
    api: Api, guest: Api, right: str, flag: str, method: str, refusal: str
) -> None:
    account = api.create("Account", Name="A")
    permit(api, user="guest@emulator.example", sobject="Account", object={right: False})
    path = "sobjects/Account" if method == "POST" else f"sobjects/Account/{account}"

    refused = guest.call(method, path, None if method == "DELETE" else {"Name": "B"})

    assert code(refused) == (400, refusal)
    assert guest.call("GET", "sobjects/Account/describe")[1][flag] is False
    assert api.query("SELECT Name FROM Account") == [{"Name": "A"}]


def test_a_custom_checkbox_can_be_hidden(api: Api, guest: Api) -> None:
    api.call(
        "POST", "/__emulator__/fields",
        {"sobject": "Account", "name": "Vip__c", "type": "checkbox", "default": True},
    )  # fmt: skip
    hide(api, "Account", "Vip__c")

    guest.create("Account", Name="A")

    assert "Vip__c" not in names(guest, "Account")
    assert api.query("SELECT Vip__c FROM Account") == [{"Vip__c": True}]


def test_a_required_custom_field_cannot_be_hidden(api: Api, guest: Api) -> None:
    asked = {"sobject": "Account", "name": "Code__c", "required": True}
    api.call("POST", "/__emulator__/fields", asked)

    status, body = api.call(
        "PUT", "/__emulator__/permissions",
        {"user": "guest@emulator.example", "sobject": "Account",
         "fields": {"Code__c": {"read": False}}},
    )  # fmt: skip

    assert (status, body["errors"][0]["field"]) == (400, "fields.Code__c")


def test_a_profile_counts_for_its_users(api: Api, guest: Api) -> None:
    permit(api, profile="Standard User", sobject="Account", fields={"Industry": {"read": False}})

    assert "Industry" not in names(guest, "Account")
    assert "Industry" in names(api, "Account")


def test_a_user_counts_before_the_profile(api: Api, guest: Api) -> None:
    permit(api, profile="Standard User", sobject="Account", fields={"Industry": {"read": False}})

    permit(api, user="guest@emulator.example", sobject="Account", fields={})

    assert "Industry" in names(guest, "Account")


def test_a_right_can_be_given_back(api: Api, guest: Api) -> None:
    hide(api, "Account", "Industry")
    assert "Industry" not in names(guest, "Account")

    permit(
        api, user="guest@emulator.example", sobject="Account", fields={"Industry": {"read": True}}
    )

    assert "Industry" in names(guest, "Account")


def test_all_that_is_said_can_be_read(api: Api, guest: Api) -> None:
    hide(api, "Account", "Industry")

    _, body = api.call("GET", "/__emulator__/permissions")

    said = next(iter(body.values()))
    assert said == {
        "Account": {
            "object": {"create": True, "read": True, "edit": True, "delete": True},
            "fields": {"Industry": {"read": False, "edit": True}},
        }
    }


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"sobject": "Account", "fields": {"Name": {"read": False}}}, "fields.Name"),
        ({"sobject": "Account", "fields": {"Nope": {"read": False}}}, "fields.Nope"),
        ({"sobject": "Account", "fields": {"Industry": {"reed": False}}}, "reed"),
        ({"sobject": "Nope"}, "sobject"),
        ({"sobject": "Account", "user": "nobody"}, "user"),
        ({"sobject": "Account", "profile": "System Administrator"}, "user"),
    ],
)
def test_a_bad_permission_is_told_with_a_remedy(
    api: Api, guest: Api, more: dict[str, object], key: str
) -> None:
    asked = {"user": "guest@emulator.example", **more}

    status, body = api.call("PUT", "/__emulator__/permissions", asked)

    assert (status, body["errors"][0]["field"]) == (400, key)
    assert body["errors"][0]["remedy"]


def test_a_snapshot_holds_permissions(api: Api, guest: Api) -> None:
    hide(api, "Account", "Industry")
    api.call("POST", "/__emulator__/snapshot", {"name": "hidden"})
    permit(
        api, user="guest@emulator.example", sobject="Account", fields={"Industry": {"read": True}}
    )

    api.call("POST", "/__emulator__/restore", {"name": "hidden"})

    again = Api(api.org, api.org.sessions.open(api.org.sessions.user_of(guest.token) or ""))
    assert "Industry" not in names(again, "Account")
