# ruff: noqa: S608  the statements are what is tested
"""What statements without groups find and show: TYPEOF, functions, scopes, orders, comparisons.

That conditions and orders are right for any data is the matter of tests/property/emulator.
"""

import pytest

from local.salesforce.ids import mint
from local.salesforce.inprocess import Api


def field(api: Api, sobject: str, name: str, **more: object) -> None:
    status, body = api.call(
        "POST", "/__emulator__/fields", {"sobject": sobject, "name": name, **more}
    )
    assert status == 200, body


def names(api: Api, statement: str) -> list[str]:
    return [record["Name"] for record in api.query(statement)]


def related(api: Api) -> dict[str, str]:
    """A task about an account with a contact, one about a campaign with a lead, one alone."""
    account = api.create("Account", Name="Acme", Phone="1")
    contact = api.create("Contact", LastName="C", Email="c@x.example", AccountId=account)
    campaign = api.create("Campaign", Name="Fair")
    lead = api.create("Lead", LastName="L", Company="Lead Inc")
    api.create("Task", Subject="1", WhoId=contact, WhatId=account)
    api.create("Task", Subject="2", WhatId=campaign)
    api.create("Task", Subject="3", WhoId=lead)
    api.create("Task", Subject="4")
    return {"account": account, "contact": contact, "campaign": campaign, "lead": lead}


def test_typeof_shows_the_fields_of_the_type(api: Api) -> None:
    related(api)

    found = api.query(
        "SELECT TYPEOF Who WHEN Contact THEN Email, Account.Name WHEN Lead THEN Company END"
        " FROM Task ORDER BY Subject"
    )

    assert [each["Who"] for each in found] == [
        {"Email": "c@x.example", "Account": {"Name": "Acme"}},
        None,
        {"Company": "Lead Inc"},
        None,
    ]


def test_typeof_without_a_match_shows_else_or_nothing(api: Api) -> None:
    ids = related(api)
    statement = "SELECT TYPEOF What WHEN Account THEN Phone{} END FROM Task ORDER BY Subject"

    _, with_else = api.call("GET", "query", q=statement.format(" ELSE Name, Type"))
    without = api.query(statement.format(""))

    shown = [each["What"] for each in with_else["records"]]
    base = "/services/data/v62.0/sobjects"
    assert shown == [
        {
            "attributes": {"type": "Account", "url": f"{base}/Account/{ids['account']}"},
            "Phone": "1",
        },
        {
            "attributes": {"type": "Name", "url": f"{base}/Campaign/{ids['campaign']}"},
            "Name": "Fair",
            "Type": "Campaign",
        },
        None,
        None,
    ]
    assert [each["What"] for each in without] == [{"Phone": "1"}, None, None, None]


def test_polymorphic_parents_are_filtered_by_type_and_name(api: Api) -> None:
    related(api)

    leads = api.query("SELECT Subject FROM Task WHERE Who.Type = 'Lead'")
    others = api.query("SELECT Subject FROM Task WHERE What.Type IN ('Account', 'Campaign')")
    owned = api.query(
        "SELECT Owner.Email, Owner.Profile.Name FROM Task WHERE Owner.Name = 'integration user'"
        " LIMIT 1"
    )

    assert [each["Subject"] for each in leads] == ["3"]
    assert sorted(each["Subject"] for each in others) == ["1", "2"]
    assert owned[0]["Owner"]["Email"] == "integration@emulator.example"
    assert owned[0]["Owner"]["Profile"]["Name"]


def test_labels_stand_for_values_in_select_and_where(api: Api) -> None:
    api.create("Account", Name="A", CleanStatus="Matched")
    api.create("Account", Name="B", CleanStatus="Different")

    labels = api.query("SELECT toLabel(CleanStatus) FROM Account ORDER BY Name")
    both = api.query("SELECT CleanStatus, toLabel(CleanStatus) shown FROM Account WHERE Name = 'A'")
    found = names(api, "SELECT Name FROM Account WHERE toLabel(CleanStatus) = 'in sync'")

    assert labels == [{"CleanStatus": "In Sync"}, {"CleanStatus": "Different"}]
    assert both == [{"CleanStatus": "Matched", "shown": "In Sync"}]
    assert found == ["A"]


def test_format_follows_the_locale_and_the_zone_of_the_user(api: Api) -> None:
    api.load(
        "Account",
        [{"Name": "A", "AnnualRevenue": 1234567.0, "NumberOfEmployees": 1200,
          "CreatedDate": "2026-03-08T10:05:00Z"}],
    )  # fmt: skip

    found = api.query(
        "SELECT FORMAT(AnnualRevenue) revenue, FORMAT(NumberOfEmployees) staff,"
        " FORMAT(CreatedDate) made, convertCurrency(AnnualRevenue) FROM Account"
    )

    assert found == [
        {
            "revenue": "$1,234,567",
            "staff": "1,200",
            "made": "3/8/2026, 3:05 AM",
            "AnnualRevenue": 1234567.0,
        }
    ]


def test_distance_finds_shows_and_sorts(api: Api) -> None:
    places = {"Berlin": (52.52, 13.405), "Potsdam": (52.4, 13.07), "Paris": (48.86, 2.35)}
    for name, (latitude, longitude) in places.items():
        api.create("Account", Name=name, BillingLatitude=latitude, BillingLongitude=longitude)
    api.create("Account", Name="Nowhere")
    here = "DISTANCE(BillingAddress, GEOLOCATION(52.4, 13.07), '{}')"
    kilometres, miles = here.format("km"), here.format("mi")

    near = names(api, f"SELECT Name FROM Account WHERE {kilometres} < 50 ORDER BY {kilometres}")
    far = names(api, f"SELECT Name FROM Account WHERE {kilometres} > 50")
    shown = api.query(f"SELECT {kilometres}, {miles} miles FROM Account WHERE Name = 'Berlin'")

    assert (near, far) == (["Potsdam", "Berlin"], ["Paris"])
    assert 25 < shown[0]["expr0"] < 27
    assert 15.5 < shown[0]["miles"] < 17


