"""What the engine is told of Salesforce, word for word."""

from datetime import timedelta

from syncline.kinds.kind import Conversion
from syncline.kinds.registry import BULK_WRITE_BACK, DIALECTS, KINDS, kind_of
from syncline.kinds.salesforce import DIALECT
from syncline.kinds.salesforce_ids import SalesforceIds

SENDING = ("tasks_outbound", "touchpoints_outbound", "campaign_touches_outbound")


def test_it_is_the_only_sort() -> None:
    assert DIALECTS == {"salesforce": DIALECT}
    assert {kind.crm for kind in KINDS.values()} == {"salesforce"}


def test_its_names() -> None:
    assert (DIALECT.name, DIALECT.title) == ("salesforce", "Salesforce")
    assert (DIALECT.id_field, DIALECT.modified_field) == ("Id", "LastModifiedDate")
    assert DIALECT.ids == SalesforceIds()
    assert DIALECT.people == ("User", "Contact")
    assert DIALECT.deletions_told == timedelta(days=14)


def test_what_it_sets_itself() -> None:
    assert set(DIALECT.stamped) == {
        "createddate", "createdby", "lastmodifieddate", "lastmodifiedby", "systemmodstamp",
        "lastactivitydate",
    }  # fmt: skip
    assert DIALECT.system == {
        "id", "isdeleted", "masterrecordid", "createdbyid", "createddate", "lastmodifiedbyid",
        "lastmodifieddate", "systemmodstamp", "lastactivitydate", "lastvieweddate",
        "lastreferenceddate",
    }  # fmt: skip
    assert DIALECT.texts == {
        "email", "name", "username", "firstname", "lastname", "alias", "phone",
    }  # fmt: skip


def test_the_id_is_known_in_any_case() -> None:
    assert DIALECT.is_id_field("id")
    assert DIALECT.is_id_field("Id")
    assert not DIALECT.is_id_field("OwnerId")


def test_leads_become_accounts() -> None:
    assert KINDS["accounts_inbound"].converted == Conversion(
        "Lead", "00Q", "ConvertedAccountId", "IsConverted = true", "IsConverted = false"
    )
    assert [name for name, kind in KINDS.items() if kind.converted] == ["accounts_inbound"]


def test_no_activity_is_about_a_lead() -> None:
    assert {name for name, kind in KINDS.items() if kind.crm_parent_not == "00Q"} == set(SENDING)
    assert KINDS["accounts_outbound"].crm_parent_not is None
    for name in SENDING:
        assert KINDS[name].passes_over == "Salesforce takes no lead beside an account"
    assert KINDS["accounts_outbound"].passes_over == "the CRM does not take it beside the rest"


def test_nothing_goes_out_without_its_owner() -> None:
    for name in ("accounts_outbound", *SENDING):
        assert KINDS[name].needed_people == {"OwnerId"}


def test_events_alone_are_asked_what_they_have() -> None:
    asked = {name: kind.asked_of_fields for name, kind in KINDS.items() if kind.asked_of_fields}

    assert asked == dict.fromkeys(SENDING[1:], ("Type", "IsAllDayEvent"))


def test_the_systems_kind_is_of_no_object() -> None:
    kind = kind_of(BULK_WRITE_BACK)

    assert (kind.name, kind.direction, kind.object) == ("bulk_write_back", "write_back", "")
    assert (kind.crm_object, kind.lines) == ("", ())
    assert kind_of("tasks_inbound") is KINDS["tasks_inbound"]
