"""What an outbound job needs of its object (T9, T11, T12): rights, parent field, creation key."""

from typing import Any

import pytest

from syncline.usecases.check_outbound import PLATFORM_ID_LENGTH
from syncline.usecases.resolve_outgoing import parent_target
from tests.unit.usecases_config.desk import EVENT, KEYS, TASK, VISIT, Desk, mapping

# --- rights and required fields ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "setting", "verb"),
    [
        ("createable", {"create": False}, "create"),
        ("deletable", {"deletes": False}, "delete"),
        ("updateable", None, "update"),
    ],
)
def test_rights_that_the_user_lacks_are_told(
    right: str, setting: dict[str, Any] | None, verb: str
) -> None:
    desk = Desk()
    desk.change("Task", **{right: False})

    (finding,) = desk.findings("tasks_outbound")

    assert (finding.field, finding.code) == ("/salesforce_object", f"cannot_{verb}")
    assert setting is None or desk.codes("tasks_outbound", **setting) == []


def test_a_touch_is_never_updated_or_deleted() -> None:
    desk = Desk()
    desk.change("Event", updateable=False, deletable=False)

    assert desk.codes("campaign_touches_outbound") == []


def test_a_field_that_a_new_record_needs_must_be_mapped() -> None:
    desk = Desk()
    visit = {"salesforce_object": "Visit__c", "parent_field": "Account__c"}
    keys = [("Account__c", "account_id", True), KEYS[1], ("Title__c", "title")]

    (finding,) = desk.findings("tasks_outbound", mapping=mapping(*keys), **visit)

    assert (finding.code, finding.value) == ("target_not_mapped", "Day__c")
    assert "or set 'create' to false" in finding.remedy
    assert desk.codes("tasks_outbound", mapping=mapping(*keys), create=False, **visit) == []
    full = mapping(*keys, ("Day__c", "due_date"))
    assert desk.codes("tasks_outbound", mapping=full, **visit) == []


@pytest.mark.parametrize(
    "changes", [{"defaulted_on_create": True}, {"type": "boolean"}, {"createable": False}]
)
def test_what_fills_itself_need_not_be_mapped(changes: dict[str, Any]) -> None:
    desk = Desk()
    desk.field("Task", "Extra__c", **{"createable": True, "nillable": False, **changes})

    assert desk.codes("tasks_outbound") == []


# --- the parent field -------------------------------------------------------------------------


def custom(parent_field: str | None = None, **settings: Any) -> dict[str, Any]:
    keys = [("Account__c", "account_id", True), KEYS[1], ("Day__c", "due_date")]
    return {
        "salesforce_object": "Visit__c", "parent_field": parent_field, "mapping": mapping(*keys),
        **settings,
    }  # fmt: skip


def test_a_custom_object_is_tied_by_its_key_line() -> None:
    assert Desk().codes("tasks_outbound", **custom()) == []


def test_a_custom_object_needs_a_parent_field() -> None:
    desk = Desk()
    desk.field("Visit__c", "Account__c", createable=False)
    desk.field("Visit__c", "Firm__c", type="reference", reference_to=("Account",), createable=True)

    (finding,) = desk.findings("tasks_outbound", **custom())

    assert (finding.field, finding.code) == ("/parent_field", "parent_field_missing")
    assert finding.remedy == "Set 'parent_field' to Firm__c."
    assert desk.codes("tasks_outbound", **custom(create=False)) == []
    assert desk.codes("tasks_outbound", **custom("firm__c")) == []


def test_an_object_without_a_way_to_accounts_says_what_to_create() -> None:
    desk = Desk()
    desk.field("Visit__c", "Account__c", createable=False, reference_to=("Contact",))

    (finding,) = desk.findings("tasks_outbound", **custom())

    assert finding.remedy.startswith("Create a lookup from Visit__c to Account")


@pytest.mark.parametrize(
    ("name", "code"),
    [("Akount__c", "unknown_field"), ("Guide__c", "wrong_type"), ("Title__c", "wrong_type")],
)
def test_a_parent_field_must_point_to_accounts(name: str, code: str) -> None:
    (finding,) = Desk().findings("tasks_outbound", **custom(name))

    assert (finding.field, finding.code, finding.value) == ("/parent_field", code, name)
    assert "Account__c" in finding.remedy


