"""The two jobs of a pair: same object, same keys (T2), and values that come back as they went."""

from typing import Any

import pytest

from tests.unit.usecases_config.desk import KEYS, Desk, mapping

VISIT: dict[str, Any] = {
    "salesforce_object": "Visit__c",
    "mapping": mapping(
        ("Account__c", "account_id", True), KEYS[1], ("Title__c", "title"), ("Day__c", "due_date")
    ),
}


def test_jobs_that_agree_have_no_finding() -> None:
    desk = Desk()
    desk.save("in", "tasks_inbound", mapping=mapping(*reversed(KEYS), ("Subject", "title")))

    assert desk.codes("tasks_outbound", salesforce_object="task") == []


def test_another_object_names_both_jobs_and_the_remedy() -> None:
    desk = Desk()
    desk.save("in", "tasks_inbound")

    found = desk.findings("tasks_outbound", name="out", parent_field="Account__c", **VISIT)

    ours = [each for each in found if each.code == "pair_disagrees"]
    assert [each.field for each in ours] == ["/salesforce_object", "/mapping/0/salesforce"]
    assert ours[0].message.startswith("'out' uses the object Visit__c and 'in' Task;")
    assert ours[0].remedy.startswith("Write Task here or Visit__c in 'in';")
    assert (ours[0].severity, ours[0].value, ours[0].line) == ("error", "Visit__c", None)


@pytest.mark.parametrize(
    ("attribute", "index", "field"), [("account_id", 0, "WhatId"), ("external_id", 1, "Key__c")]
)
def test_another_key_is_told_with_its_line(attribute: str, index: int, field: str) -> None:
    desk = Desk()
    desk.field("Task", "Key__c")
    own = [(field, each[1], True) if each[1] == attribute else each for each in KEYS]
    desk.save("out", "tasks_outbound")

    (finding,) = desk.findings(
        "tasks_inbound", name="in", mapping=mapping(*own, ("Subject", "title"))
    )

    assert (finding.code, finding.field) == ("pair_disagrees", f"/mapping/{index}/salesforce")
    assert f"'in' maps '{attribute}' to {field} and 'out' {KEYS[index][0]};" in finding.message
    assert (finding.line, finding.value) == (index, field)


def test_every_job_of_the_other_direction_is_compared() -> None:
    desk = Desk()
    other = mapping(("WhatId", "account_id", True), KEYS[1], ("Subject", "title"))
    desk.save("in-1", "tasks_inbound", mapping=other)
    desk.save("in-2", "tasks_inbound")
    desk.save("in-3", "tasks_inbound", mapping=other)

    found = desk.findings("tasks_outbound")

    assert [each.message.split("'")[5] for each in found] == ["in-1", "in-3"]


@pytest.mark.parametrize(
    ("name", "kind", "settings"),
    [
        ("in", "tasks_inbound", {"connection": "other", **VISIT}),
        ("in", "touchpoints_inbound", {}),
        ("in", "tasks_inbound", {"enabled": False, **VISIT}),
        ("out-2", "tasks_outbound", VISIT),
    ],
)
def test_who_is_no_pair_is_not_compared(name: str, kind: str, settings: dict[str, Any]) -> None:
    desk = Desk()
    desk.save(name, kind, **settings)

    assert desk.codes("tasks_outbound") == []


def test_a_connection_may_have_a_pair_for_each_object() -> None:
    desk = Desk()
    desk.save("tasks-in", "tasks_inbound")
    desk.save("tasks-out", "tasks_outbound")

    assert desk.codes("tasks_inbound", name="visits-in", **VISIT) == []
    desk.save("visits-in", "tasks_inbound", **VISIT)
    visits = {**VISIT, "parent_field": "Account__c"}
    assert desk.codes("tasks_outbound", name="visits-out", **visits) == []
    assert [code for _, code in desk.codes("tasks_outbound", name="tasks-out", **visits)] == []
    desk.save("tasks-out", "tasks_outbound", enabled=False)
    assert desk.codes("tasks_outbound", name="more", **visits) == []


def test_a_job_leaving_its_pair_behind_disagrees_with_it() -> None:
    desk = Desk()
    desk.save("in", "tasks_inbound")
    desk.save("out", "tasks_outbound")

    codes = {code for _, code in desk.codes("tasks_inbound", name="in", **VISIT)}

    assert codes == {"pair_disagrees"}


def test_a_job_that_is_off_is_only_warned() -> None:
    desk = Desk()
    desk.save("in", "tasks_inbound")
    visits = {**VISIT, "parent_field": "Account__c"}

    found = desk.findings("tasks_outbound", enabled=False, **visits)

    assert {(each.code, each.severity) for each in found} == {("pair_disagrees", "warning")}


