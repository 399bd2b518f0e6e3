"""What an outbound job settled: kept attributes, values in another form, deletions after it."""

from dataclasses import replace
from typing import Any

import pytest

from syncline.engine import merge as merging
from syncline.engine.decide import decide
from syncline.engine.outgoing_rules import OutgoingLine
from syncline.engine.outgoing_values import settled_by
from syncline.engine.plan import Action, Verb
from syncline.engine.records import PlatformRecord
from tests.unit.engine import situations as inbound
from tests.unit.engine.outgoing_situations import (
    EARLY,
    LATE,
    LINES,
    NOON,
    TASK,
    decided,
    edited,
    found,
    link,
    record,
    rules,
    shown,
    view,
)

KEPT: dict[str, Any] = {"frozen": frozenset({"status"})}
GONE = record(deleted=True, values={})


def sent(action: Action) -> dict[str, Any]:
    return dict(action.send.values) if action.send else {}


def test_what_stays_on_the_platform_is_told() -> None:
    assert rules().kept == {"account_id"}
    assert rules(**KEPT).kept == {"account_id", "status"}
    assert rules(parent=None, **KEPT).kept == {"status"}


def test_a_kept_attribute_is_sent_when_edited() -> None:
    moved = view(link(baseline=shown(status="Moved")))

    assert sent(decided(record(values={"status": "Done"}), moved, **KEPT)) == {}
    assert sent(decided(edited(status="Done"), moved, **KEPT)) == {"Status": "Done"}


@pytest.mark.parametrize(("settled", "expected"), [("Done", {}), ("Old", {"Status": "Done"})])
def test_a_kept_attribute_is_sent_once(settled: str, expected: dict[str, str]) -> None:
    known = view(link(baseline=shown(status="Moved"), sent={"status": settled}))

    assert sent(decided(edited(status="Done"), known, **KEPT)) == expected


@pytest.mark.parametrize(("edits", "verb"), [({}, Verb.SKIP), ({"title": "Mine"}, Verb.UPDATE)])
def test_a_move_waits_for_its_account(edits: dict[str, str], verb: Verb) -> None:
    line = OutgoingLine("Account__c", "account_id", "reference", "text")
    mine, known = edited(account_id="a2", **edits), view(link())
    job: dict[str, Any] = {"lines": (line, *LINES[2:])}

    action = decided(mine, known, **job)
    previewed = decided(mine, known, **job, apply_parent_rule=False)
    nobody_s = decided(record(values={"account_id": "a2"}), known, **job)

    assert (action.verb, action.crm_id, action.waits_for) == (verb, "00T000000000001AAA", "a2")
    assert [name for name, _, _ in action.changes] == list(edits)
    assert (previewed.waits_for, nobody_s.waits_for) == (None, None)


def test_a_lost_contest_is_told_with_the_wait() -> None:
    line = OutgoingLine("Account__c", "account_id", "reference", "text")
    known = view(link(), found=found(title="Theirs"))

    action = decided(edited(account_id="a2", title="Mine"), known, lines=(line, *LINES[2:]))

    assert (action.verb, len(action.contests), action.waits_for) == (Verb.LEAVE, 1, "a2")


def test_what_is_settled_is_the_platforms() -> None:
    action = decided(edited(title="Mine", note="x"), view(link()), lines=(
        *LINES, OutgoingLine("Note__c", "note", "string", "text"),
    ))  # fmt: skip

    assert settled_by(replace(action, values={"title": "mine", "note": "X"}), rules()) == {
        "title": "Mine", "note": "X",
    }  # fmt: skip
    assert settled_by(replace(action, values=None), rules()) == {"title": "Mine"}


# --- deletions after our own write ------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent_at", "changes", "verb"),
    [
        (None, {}, Verb.DELETE),
        (None, {"title": "Theirs"}, Verb.HOLD),
        (LATE, {}, Verb.DELETE),
        (LATE, {"title": "Theirs"}, Verb.HOLD),
        (EARLY, {"title": "Theirs"}, Verb.HOLD),
    ],
)
def test_only_another_value_holds_a_deletion(
    sent_at: str | None, changes: dict[str, str], verb: Verb
) -> None:
    known = view(link(sent_at=sent_at), found=found(LATE, **changes))

    assert decided(GONE, known).verb is verb


def test_an_unpaired_change_holds_a_deletion() -> None:
    alone: dict[str, Any] = {"paired": {}}

    assert decided(GONE, view(link(), found=found(LATE)), **alone).verb is Verb.HOLD
    assert decided(GONE, view(link(sent_at=LATE), found=found(LATE)), **alone).verb is Verb.DELETE
    assert decided(GONE, view(link(), found=found(NOON)), **alone).verb is Verb.DELETE


