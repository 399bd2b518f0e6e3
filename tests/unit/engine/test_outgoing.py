"""What becomes of a platform record on its way to the CRM, situation by situation."""

from typing import Any

import pytest

from syncline.engine.outgoing_rules import OutgoingRules
from syncline.engine.plan import Action, Send, SendKind, Verb
from syncline.engine.records import LinkState
from syncline.kinds.salesforce import DIALECT
from tests.unit.engine.outgoing_situations import (
    ACCOUNT,
    ADA,
    EARLY,
    LATE,
    NOON,
    TASK,
    decided,
    edited,
    found,
    link,
    record,
    shown,
    view,
)

CARRIED: dict[str, Any] = {"carried": {"t1": TASK}}


def told(action: Action) -> tuple[Verb, str, str]:
    return action.verb, action.reason, action.detail


def test_a_bare_job_creates_and_does_not_delete() -> None:
    bare = OutgoingRules("task", (), {}, DIALECT)

    assert (bare.create, bare.deletes, bare.apply_parent_rule) == (True, False, True)
    assert (bare.parent, bare.parent_field, bare.key_prefix) == (None, None, None)
    assert (bare.policy, bare.whole_record, bare.always_new) == ("latest", False, False)
    assert (bare.prepare, bare.included, bare.parent_not) == (None, None, None)
    assert bare.passes_over == ""


# --- creation ---------------------------------------------------------------------------------


def test_a_new_record_is_sent_under_its_account() -> None:
    action = decided(record(), view())

    assert told(action) == (Verb.CREATE, "new", "")
    assert action.send == Send(
        SendKind.CREATE, None,
        {"Subject": "Call Ada", "Status": "Open", "OwnerId": ADA, "WhatId": ACCOUNT},
        ACCOUNT, 7,
    )  # fmt: skip
    assert action.values == shown()
    assert action.changes == (
        ("title", None, "Call Ada"), ("status", None, "Open"),
        ("assigned_to", None, "ada@example.com"),
    )  # fmt: skip
    assert (action.key, action.platform_id, action.crm_id) == ("t1", "t1", None)
    assert (action.stamp, action.modified, action.previous) == ("", NOON, None)


def test_an_empty_value_is_not_sent() -> None:
    action = decided(record(values={"status": None}), view())

    assert action.send is not None
    assert "Status" not in action.send.values
    assert action.values == shown(status=None)


def test_creation_can_be_turned_off() -> None:
    action = decided(record(), view(), create=False)

    assert told(action) == (Verb.SKIP, "create_off", "the job does not create records")


@pytest.mark.parametrize(("account", "waits_for"), [("a2", "a2"), (None, None)])
def test_without_its_account_it_waits(account: str | None, waits_for: str | None) -> None:
    homeless = record()
    homeless.values = {**homeless.values, "account_id": account}

    action = decided(homeless, view())

    assert told(action) == (
        Verb.SKIP,
        "account_not_matched",
        "its account has no match in Salesforce; it is sent when it has one",
    )
    assert action.waits_for == waits_for


def test_the_preview_knows_no_parent_rule() -> None:
    action = decided(record(), view(parents={}), apply_parent_rule=False)

    assert action.send is not None
    assert (action.verb, action.send.parent) == (Verb.CREATE, "")
    assert "WhatId" not in action.send.values
    assert action.waits_for is None


def test_an_account_is_sent_without_a_parent() -> None:
    action = decided(record(), view(), parent=None, parent_field=None)

    assert action.send is not None
    assert (action.send.parent, "WhatId" in action.send.values) == ("", False)
    assert action.values == shown(account_id=None)


def test_a_parent_without_a_field_is_not_sent() -> None:
    action = decided(record(), view(), parent_field=None)

    assert action.send is not None
    assert (action.send.parent, "WhatId" in action.send.values) == (ACCOUNT, False)


@pytest.mark.parametrize(
    ("name", "reason", "detail"),
    [
        (
            "eve@example.com",
            "person_not_found",
            "no active user of Salesforce has the address in 'assigned_to'",
        ),
        (
            "two@example.com",
            "person_ambiguous",
            "2 active users of Salesforce have the address in 'assigned_to'; OwnerId needs one",
        ),
    ],
)
def test_an_owner_must_be_one_person(name: str, reason: str, detail: str) -> None:
    action = decided(record(values={"assigned_to": name}), view())

    assert told(action) == (Verb.REJECT, reason, detail)
    assert action.send is None


def test_what_the_object_demands_is_sent_too() -> None:
    def prepare(given: Any, values: Any, creating: bool) -> dict[str, Any]:
        return {**values, "Type": given["title"], "New": creating, "Empty": None}

    created = decided(record(), view(), prepare=prepare).send
    updated = decided(edited(title="Call Bob"), view(link()), prepare=prepare).send

    assert created is not None
    assert updated is not None
    assert (created.values["Type"], created.values["New"]) == ("Call Ada", True)
    assert "Empty" not in created.values
    assert updated.values == {
        "Subject": "Call Bob", "Type": "Call Bob", "New": False, "Empty": None,
    }  # fmt: skip


