"""What both sides have the same: each may have come to it by itself, or to end a contest."""

from typing import Any

from syncline.engine.outgoing_rules import OutgoingLine
from syncline.engine.plan import Action, Verb
from syncline.engine.records import Value
from tests.unit.engine.outgoing_situations import (
    LINES,
    decided,
    edited,
    found,
    link,
    record,
    shown,
    view,
)


def told(action: Action) -> tuple[Verb, str, str]:
    return action.verb, action.reason, action.detail


def sent(action: Action) -> dict[str, Value]:
    return dict(action.send.values) if action.send else {}


def test_the_same_edit_is_agreed_and_not_sent() -> None:
    action = decided(edited(title="Call Bob"), view(link(), found=found(title="Call Bob")))

    assert told(action) == (Verb.LINK, "agreed_meanwhile", "")
    assert (action.values, action.agreed, action.send) == (
        {"title": "Call Bob"}, {"title": "Call Bob"}, None,
    )  # fmt: skip


def test_the_same_edit_is_agreed_beside_another() -> None:
    mine = edited(title="Call Bob", status="Done")

    action = decided(mine, view(link(), found=found(title="Call Bob")))

    assert (told(action), sent(action)) == ((Verb.UPDATE, "changed", ""), {"Status": "Done"})
    assert (action.values, action.agreed) == (
        {"title": "Call Bob", "status": "Done"}, {"title": "Call Bob"},
    )  # fmt: skip


def test_the_platform_keeps_its_own_form_of_it() -> None:
    mine = edited(assigned_to="BOB@example.com")

    action = decided(mine, view(link(), found=found(assigned_to="Bob@Example.com")))

    assert action.values == {"assigned_to": "Bob@Example.com"}
    assert action.agreed == {"assigned_to": "BOB@example.com"}


def test_the_same_clearing_is_agreed() -> None:
    action = decided(edited(status=None), view(link(), found=found(status=None)))

    assert told(action) == (Verb.LINK, "agreed_meanwhile", "")
    assert action.values == {"status": None}


def test_what_cannot_be_said_is_not_agreed() -> None:
    owner = OutgoingLine("OwnerId", "assigned_to", "reference", "text", person=True, strict=False)
    mine = edited(assigned_to="nobody@example.com")
    known = view(link(), found=found(assigned_to=None))

    action = decided(mine, known, lines=(*LINES[:-1], owner))

    assert told(action) == (Verb.LEAVE, "unchanged", "")


def test_what_is_never_read_is_not_agreed() -> None:
    note = OutgoingLine("Note__c", "note", "string", "text")
    mine = edited(note=None)

    action = decided(mine, view(link(sent={"note": "Old"}), found=found()), lines=(*LINES, note))

    assert sent(action) == {"Note__c": None}
    assert (action.values, action.agreed) == ({"note": None}, {})


def test_what_only_this_job_maps_is_agreed_in_its_form() -> None:
    note = OutgoingLine("Note__c", "note", "string", "text")
    job: dict[str, Any] = {"lines": (*LINES, note), "shown": {"note": "string"}}

    action = decided(edited(note="Same"), view(link(), found=found(note="Same")), **job)

    assert told(action) == (Verb.LINK, "agreed_meanwhile", "")
    assert (action.values, action.agreed) == ({"note": "Same"}, {})


def test_what_is_agreed_before_is_agreed_once() -> None:
    known = view(link(baseline=shown(title="Call Bob")), found=found(title="Call Bob"))

    assert told(decided(edited(title="Call Bob"), known)) == (Verb.LEAVE, "unchanged", "")


# --- after a contest that was held ------------------------------------------------------------


def test_a_held_contest_settled_is_agreed() -> None:
    held = link(reason="contested")

    action = decided(edited(title="Call Bob"), view(held, found=found(title="Call Bob")))

    assert told(action) == (Verb.LINK, "agreed_meanwhile", "")
    assert action.values == {"title": "Call Bob"}


def test_a_held_contest_set_back_is_agreed() -> None:
    action = decided(record(), view(link(reason="contested"), found=found()))

    assert told(action) == (Verb.LINK, "agreed_meanwhile", "")
    assert action.values == {}


def test_what_salesforce_alone_changed_is_still_to_be_brought() -> None:
    held = view(link(reason="contested"), found=found(title="Call Bob", status="Done"))

    action = decided(edited(title="Call Bob"), held)

    assert (told(action)[0], action.values) == (Verb.LINK, {"title": "Call Bob"})


def test_a_held_contest_not_fetched_is_left() -> None:
    action = decided(record(), view(link(reason="contested")))

    assert told(action) == (Verb.LEAVE, "unchanged", "")


def test_a_held_contest_lost_is_later() -> None:
    held = view(link(reason="contested"), found=found(title="Theirs"))

    assert decided(edited(title="Mine"), held).reason == "crm_is_later"
