"""Where attributes go, by mapping and live describe: each mode, and each flaw by its word."""

from typing import Any

import pytest

from syncline.config.attribute import Attribute
from syncline.engine.write_lines import Mode, WriteLine
from syncline.errors import ConflictError
from syncline.kinds.salesforce import DIALECT
from syncline.memory.crm import MemoryCrm
from syncline.memory.org import described
from syncline.ports import JsonObject, Stored
from syncline.usecases.save_attribute import SaveAttribute
from syncline.usecases.write_lines import (
    inbound_jobs,
    settings_of,
    targets,
    write_lines,
    written_back,
)
from tests.unit.usecases_config.desk import KEYS, Desk, mapping

ON = Attribute(write_back=True)
EDIT = Attribute(write_back=True, reference="edit_value")
USER = described(
    "User", {"Email": "email", "Title": "string", "Name": "string", "AboutMe": "textarea"},
    key_prefix="005",
)  # fmt: skip
GROUP = described("Group", {"Email": "email", "Name": "string"}, key_prefix="00G")


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.crm.org.objects["user"] = USER  # type: ignore[index]
    made.crm.org.objects["group"] = GROUP  # type: ignore[index]
    return made


def lines(
    desk: Desk, path: str, attribute: str, settings: Attribute = ON, kind: str = "tasks_inbound"
) -> dict[str, WriteLine]:
    setup = desk.setup(kind, mapping=mapping(*KEYS, (path, attribute)))
    return write_lines(setup, desk.crm, {attribute: settings})


def flaw(line: WriteLine) -> str | None:
    return line.flaw[0] if line.flaw else None


def test_a_field_is_known_as_the_org_describes_it(desk: Desk) -> None:
    picked = {"picklist": ("High", "Low"), "restricted": True, "length": 20, "nillable": False}
    desk.field("Task", "Priority", type="picklist", **picked)

    (line,) = lines(desk, "priority", "priority").values()

    assert line == WriteLine(
        "priority", "text", "priority", "picklist", Mode.FIELD, "Priority", DIALECT,
        length=20, picklist=("High", "Low"), nillable=False,
    )  # fmt: skip


def test_an_open_picklist_takes_any_value(desk: Desk) -> None:
    desk.field("Task", "Priority", type="picklist", picklist=("High",), restricted=False)

    assert lines(desk, "Priority", "priority")["priority"].picklist == ()


def test_of_users_and_queues_the_user_is_meant(desk: Desk) -> None:
    (line,) = lines(desk, "Owner.Email", "assigned_to").values()

    assert line == WriteLine(
        "assigned_to", "text", "Owner.Email", "email", Mode.UPDATE_REFERENCE, "OwnerId", DIALECT,
        object="User", by="Email", reference="OwnerId",
    )  # fmt: skip


def test_editing_leads_to_the_field_of_the_other(desk: Desk) -> None:
    (line,) = lines(desk, "Owner.Title", "assigned_to", EDIT).values()

    assert line == WriteLine(
        "assigned_to", "text", "Owner.Title", "string", Mode.EDIT_VALUE, "Title", DIALECT,
        object="User", reference="OwnerId", prefix="005",
    )  # fmt: skip


@pytest.mark.parametrize("settings", [ON, EDIT])
def test_a_reference_field_itself_takes_ids(desk: Desk, settings: Attribute) -> None:
    line = lines(desk, "OwnerId", "assigned_to", settings)["assigned_to"]

    assert (line.mode, line.field, line.by_id) == (Mode.UPDATE_REFERENCE, "OwnerId", True)


def test_a_path_to_an_id_takes_ids(desk: Desk) -> None:
    line = lines(desk, "Owner.Id", "assigned_to")["assigned_to"]

    assert (line.by_id, flaw(line)) == (True, None)


def test_only_what_is_switched_on_has_a_line(desk: Desk) -> None:
    assert lines(desk, "Priority", "priority", Attribute()) == {}
    assert set(write_lines(desk.setup("tasks_inbound"), desk.crm, {"status": ON})) == {"status"}


@pytest.mark.parametrize("updateable", [True, False])
def test_a_right_to_the_object_is_needed_too(desk: Desk, updateable: bool) -> None:
    desk.change("Task", updateable=updateable)

    assert lines(desk, "Priority", "priority")["priority"].updateable is updateable


def test_the_right_to_the_reference_counts(desk: Desk) -> None:
    desk.field("Task", "OwnerId", updateable=False)

    assert lines(desk, "Owner.Email", "assigned_to")["assigned_to"].updateable is False