def test_scopes_narrow_to_owners(api: Api) -> None:
    other = mint("005", 70)
    api.load("User", [{"Id": other, "LastName": "O", "Username": "o@x.example", "IsActive": True}])
    api.create("Account", Name="Own")
    api.create("Account", Name="Other", OwnerId=other)

    mine = names(api, "SELECT Name FROM Account USING SCOPE mine")
    everything = names(api, "SELECT Name FROM Account USING SCOPE everything ORDER BY Name")

    assert (mine, everything) == (["Own"], ["Other", "Own"])


def test_picklists_sort_by_their_list_and_others_come_last(api: Api) -> None:
    for priority in ("Low", "Zero", "High", "Any", "Normal"):
        api.create("Task", Subject=priority, Priority=priority)

    up = api.query("SELECT Priority FROM Task ORDER BY Priority")
    down = api.query("SELECT Priority FROM Task ORDER BY Priority DESC")

    order = ["High", "Normal", "Low", "Any", "Zero"]
    assert [each["Priority"] for each in up] == order
    assert [each["Priority"] for each in down] == order[::-1]


def test_text_sorts_by_its_capitals(api: Api) -> None:
    for name in ("b", "A_", "AB", "a", "C"):
        api.create("Account", Name=name)

    assert names(api, "SELECT Name FROM Account ORDER BY Name") == ["a", "AB", "A_", "b", "C"]


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_nulls_of_a_reference_are_first_whatever_is_said(api: Api, direction: str) -> None:
    account = api.create("Account", Name="A")
    api.create("Contact", LastName="With", AccountId=account)
    api.create("Contact", LastName="Without")

    found = api.query(f"SELECT LastName FROM Contact ORDER BY AccountId {direction} NULLS LAST")

    assert [each["LastName"] for each in found] == ["Without", "With"]


def test_only_case_sensitive_fields_tell_capitals_apart(api: Api) -> None:
    field(api, "Account", "Code__c", type="string", length=20, external_id=True, unique=True,
          case_sensitive=True)  # fmt: skip
    api.create("Account", Name="Upper", Code__c="AB")
    api.create("Account", Name="lower", Code__c="ab")

    assert names(api, "SELECT Name FROM Account WHERE Code__c = 'ab'") == ["lower"]
    assert names(api, "SELECT Name FROM Account WHERE Name = 'UPPER'") == ["Upper"]
    assert len(names(api, "SELECT Name FROM Account WHERE Code__c LIKE 'a%'")) == 2


def test_a_missing_flag_counts_as_false(api: Api) -> None:
    account = api.create("Account", Name="A")
    api.create("Contact", LastName="With", AccountId=account)
    api.create("Contact", LastName="Without")

    for condition in ("Account.IsDeleted = false", "Account.IsDeleted = null"):
        assert len(api.query(f"SELECT Id FROM Contact WHERE {condition}")) == 2
    for condition in ("Account.IsDeleted = true", "Account.IsDeleted != null"):
        assert api.query(f"SELECT Id FROM Contact WHERE {condition}") == []


def test_as_many_conditions_fit_as_a_statement_has_room_for(api: Api) -> None:
    api.create("Account", Name="N3999")
    wanted = " OR ".join(f"Name = 'N{at}'" for at in range(4_000))

    assert names(api, f"SELECT Name FROM Account WHERE {wanted}") == ["N3999"]
    assert names(api, f"SELECT Name FROM Account WHERE NOT ({wanted})") == []


def test_ids_of_15_characters_are_as_good(api: Api) -> None:
    account = api.create("Account", Name="A")
    api.create("Account", Name="Child", ParentId=account)

    assert names(api, f"SELECT Name FROM Account WHERE Id = '{account[:15]}'") == ["A"]
    assert names(api, f"SELECT Name FROM Account WHERE ParentId IN ('{account[:15]}')") == ["Child"]


def test_sources_of_from_give_parents_a_short_name(api: Api) -> None:
    account = api.create("Account", Name="A")
    api.create("Contact", LastName="C", AccountId=account)

    found = api.query("SELECT c.LastName, a.Name FROM Contact c, c.Account a WHERE a.Name = 'A'")

    assert found == [{"LastName": "C", "Account": {"Name": "A"}}]


@pytest.mark.parametrize(
    ("purpose", "column"), [("VIEW", "LastViewedDate"), ("REFERENCE", "LastReferencedDate")]
)
def test_what_is_viewed_or_referenced_is_marked(api: Api, purpose: str, column: str) -> None:
    api.create("Account", Name="A")

    api.query(f"SELECT Id FROM Account FOR {purpose}")

    found = api.query(f"SELECT {column}, SystemModstamp FROM Account")
    assert found == [
        {column: "2026-03-10T12:00:00.000+0000", "SystemModstamp": found[0]["SystemModstamp"]}
    ]


def test_a_sub_select_sees_the_bin_where_the_statement_does(api: Api) -> None:
    account = api.create("Account", Name="A")
    contact = api.create("Contact", LastName="C", AccountId=account)
    api.call("DELETE", f"sobjects/Contact/{contact}")
    statement = "SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Contact)"

    assert api.query(statement) == []
    assert api.query(statement, everything=True) == [{"Name": "A"}]
