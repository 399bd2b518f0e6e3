"""What the lines of an outbound job are told (T12 to T14, T17, T18), with the remedy."""

from typing import Any

import pytest

from syncline.kinds.kind import Direction
from syncline.kinds.registry import KINDS
from tests.unit.usecases_config.desk import KEYS, Desk, mapping

OUTBOUND = sorted(name for name, kind in KINDS.items() if kind.direction is Direction.OUTBOUND)
EVENT_DATE = ("ActivityDate", "touchpoint_date")


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
        (("CreatedById", "assigner"), "not_writable"),
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


def test_a_key_is_a_field_of_the_object_itself() -> None:
    desk = Desk()
    deep = mapping(("What.Id", "account_id", True), KEYS[1], ("Subject", "title"))

    assert desk.codes("tasks_outbound", mapping=deep) == [
        ("/mapping/0/salesforce", "reference_field")
    ]


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
        ("/mapping", "mandatory_not_mapped"),
        ("/mapping", "target_not_mapped"),
    ]
    both = lines(("StartDateTime", "start_date"), ("ActivityDate", "description"))
    (finding,) = desk.findings("campaign_touches_outbound", **both)
    assert (finding.code, "from start_date" in finding.remedy) == ("target_not_mapped", True)
    twice = lines(("StartDateTime", "start_date"), ("ActivityDate", "start_date"))
    assert desk.codes("campaign_touches_outbound", **twice) == []


def test_a_new_event_needs_a_date_of_any_kind() -> None:
    desk = Desk()
    dateless = lines(("Subject", "subject"))

    assert desk.codes("touchpoints_outbound", **dateless) == [("/mapping", "target_not_mapped")]
    assert desk.codes("touchpoints_outbound", create=False, **dateless) == []
    timed = lines(("StartDateTime", "touchpoint_date"))
    assert desk.codes("touchpoints_outbound", **timed) == []