# --- what is not sent -------------------------------------------------------------------------


@pytest.mark.parametrize("linked", [True, False])
def test_what_the_filter_leaves_out_stays(*, linked: bool) -> None:
    known = view(link()) if linked else view()

    action = decided(edited(title="Call Bob"), known, included=lambda _values: False)

    assert told(action) == (Verb.LEAVE, "filtered", "")


def test_what_the_filter_takes_is_sent() -> None:
    action = decided(record(), view(), included=lambda values: values["status"] == "Open")

    assert action.verb is Verb.CREATE


def test_a_mandatory_value_must_be_there() -> None:
    untitled = record(values={"title": None})

    assert told(decided(untitled, view())) == (
        Verb.REJECT, "no_title", "a task needs a title; nothing was sent",
    )  # fmt: skip
    assert decided(record(), view(), mandatory=(("title",), ("due",))).reason == "no_due"


def test_one_of_two_is_enough() -> None:
    either = (("subject", "title"),)

    assert decided(record(), view(), mandatory=either).verb is Verb.CREATE
    assert decided(record(values={"title": None}), view(), mandatory=either).reason == (
        "no_subject_or_title"
    )


def test_a_record_sent_once_is_never_updated() -> None:
    action = decided(edited(title="Call Bob"), view(link()), always_new=True)

    assert told(action) == (Verb.LEAVE, "sent_already", "")
    assert (action.crm_id, action.previous, action.stamp) == (TASK, "run/0/0/0", EARLY)


def test_always_new_asks_for_no_match() -> None:
    action = decided(record(), view(**CARRIED, found=found()), always_new=True)

    assert action.verb is Verb.CREATE


def test_a_record_gone_from_salesforce_is_skipped() -> None:
    action = decided(edited(title="Call Bob"), view(link(), fetched=frozenset({TASK})))

    detail = "its Salesforce record is gone; should that come back, this is sent"
    assert told(action) == (Verb.SKIP, "deleted_in_crm", detail)
    assert action.waits_for == TASK


# --- matching by External Id ------------------------------------------------------------------


def test_a_carried_id_is_matched() -> None:
    same = decided(record(), view(**CARRIED, found=found()))
    other = decided(edited(at=LATE, title="Call Bob"), view(**CARRIED, found=found(EARLY)))

    assert told(same) == (Verb.LINK, "matched", "matched by the External Id that it carries")
    assert (same.crm_id, same.send) == (TASK, None)
    assert (other.verb, other.reason) == (Verb.UPDATE, "matched_and_differs")
    assert other.send == Send(SendKind.UPDATE, TASK, {"Subject": "Call Bob"}, "", 7)


def test_a_match_waits_for_its_account() -> None:
    known = view(**CARRIED, found=found(), parents={})

    waiting = decided(record(), known)

    assert (waiting.verb, waiting.reason) == (Verb.SKIP, "account_not_matched")
    assert (waiting.waits_for, waiting.send) == ("a1", None)
    assert decided(record(), known, apply_parent_rule=False).verb is Verb.LINK
    assert decided(record(), known, parent=None).verb is Verb.LINK


def test_a_match_fills_what_is_empty() -> None:
    action = decided(record(), view(**CARRIED, found=found(status=None)))

    assert action.send is not None
    assert action.send.values == {"Status": "Open"}


def test_a_match_clears_nothing() -> None:
    action = decided(record(values={"status": None}), view(**CARRIED, found=found()))

    assert (action.verb, action.send) == (Verb.LINK, None)


def test_an_unknown_external_id_is_refused() -> None:
    action = decided(record(), view(**CARRIED))

    assert told(action) == (
        Verb.REJECT,
        "unknown_external_id",
        "no task in Salesforce has the External Id that it carries",
    )


@pytest.mark.parametrize(
    ("state", "reason", "detail"),
    [
        (
            LinkState.ALIAS,
            "merged_away",
            "its Salesforce record was merged into 00T9; it is no longer written",
        ),
        (
            LinkState.LINKED,
            "already_linked",
            "its Salesforce record already belongs to another record of the platform",
        ),
    ],
)
def test_a_match_that_cannot_be_is_held(state: LinkState, reason: str, detail: str) -> None:
    known = {"t1": link(state=state, winner="00T9", platform_id="t2")}

    action = decided(record(), view(**CARRIED, known=known, found=found()))

    assert told(action) == (Verb.HOLD, reason, detail)
    assert (action.crm_id, action.previous) == (TASK, "run/0/0/0")


def test_a_dead_link_is_no_hindrance() -> None:
    known = {"t1": link(state=LinkState.REJECTED, platform_id=None)}

    assert decided(record(), view(**CARRIED, known=known, found=found())).verb is Verb.LINK