def test_accounts_are_paired_by_their_key_alone() -> None:
    desk = Desk()
    desk.field("Account", "Key__c", createable=True, updateable=True)
    desk.save("in", "accounts_inbound")
    name = ("Name", "name")

    assert desk.codes("accounts_outbound") == []
    assert desk.codes(
        "accounts_outbound", mapping=mapping(("Key__c", "external_id", True), name)
    ) == [("/mapping/0/salesforce", "pair_disagrees")]


def test_a_campaign_touch_has_no_pair() -> None:
    desk = Desk()
    desk.save("in", "touchpoints_inbound")
    touch = mapping(KEYS[0], ("Touch_Id__c", "external_id", True), ("ActivityDate", "start_date"))

    assert desk.codes("campaign_touches_outbound", mapping=touch) == []


# --- values -----------------------------------------------------------------------------------

DOUBLE = mapping(
    *KEYS, ("Subject", "subject"), ("ActivityDate", "touchpoint_date"),
    ("StartDateTime", "touchpoint_date"),
)  # fmt: skip
TIMED = mapping(*KEYS, ("Subject", "subject"), ("StartDateTime", "touchpoint_date"))


@pytest.mark.parametrize(
    ("saved_first", "line"), [("touchpoints_inbound", 3), ("touchpoints_outbound", 4)]
)
def test_a_time_of_day_that_does_not_come_back_is_a_warning(saved_first: str, line: int) -> None:
    desk = Desk()
    settings: dict[str, dict[str, Any]] = {
        "touchpoints_inbound": {}, "touchpoints_outbound": {"mapping": DOUBLE},
    }  # fmt: skip
    desk.save("first", saved_first, **settings[saved_first])
    second = next(each for each in settings if each != saved_first)

    found = desk.findings(second, **settings[second])

    assert [(each.code, each.severity) for each in found] == [("time_of_day_lost", "warning")]
    assert found[0].remedy == "Map StartDateTime to 'touchpoint_date' in the inbound job."
    assert found[0].field == f"/mapping/{line}/salesforce"


def test_a_start_that_is_read_back_is_fine() -> None:
    desk = Desk()
    desk.save("in", "touchpoints_inbound", mapping=TIMED)

    assert desk.codes("touchpoints_outbound", mapping=DOUBLE) == []


@pytest.mark.parametrize("path", ["WhoId", "Who.Email"])
def test_participants_come_in_as_ids_or_emails(path: str) -> None:
    desk = Desk()
    people = [*KEYS, ("Subject", "subject"), (path, "participants")]
    dated = [*KEYS, ("ActivityDate", "touchpoint_date"), ("WhoId", "participants")]
    desk.save("in", "touchpoints_inbound", mapping=mapping(*people))

    assert desk.codes("touchpoints_outbound", mapping=mapping(*dated)) == []


@pytest.mark.parametrize(("setting", "value"), [("conflicts", "platform"), ("merge", "record")])
def test_policies_that_differ_are_warned_of(setting: str, value: str) -> None:
    desk = Desk()
    desk.save("in", "tasks_inbound")

    (finding,) = desk.findings("tasks_outbound", name="out", **{setting: value})

    assert (finding.code, finding.severity) == ("pair_policy_differs", "warning")
    assert (finding.field, finding.value) == (f"/{setting}", value)
    assert "'out' decides by" in finding.message


# --- two that send ----------------------------------------------------------------------------


def test_attribute_sent_to_two_fields_is_warned_of() -> None:
    desk = Desk()
    desk.save("out-1", "tasks_outbound", mapping=mapping(*KEYS, ("Description", "title")))

    (finding,) = desk.findings("tasks_outbound", name="out-2")

    assert (finding.code, finding.severity) == ("sent_to_two_fields", "warning")
    assert finding.field == "/mapping/2/salesforce"
    assert "'title' goes out to Subject, and in 'out-1' to Description;" in finding.message


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("tasks_outbound", {"connection": "other"}),
        ("tasks_outbound", {"enabled": False}),
        ("tasks_outbound", {"salesforce_object": "Visit__c"}),
        ("touchpoints_outbound", {"salesforce_object": "Task"}),
    ],
)
def test_who_sends_something_else_is_not_warned_of(kind: str, settings: dict[str, Any]) -> None:
    desk = Desk()
    desk.save("out-1", kind, mapping=mapping(*KEYS, ("Description", "title")), **settings)

    assert desk.codes("tasks_outbound", name="out-2") == []


def test_same_field_in_two_jobs_is_fine() -> None:
    desk = Desk()
    desk.save("out-1", "tasks_outbound", mapping=mapping(*KEYS, ("subject", "title")))

    assert desk.codes("tasks_outbound", name="out-2") == []


def test_one_policy_has_two_names() -> None:
    desk = Desk()
    desk.save("in", "tasks_inbound", conflicts="salesforce")

    assert desk.codes("tasks_outbound", name="out", conflicts="crm") == []
