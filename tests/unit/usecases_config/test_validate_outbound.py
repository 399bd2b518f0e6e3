"""What an outbound job is told before it runs (T9, T11 to T14, T17), with the remedy."""

from typing import Any

import pytest

from syncline.kinds.kind import KINDS, Direction
from syncline.usecases.check_outbound import PLATFORM_ID_LENGTH, parent_target
from tests.unit.usecases_config.desk import EVENT, KEYS, TASK, VISIT, Desk, mapping

OUTBOUND = sorted(name for name, kind in KINDS.items() if kind.direction is Direction.OUTBOUND)
EVENT_DATE = ("ActivityDate", "touchpoint_date")
DAY = ("ActivityDate", "due_date")


def lines(*more: tuple[Any, ...]) -> dict[str, Any]:
    return {"mapping": mapping(*KEYS, *more)}


@pytest.mark.parametrize("kind", OUTBOUND)
def test_every_default_mapping_is_valid(kind: str) -> None:
    assert Desk().codes(kind) == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (("Subjekt", "title"), "unknown_field"),
        (("Owner.Email", "assigned_to"), "reference_field"),
        (("IsClosed", "open"), "not_writable"),
        (("ActivityDate", "open"), "wrong_type"),
        (("ActivityDate", "points"), "wrong_type"),
        (("OwnerId", "points"), "wrong_type"),
        (("WhatId", "title"), "parent_field_mapped"),
        (("whatid", "title"), "parent_field_mapped"),
        (("LastModifiedDate", "last_update_date"), "not_writable"),
    ],
)
def test_a_line_that_cannot_be_written_is_named(line: tuple[str, str], code: str) -> None:
    (finding,) = Desk().findings("tasks_outbound", **lines(line))

    assert (finding.field, finding.code, finding.line) == ("/mapping/2/salesforce", code, 2)
    assert finding.value == line[0]
    assert finding.remedy


@pytest.mark.parametrize(
    "line",
    [
        ("Closing__c", "title"),
        ("Closing__c", "open"),
        ("ActivityDate", "at"),
        ("ActivityDate", "title"),
        ("CallDurationInSeconds", "points"),
        ("CallDurationInSeconds", "title"),
        ("Description", "points"),
        ("Description", "open"),
        ("WhoId", "assigned_to"),
    ],
)
def test_types_that_can_be_made_fitting_are_accepted(line: tuple[str, str]) -> None:
    assert Desk().codes("tasks_outbound", **lines(line)) == []


def test_a_wrong_type_says_what_the_field_takes() -> None:
    (finding,) = Desk().findings("tasks_outbound", **lines(("OwnerId", "points")))

    assert finding.message == "'points' of type number cannot be written to OwnerId (reference)"
    assert finding.remedy.startswith("The field takes an attribute of type text;")


def test_a_target_is_mapped_once_but_a_source_may_feed_two() -> None:
    desk = Desk()
    double = lines(EVENT_DATE, ("StartDateTime", "touchpoint_date"))
    twice = lines(EVENT_DATE, ("activitydate", "create_date"))

    assert desk.codes("touchpoints_outbound", **double) == []
    assert desk.codes("touchpoints_outbound", **twice) == [
        ("/mapping/3/salesforce", "target_mapped_twice")
    ]


def test_missing_keys_are_named() -> None:
    found = Desk().codes("tasks_outbound", mapping=mapping(("Subject", "title")))

    assert found == [("/mapping", "missing_key"), ("/mapping", "missing_key")]


def test_a_field_that_is_set_once_is_a_warning() -> None:
    (finding,) = Desk().findings("tasks_outbound", **lines(("TaskSubtype", "title")))

    assert (finding.code, finding.severity) == ("not_updateable", "warning")


def test_a_field_that_cannot_be_set_at_creation_is_a_warning() -> None:
    desk = Desk()
    desk.field("Task", "Status", createable=False)

    (finding,) = desk.findings("tasks_outbound")

    assert (finding.code, finding.severity, finding.value) == (
        "not_createable",
        "warning",
        "Status",
    )
    assert desk.codes("tasks_outbound", create=False) == []


def test_what_is_written_once_must_be_createable() -> None:
    desk = Desk()
    desk.field("Event", "OwnerId", createable=False)

    for kind, index in (("touchpoints_outbound", 5), ("campaign_touches_outbound", 5)):
        assert desk.codes(kind) == [(f"/mapping/{index}/salesforce", "not_createable")]


