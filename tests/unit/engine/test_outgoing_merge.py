"""What a linked record sends: its own changes, and of contested ones those that win."""

from typing import Any

import pytest

from syncline.engine.outgoing_rules import OutgoingLine
from syncline.engine.plan import Action, Send, SendKind, Verb
from syncline.engine.records import PlatformRecord, Value
from tests.unit.engine.outgoing_situations import (
    ACCOUNT,
    ADA,
    BOB,
    EARLY,
    LATE,
    LINES,
    NOON,
    PAIRED,
    TASK,
    decided,
    edited,
    found,
    link,
    record,
    shown,
    view,
)

CRM_WINS = f"the Salesforce edit of {LATE} is not earlier than {NOON}"


def told(action: Action) -> tuple[Verb, str, str]:
    return action.verb, action.reason, action.detail


def sent(action: Action) -> dict[str, Value]:
    return dict(action.send.values) if action.send else {}


def test_what_is_as_agreed_is_left() -> None:
    assert told(decided(record(), view(link()))) == (Verb.LEAVE, "unchanged", "")


def test_only_what_changed_is_sent() -> None:
    action = decided(edited(title="Call Bob"), view(link()))

    assert told(action) == (Verb.UPDATE, "changed", "")
    assert action.send == Send(SendKind.UPDATE, TASK, {"Subject": "Call Bob"}, ACCOUNT, 7)
    assert action.changes == (("title", "Call Ada", "Call Bob"),)
    assert (action.values, action.contests) == ({"title": "Call Bob"}, [])
    assert (action.crm_id, action.stamp, action.modified) == (TASK, EARLY, NOON)


def test_a_cleared_value_is_cleared_there() -> None:
    action = decided(edited(status=None), view(link()))

    assert sent(action) == {"Status": None}
    assert (action.changes, action.values) == ((("status", "Open", None),), {"status": None})


def test_without_parents_no_order_is_known() -> None:
    action = decided(edited(title="Call Bob"), view(link()), parent=None)

    assert action.send is not None
    assert action.send.parent == ""


def test_a_baseline_without_parent_has_no_order() -> None:
    homeless = link(baseline=shown(account_id=None))

    action = decided(edited(title="Call Bob"), view(homeless))

    assert action.send is not None
    assert action.send.parent == ""


def test_edits_of_different_fields_are_both_kept() -> None:
    action = decided(edited(title="Call Bob"), view(link(), found=found(status="Done")))

    assert (told(action), sent(action)) == (
        (Verb.UPDATE, "changed", ""), {"Subject": "Call Bob"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "modified", "verdict", "wins"),
    [
        ("latest", LATE, (Verb.LEAVE, "crm_is_later"), "crm"),
        ("latest", EARLY, (Verb.UPDATE, "contested"), "platform"),
        ("latest", NOON, (Verb.LEAVE, "crm_is_later"), "crm"),
        ("platform", LATE, (Verb.UPDATE, "contested"), "platform"),
        ("salesforce", EARLY, (Verb.LEAVE, "crm_is_later"), "crm"),
        ("hold", EARLY, (Verb.HOLD, "contested"), "hold"),
    ],
)
def test_a_policy_decides_contested_fields(
    policy: str, modified: str, verdict: tuple[Verb, str], wins: str
) -> None:
    known = view(link(), found=found(modified, title="Call Cleo"))

    action = decided(edited(title="Call Bob"), known, policy=policy)

    assert (action.verb, action.reason) == verdict
    assert action.contests == [("title", "Call Cleo", "Call Bob", wins)]
    assert action.detail.startswith("title: the ")
    assert sent(action) == ({"Subject": "Call Bob"} if wins == "platform" else {})


def test_contests_are_told_one_after_another() -> None:
    known = view(link(), found=found(title="Theirs", status="Theirs"))

    lost = decided(edited(title="Mine", status="Mine"), known)
    won = decided(edited(title="Mine", status="Mine"), known, policy="platform")
    held = decided(edited(title="Mine", status="Mine"), known, policy="hold")

    assert lost.detail == f"title: {CRM_WINS}; status: {CRM_WINS}"
    assert (
        won.detail == "title: the job lets the platform win; status: the job lets the platform win"
    )
    assert held.detail.count("; ") == 1


def test_a_lost_contest_does_not_stop_others() -> None:
    mine = edited(title="Mine", status="Done")

    action = decided(mine, view(link(), found=found(title="Theirs")))

    assert (action.reason, sent(action)) == ("contested", {"Status": "Done"})


def test_the_time_of_the_field_decides() -> None:
    mine = record(values={"title": "Mine"}, edits={"title": EARLY, "status": LATE}, updated_at=LATE)

    action = decided(mine, view(link(), found=found(NOON, title="Theirs")))

    assert action.reason == "crm_is_later"