@pytest.mark.parametrize(("stamp", "verb"), [("", Verb.DELETE), (EARLY, Verb.HOLD)])
def test_what_salesforce_filled_in_is_no_edit(stamp: str, verb: Verb) -> None:
    made = link(baseline=shown(status=None), sent_at=LATE, stamp=stamp)

    assert decided(GONE, view(made, found=found(LATE, status="Open"))).verb is verb


def test_a_field_that_is_not_read_holds_nothing() -> None:
    lines = (*LINES, OutgoingLine("Note__c", "note", "string", "text"))
    known = view(link(sent={"note": "x"}), found=found(LATE))

    assert decided(GONE, known, lines=lines).verb is Verb.DELETE


# --- the inbound side of it -------------------------------------------------------------------


def test_a_settled_value_gives_way_to_the_crm() -> None:
    mine = inbound.record(values={"title": "CALL ADA"}, updated_at=inbound.NOW)
    known = inbound.link(sent={"title": "CALL ADA", "note": "x"})
    found_there = inbound.finding(title="Call Bob")

    action = decide(found_there, inbound.view(known, records=(mine,)), inbound.rules(), LATE)

    assert (action.verb, action.reason) == (Verb.UPDATE, "changed")
    assert action.link is not None
    assert action.link.sent == {"title": "Call Bob", "note": "x"}


def test_an_unsettled_value_is_contested() -> None:
    mine = inbound.record(values={"title": "Mine"}, updated_at=inbound.NOW)
    known = inbound.link(sent={"title": "CALL ADA"})

    action = decide(
        inbound.finding(title="Call Bob"), inbound.view(known, records=(mine,)), inbound.rules(),
        LATE,
    )  # fmt: skip

    assert action.reason == "platform_is_later"


@pytest.mark.parametrize(("title", "changes"), [("CALL ADA", ["status"]), ("Mine", [])])
def test_whole_records_leave_what_is_settled(title: str, changes: list[str]) -> None:
    mine = PlatformRecord("task", "t1", 1, {"title": title, "status": "Open"}, LATE)

    merge = merging.merge_record(
        baseline={"title": "Call Ada", "status": "Open"},
        crm={"title": "Call Ada", "status": "Done"},
        modified=NOON,
        record=mine,
        attributes=("title", "status"),
        policy="latest",
        whole_record=True,
        settled={"title": "CALL ADA"},
    )

    assert [name for name, _, _ in merge.changes] == changes


def test_what_nobody_maps_is_not_agreed() -> None:
    mine = PlatformRecord("task", "t1", 1, {}, LATE, edits={"note": LATE, "title": LATE})

    merge = merging.merge_record(
        baseline={"title": "Call Ada"},
        crm={},
        modified=NOON,
        record=mine,
        attributes=("title",),
        policy="latest",
    )

    assert merge.agreed == {"title"}


def test_a_whole_record_goes_to_the_later_side() -> None:
    mine = PlatformRecord(
        "task", "t1", 1, {"title": "Mine", "status": "Open"}, EARLY, edits={"title": EARLY}
    )
    both: dict[str, Any] = {
        "baseline": {"title": "Call", "status": "Open"}, "modified": NOON, "record": mine,
        "attributes": ("title", "status"), "policy": "latest", "whole_record": True,
    }  # fmt: skip

    taken = merging.merge_record(crm={"title": "Call", "status": "Done"}, **both)
    kept = merging.merge_record(crm={"title": "Call", "status": "Open"}, **both)

    assert taken.changes == (("title", "Mine", "Call"), ("status", "Open", "Done"))
    assert [contest.winner for contest in taken.contests] == ["crm", "crm"]
    assert (kept.changes, kept.contests) == ((), ())


def test_what_the_crm_changed_is_not_settled() -> None:
    mine = PlatformRecord("task", "t1", 1, {"title": "CALL ADA", "status": "Mine"}, EARLY)

    merge = merging.merge_record(
        baseline={"title": "Call Ada", "status": "Open"},
        crm={"title": "Call Bob", "status": "Open"},
        modified=NOON,
        record=mine,
        attributes=("title", "status"),
        policy="latest",
        whole_record=True,
        settled={"title": "CALL ADA"},
    )

    assert [name for name, _, _ in merge.changes] == ["title", "status"]


def test_a_first_match_agrees_on_what_is_the_same() -> None:
    known = view(carried={"t1": TASK}, found=found(EARLY, title="Theirs"))
    mine = edited(title="Mine", status="Open")

    won = decided(mine, known)
    lost = decided(mine, known, policy="salesforce")
    held = decided(mine, known, policy="hold")

    same = {"status": "Open", "assigned_to": "ada@example.com"}
    assert (won.verb, won.values) == (Verb.UPDATE, {**same, "title": "Mine"})
    assert (lost.verb, lost.values) == (Verb.LINK, same)
    assert (held.verb, held.values) == (Verb.HOLD, None)