@pytest.mark.parametrize("kind", ["accounts_inbound", "accounts_outbound"])
def test_parents_are_what_accounts_are_synced_with(kind: str) -> None:
    desk = Desk()
    desk.field("Visit__c", "Client__c", type="reference", reference_to=("Client__c",))
    desk.field("Visit__c", "Client__c", createable=True)
    assert desk.codes("tasks_outbound", **custom("Client__c")) == [("/parent_field", "wrong_type")]
    elsewhere = {"salesforce_object": "Other__c", "connection": "other"}
    desk.save("accounts-elsewhere", kind, **elsewhere)

    desk.save("accounts", kind, salesforce_object="client__c")

    assert desk.codes("tasks_outbound", **custom("Client__c")) == []
    (finding,) = desk.findings("tasks_outbound", **custom("Account__c"))
    assert finding.message.startswith("Account__c does not point to client__c")
    assert finding.remedy == "Set 'parent_field' to Client__c."


def test_a_parent_field_must_be_writable_at_creation() -> None:
    desk = Desk()
    desk.field("Visit__c", "Account__c", createable=False)

    assert desk.codes("tasks_outbound", **custom("Account__c")) == [
        ("/parent_field", "not_createable")
    ]
    assert desk.codes("tasks_outbound", **custom("Account__c", create=False)) == []


def test_the_field_that_takes_the_account_is_found() -> None:
    desk = Desk()
    visit = desk.setup("tasks_outbound", **custom())
    own = desk.setup("tasks_outbound", parent_field="Firm__c")

    assert parent_target(desk.setup("tasks_outbound"), TASK) == "WhatId"
    assert parent_target(desk.setup("touchpoints_outbound"), EVENT) == "WhatId"
    assert parent_target(own, TASK) == "Firm__c"
    assert parent_target(visit, VISIT) == "Account__c"
    assert parent_target(desk.setup("accounts_outbound"), TASK) is None


def test_a_field_that_nobody_can_set_takes_no_account() -> None:
    desk = Desk()
    desk.field("Task", "WhatId", createable=False)

    assert parent_target(desk.setup("tasks_outbound"), desk.crm.org.objects["task"]) is None


# --- the creation key -------------------------------------------------------------------------

GOOD_KEY = {
    "external_id": True, "unique": True, "case_sensitive": True, "createable": True,
    "length": 255,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"external_id": False}, "it is no external id"),
        ({"unique": False}, "it is not unique"),
        ({"length": PLATFORM_ID_LENGTH}, "it holds 128 characters only"),
        ({"case_sensitive": False}, "it does not tell capital from small letters"),
        ({"createable": False}, "the connected user cannot set it"),
        ({"type": "double"}, "it is of type double, not a text"),
    ],
)
def test_a_creation_key_must_fit(changes: dict[str, Any], said: str) -> None:
    desk = Desk(creation_keys={"task": "Key__c"})
    desk.field("Task", "Key__c", **{**GOOD_KEY, **changes})

    (finding,) = desk.findings("tasks_outbound")

    assert (finding.field, finding.code) == ("/connection", "creation_key_unfit")
    assert finding.message.endswith(f"Task.Key__c: {said}")
    assert desk.codes("tasks_outbound", create=False) == []


def test_a_creation_key_that_fits_is_not_mentioned() -> None:
    desk = Desk(creation_keys={"Task": "Key__c"})
    desk.field("Task", "Key__c", **GOOD_KEY)

    assert desk.codes("tasks_outbound") == []
    assert desk.codes("touchpoints_outbound") == []


def test_a_creation_key_is_written_by_nothing_else() -> None:
    desk = Desk(creation_keys={"Task": "Key__c"})
    desk.field("Task", "Key__c", **{**GOOD_KEY, "updateable": True})

    assert desk.codes("tasks_outbound", mapping=mapping(*KEYS, ("key__c", "title"))) == [
        ("/connection", "creation_key_unfit")
    ]


# --- conditions -------------------------------------------------------------------------------


def test_conditions_are_checked_with_the_workspaces_own_attributes() -> None:
    own = {"attribute": "points", "operator": "greater", "value": 3}
    wrong = {"attribute": "points", "operator": "equals", "value": "many"}

    found = Desk().findings("tasks_outbound", conditions=[own, wrong])

    assert [(each.field, each.code, each.value) for each in found] == [
        ("/conditions/1/value", "value_does_not_fit", "many")
    ]


def test_external_id_must_be_a_text() -> None:
    desk = Desk()
    desk.field("Task", "Number__c", type="double", createable=True, updateable=True)
    lines = mapping(KEYS[0], ("Number__c", "external_id", True), ("Subject", "title"))

    found = desk.findings("tasks_outbound", mapping=lines)

    assert [each.field for each in found if each.code == "wrong_type"] == ["/mapping/1/salesforce"]