@pytest.mark.parametrize(
    ("path", "attribute", "settings", "word"),
    [
        ("Owner.Manager.Name", "assigned_to", ON, "deep_reference"),
        ("AccountId", "account_id", ON, "key_attribute"),
        ("Subject", "external_id", ON, "key_attribute"),
        ("Subjekt", "title", ON, "unknown_field"),
        ("Owner.Mail", "assigned_to", ON, "unknown_field"),
        ("Boss.Email", "assigned_to", ON, "unknown_field"),
        ("SystemModstamp", "at", ON, "not_writable"),
        ("CreatedBy.Email", "assigner", ON, "not_writable"),
        ("CreatedBy.Title", "assigner", EDIT, None),
        ("Owner.Id", "assigned_to", EDIT, "not_writable"),
        ("WhatId", "assigner", ON, "not_writable"),
        ("Owner.AboutMe", "assigned_to", ON, "wrong_type"),
        ("Owner.AboutMe", "assigned_to", EDIT, None),
    ],
)
def test_a_flaw_is_told_by_its_word(
    desk: Desk, path: str, attribute: str, settings: Attribute, word: str | None
) -> None:
    made = desk.setup("tasks_inbound", mapping=mapping((path, attribute)))

    (line,) = write_lines(made, desk.crm, {attribute: settings}).values()

    assert flaw(line) == word


def test_a_time_of_day_cannot_be_sent(desk: Desk) -> None:
    desk.field("Task", "Opens__c", type="time", updateable=True)

    assert flaw(lines(desk, "Opens__c", "title")["title"]) == "wrong_type"


def test_one_flaw_leaves_the_others_be(desk: Desk) -> None:
    setup = desk.setup("tasks_inbound", mapping=mapping(*KEYS, ("No__c", "title"),
                                                        ("Status", "status")))  # fmt: skip

    found = write_lines(setup, desk.crm, {"title": ON, "status": ON})

    assert {name: flaw(line) for name, line in found.items()} == {
        "title": "unknown_field", "status": None,
    }  # fmt: skip


def test_what_is_hidden_behind_a_reference_is_told() -> None:
    task = described("Task", {}, references={"OwnerId": ("User",)})
    desk = Desk()
    desk.crm = MemoryCrm([task])

    assert flaw(lines(desk, "Owner.Email", "assigned_to")["assigned_to"]) == "unknown_object"


def test_who_made_a_touchpoint_is_never_changed(desk: Desk) -> None:
    found = lines(desk, "Owner.Email", "creator", kind="touchpoints_inbound")

    assert flaw(found["creator"]) == "not_writable"


def test_participants_are_never_changed(desk: Desk) -> None:
    found = lines(desk, "Who.Email", "participants", kind="touchpoints_inbound")

    assert flaw(found["participants"]) == "key_attribute"


def test_the_key_contact_is_written_back_like_any_reference(desk: Desk) -> None:
    people = {"Key_ContactId": ("Contact",), "OwnerId": ("User",)}
    desk.crm.org.objects["account"] = described("Account", {"Name": "string"}, references=people)  # type: ignore[index]
    setup = desk.setup("accounts_inbound", mapping=mapping(("Key_Contact.Email", "city")))

    (line,) = write_lines(setup, desk.crm, {"city": ON}).values()

    assert (line.object, line.by, line.field, line.flaw) == (
        "Contact", "Email", "Key_ContactId", None,
    )  # fmt: skip


# --- over all jobs ----------------------------------------------------------------------------


def put(desk: Desk, name: str, **settings: Any) -> None:
    body = Attribute(**settings).model_dump(mode="json")
    assert desk.cloud.configuration.put("acme", "attribute", name, body, expected=0)


def test_inbound_jobs_of_the_object_count(desk: Desk) -> None:
    desk.save("b", "tasks_inbound", connection="other", enabled=False)
    desk.save("a", "tasks_inbound", mapping=mapping(*KEYS, ("Owner.Name", "status")))
    desk.save("c", "tasks_outbound")
    desk.save("d", "accounts_inbound")

    jobs = inbound_jobs(desk.cloud.configuration, "acme", "task")

    told = [(each.connection, each.job, each.path, str(each.mode))
            for each in targets(jobs, "status", EDIT)]  # fmt: skip
    assert told == [("crm", "a", "Owner.Name", "edit_value"), ("other", "b", "Status", "field")]


def test_settings_are_found_by_object(desk: Desk) -> None:
    put(desk, "task.title", write_back=True)
    put(desk, "task.status")
    put(desk, "account.name", write_back=True)

    assert set(settings_of(desk.cloud.configuration, "acme", "task")) == {"title", "status"}
    assert set(written_back(desk.cloud.configuration, "acme", "task")) == {"title"}


# --- two at once ------------------------------------------------------------------------------


class Meanwhile:
    """Configuration in which somebody else saves another assignment just before this one."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.kept = desk.cloud.configuration

    def put(
        self, workspace: str, type: str, name: str, body: JsonObject, *, expected: int
    ) -> Stored | None:
        if self.kept.get("acme", "attribute", "task.assigner") is None:
            put(self.desk, "task.assigner", write_back=True, assignment=True)
        return self.kept.put(workspace, type, name, body, expected=expected)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.kept, name)


def test_of_two_assignments_at_once_one_goes_back(desk: Desk) -> None:
    desk.save("tasks", "tasks_inbound")
    save = SaveAttribute(Meanwhile(desk), lambda *_: desk.crm)

    with pytest.raises(ConflictError) as caught:
        save("acme", "task", "assigned_to", ON.model_copy(update={"assignment": True}))

    assert caught.value.code == "changed_meanwhile"
    on = written_back(desk.cloud.configuration, "acme", "task")
    assert set(on) == {"assigner"}