@pytest.mark.parametrize(("updated_at", "reason"), [(LATE, "contested"), (EARLY, "later")])
def test_without_an_edit_time_the_record_decides(updated_at: str, reason: str) -> None:
    mine = record(values={"title": "Mine"}, updated_at=updated_at)

    action = decided(mine, view(link(), found=found(NOON, title="Theirs")))

    assert action.reason.endswith(reason)


# --- whole records ----------------------------------------------------------------------------


@pytest.mark.parametrize(("modified", "wins"), [(EARLY, "platform"), (LATE, "crm")])
def test_whole_records_win_or_lose(modified: str, wins: str) -> None:
    known = view(link(), found=found(modified, status="Done"))

    action = decided(edited(title="Mine"), known, whole_record=True)

    assert [(each[0], each[3]) for each in action.contests] == [("title", wins), ("status", wins)]
    assert sent(action) == (
        {"Subject": "Mine", "Status": "Open"} if wins == "platform" else {}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("mine", "theirs"), [(record(), {"status": "Done"}), (edited(title="Mine"), {})]
)
def test_one_side_alone_is_no_contest(mine: PlatformRecord, theirs: dict[str, Any]) -> None:
    action = decided(mine, view(link(), found=found(**theirs)), whole_record=True)

    assert action.contests == []
    assert sent(action) == ({"Subject": "Mine"} if not theirs else {})


def test_the_last_edit_of_all_decides() -> None:
    mine = record(
        values={"title": "Mine"}, edits={"title": EARLY, "status": LATE}, updated_at=EARLY
    )

    action = decided(mine, view(link(), found=found(NOON, title="Theirs")), whole_record=True)

    assert [each[3] for each in action.contests] == ["platform"]


def test_what_is_never_updated_is_no_contest() -> None:
    known = view(link(), found=found(LATE, note="shown, and sent at creation only"))

    action = decided(edited(title="Mine"), known, whole_record=True)

    assert (sent(action), action.contests) == ({"Subject": "Mine"}, [])


def test_a_gap_that_nobody_knows_of_is_filled() -> None:
    note = OutgoingLine("Note__c", "note", "string", "text")
    mine = edited(title="Mine", note="Mine, too")
    known = view(link(), found=found(LATE, title="Theirs"))
    job: dict[str, Any] = {"lines": (*LINES, note), "shown": {"note": "string"}}

    action = decided(mine, known, whole_record=True, **job)

    assert (sent(action), len(action.contests)) == ({"Note__c": "Mine, too"}, 1)


# --- people -----------------------------------------------------------------------------------


def test_a_person_is_found_by_address() -> None:
    action = decided(edited(assigned_to="BOB@example.com"), view(link()))

    assert (sent(action), action.values) == (
        {"OwnerId": BOB}, {"assigned_to": "Bob@Example.com"},
    )  # fmt: skip


def test_a_person_is_named_by_id() -> None:
    action = decided(edited(assigned_to=BOB), view(link()))

    assert (sent(action), action.values) == ({"OwnerId": BOB}, {"assigned_to": BOB})


def test_an_id_is_read_back_as_one() -> None:
    paired = {**PAIRED, "assigned_to": "Reference"}
    known = view(link(baseline=shown(assigned_to=ADA)))

    same = decided(record(), known, paired=paired)
    other = decided(edited(assigned_to="bob@example.com"), known, paired=paired)

    assert same.reason == "unchanged"
    assert other.values == {"assigned_to": BOB}


@pytest.mark.parametrize(
    "names", ["eve@example.com; bob@example.com", ",two@example.com,bob@example.com"]
)
def test_the_first_who_is_found_is_sent(names: str) -> None:
    assert sent(decided(edited(assigned_to=names), view(link()))) == {"OwnerId": BOB}


def test_nobody_found_refuses_the_record() -> None:
    action = decided(edited(title="Mine", assigned_to="eve@example.com"), view(link()))

    assert (action.verb, action.reason) == (Verb.REJECT, "person_not_found")


def test_an_unchanged_stranger_refuses_nothing() -> None:
    agreed = link(baseline=shown(assigned_to="eve@example.com"))
    mine = edited(title="Mine")
    mine.values = {**mine.values, "assigned_to": "eve@example.com"}

    assert sent(decided(mine, view(agreed))) == {"Subject": "Mine"}


def test_a_cleared_person_is_cleared() -> None:
    assert sent(decided(edited(assigned_to=None), view(link()))) == {"OwnerId": None}


def test_a_stranger_among_participants_is_left_out() -> None:
    lenient = (*LINES[:4], LINES[4].__class__("WhoId", "assigned_to", "reference", "text",
                                              person=True, strict=False))  # fmt: skip
    mine = edited(title="Mine", assigned_to="eve@example.com")

    action = decided(mine, view(link()), lines=lenient)

    assert sent(action) == {"Subject": "Mine"}
    assert [name for name, _, _ in action.changes] == ["title"]