def test_what_is_never_updated_need_not_be_updateable() -> None:
    desk = Desk()
    for name in ("Subject", "OwnerId", "ActivityDate"):
        desk.field("Event", name, updateable=False)

    assert desk.codes("campaign_touches_outbound") == []
    assert [code for _, code in desk.codes("touchpoints_outbound")] == ["not_updateable"] * 2


def test_the_touch_id_may_go_to_a_field_of_its_own() -> None:
    desk = Desk()
    touch = mapping(KEYS[0], ("Touch_Id__c", "external_id", True), ("ActivityDate", "start_date"))
    assert desk.codes("campaign_touches_outbound", mapping=touch) == []

    desk.field("Event", "Touch_Id__c", createable=False)

    assert desk.codes("campaign_touches_outbound", mapping=touch) == [
        ("/mapping/1/salesforce", "not_createable")
    ]


def test_a_campaign_touch_needs_its_start_date_in_activitydate() -> None:
    desk = Desk()
    timed = lines(("StartDateTime", "start_date"))

    assert desk.codes("campaign_touches_outbound", **timed) == [("/mapping", "target_not_mapped")]
    assert desk.codes("campaign_touches_outbound", **lines(("ActivityDate", "description"))) == [
        ("/mapping", "mandatory_not_mapped")
    ]


def test_a_new_event_needs_a_date_of_any_kind() -> None:
    desk = Desk()
    dateless = lines(("Subject", "subject"))

    assert desk.codes("touchpoints_outbound", **dateless) == [("/mapping", "target_not_mapped")]
    assert desk.codes("touchpoints_outbound", create=False, **dateless) == []
    timed = lines(("StartDateTime", "touchpoint_date"))
    assert desk.codes("touchpoints_outbound", **timed) == []


# --- the object -------------------------------------------------------------------------------


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


def test_a_custom_object_needs_a_parent_field() -> None:
    desk = Desk()

    (finding,) = desk.findings("tasks_outbound", **custom())

    assert (finding.field, finding.code) == ("/parent_field", "parent_field_missing")
    assert finding.remedy == "Set 'parent_field' to Account__c."
    assert desk.codes("tasks_outbound", **custom(create=False)) == []
    assert desk.codes("tasks_outbound", **custom("account__c")) == []


def test_an_object_without_a_way_to_accounts_says_what_to_create() -> None:
    desk = Desk()
    desk.field("Visit__c", "Account__c", reference_to=("Contact",))

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


def test_a_parent_field_must_be_writable_at_creation() -> None:
    desk = Desk()
    desk.field("Visit__c", "Account__c", createable=False)

    assert desk.codes("tasks_outbound", **custom("Account__c")) == [
        ("/parent_field", "not_createable")
    ]
    assert desk.codes("tasks_outbound", **custom("Account__c", create=False)) == []


def test_the_field_that_takes_the_account_is_found() -> None:
    desk = Desk()
    case = desk.setup("tasks_outbound", salesforce_object="Case")
    own = desk.setup("tasks_outbound", parent_field="Firm__c")
    desk.field("Task", "WhatId", createable=False)

    assert parent_target(desk.setup("tasks_outbound"), TASK) == "WhatId"
    assert parent_target(desk.setup("touchpoints_outbound"), EVENT) == "WhatId"
    assert parent_target(own, TASK) == "Firm__c"
    assert parent_target(desk.setup("accounts_outbound"), TASK) is None
    assert parent_target(case, VISIT) is None
    assert parent_target(case, desk.crm.org.objects["task"]) is None
    desk.field("Task", "AccountId", createable=True)
    assert parent_target(case, desk.crm.org.objects["task"]) == "AccountId"


# --- the creation key -------------------------------------------------------------------------

GOOD_KEY = {
    "external_id": True, "unique": True, "length": PLATFORM_ID_LENGTH, "createable": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"external_id": False}, "it is no external id"),
        ({"unique": False}, "it is not unique"),
        ({"length": PLATFORM_ID_LENGTH - 1}, "it holds 127 characters only"),
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

    assert desk.codes("tasks_outbound", **lines(("key__c", "title"), DAY)) == [
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
