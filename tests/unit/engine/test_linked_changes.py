"""What becomes of a CRM record that is linked: merged, its own write again, or moved."""

from dataclasses import replace
from typing import Any

import pytest

from syncline.engine.decide import decide
from syncline.engine.mapping import Line, RowMapper
from syncline.engine.plan import Action, Verb
from tests.unit.engine.situations import (
    EARLY,
    LATE,
    LINES,
    NOW,
    TASK,
    finding,
    link,
    record,
    rules,
    values,
    view,
)

OTHER = "001000000000009AAA"
FROZEN = "its account changed in Salesforce; the account of an existing record stays as it is"
STAMPED = rules(
    mapper=RowMapper((*LINES, Line("LastModifiedDate", "last_update_date", "datetime", "datetime")))
)


def told(action: Action) -> tuple[Verb, str]:
    return action.verb, action.reason


def test_a_change_is_written_over_what_was_read() -> None:
    before = record(deleted=False, sync="run/0/0/0")

    action = decide(finding(status="Done"), view(link(), records=(before,)), rules(), NOW)

    assert action.record == replace(
        before, version=8, values={**before.values, "status": "Done"}, updated_at=NOW
    )
    assert (action.record_before, action.link_before) == (before, link())
    assert (action.detail, action.contests) == ("", ())


def test_what_the_crm_cleared_is_gone() -> None:
    action = decide(finding(status=None), view(link(), records=(record(),)), rules(), NOW)

    assert action.record is not None
    assert "status" not in action.record.values


def test_agreed_edits_are_forgotten() -> None:
    edited = record(
        values={"title": "Mine", "status": "Done"}, edits={"title": NOW, "status": EARLY}
    )
    found = finding(status="Done", external_id="erp-7")

    action = decide(found, view(link(), records=(edited,)), rules(), NOW)

    assert action.record is not None
    assert action.record.edits == {"title": NOW}


def test_a_held_contest_tells_both_values() -> None:
    edited = record(values={"title": "Call Cleo"}, edits={"title": EARLY})
    found = finding(title="Call Bob")

    action = decide(found, view(link(), records=(edited,)), rules(policy="hold"), NOW)

    assert action.detail == "title: the job holds contested fields for a person"
    assert action.contests == (("title", "Call Bob", "Call Cleo", "hold"),)
    assert action.platform_id == "t1"


def test_contests_are_told_one_after_another() -> None:
    edited = record(
        values={"title": "Mine", "status": "Mine"}, edits={"title": EARLY, "status": EARLY}
    )
    found = finding(title="Theirs", status="Theirs", account_id=OTHER)

    action = decide(found, view(link(), records=(edited,)), rules(policy="platform"), NOW)

    won = "the job lets the platform win"
    assert action.detail == f"title: {won}; status: {won}; {FROZEN}"


def test_a_move_alone_is_told() -> None:
    action = decide(finding(account_id=OTHER), view(link(), records=(record(),)), rules(), NOW)

    assert (*told(action), action.detail) == (Verb.SKIP, "account_never_changes", FROZEN)


def test_a_move_with_a_change_is_written_without() -> None:
    found = finding(account_id=OTHER, status="Done")

    action = decide(found, view(link(), records=(record(),)), rules(), NOW)

    assert (told(action), action.detail) == ((Verb.UPDATE, "changed"), FROZEN)
    assert action.record is not None
    assert action.record.values["account_id"] == "a1"


def test_an_account_first_seen_is_no_move() -> None:
    unseen = link(baseline=values(account_id=None))

    action = decide(finding(), view(unseen, records=(record(),)), rules(), NOW)

    assert told(action) == (Verb.LEAVE, "agreed_meanwhile")


def test_an_account_means_nothing_without_a_parent() -> None:
    written = record(sync="run/0/0/0")
    job = rules(parent=None)

    action = decide(finding(account_id=OTHER), view(link(), records=(written,)), job, NOW)

    assert told(action) == (Verb.UPDATE, "changed")


def test_the_case_of_an_external_id_is_no_difference() -> None:
    lower = record(edits={"title": NOW}, values={"title": "Mine"})

    action = decide(finding(status="Done"), view(link(), records=(lower,)), rules(), NOW)

    assert action.changes == (("status", "Open", "Done"),)


def test_a_new_external_id_is_stored_folded() -> None:
    action = decide(finding(external_id="ERP-7"), view(link(), records=(record(),)), rules(), NOW)

    assert action.changes == (("external_id", TASK.lower(), "erp-7"),)


def test_a_new_external_id_is_no_other_change() -> None:
    found = finding(external_id=TASK.lower())

    action = decide(found, view(link(), records=(record(),)), rules(), NOW)

    assert (told(action), action.changes) == ((Verb.LEAVE, "agreed_meanwhile"), ())


def test_an_external_id_that_is_its_own_is_merged() -> None:
    own = view(link(), records=(record(),), matches={TASK.lower(): "t1"})

    action = decide(finding(status="Done"), own, rules(), NOW)

    assert told(action) == (Verb.UPDATE, "changed")


def test_whole_records_are_folded_before_they_are_compared() -> None:
    unwritten = record(updated_at=NOW)

    action = decide(
        finding(status="Done"), view(link(), records=(unwritten,)), rules(whole_record=True), NOW
    )

    assert (told(action), action.contests) == ((Verb.UPDATE, "changed"), ())


# --- our own writes (X3) ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent_at", "changed", "expected"),
    [
        (LATE, {}, "own_write"),
        (NOW, {}, "own_write"),
        (EARLY, {}, "agreed_meanwhile"),
        (None, {}, "agreed_meanwhile"),
        (LATE, {"last_update_date": LATE}, "own_write"),
        (LATE, {"last_update_date": LATE, "status": "Done"}, "changed"),
        (LATE, {"status": None}, "changed"),
    ],
)
def test_our_own_write_is_no_change(
    sent_at: str | None, changed: dict[str, Any], expected: str
) -> None:
    sent = link(sent_at=sent_at)

    action = decide(finding(**changed), view(sent, records=(record(),)), STAMPED, NOW)

    assert action.reason == expected
    assert (action.link is None) == (expected == "own_write")


def test_who_and_when_is_no_own_write_later() -> None:
    sent = link(sent_at=EARLY)
    found = finding(last_update_date=LATE)

    action = decide(found, view(sent, records=(record(),)), STAMPED, NOW)

    assert told(action) == (Verb.UPDATE, "changed")


def test_a_link_keeps_what_was_sent() -> None:
    sent = link(sent={"title": "Call"}, sent_at=EARLY)

    action = decide(finding(status="Done"), view(sent, records=(record(),)), rules(), NOW)

    assert action.link is not None
    assert (action.link.sent, action.link.sent_at) == ({"title": "Call"}, EARLY)
    assert (action.link.stamp, action.link.reason, action.link.version) == (LATE, None, 4)
