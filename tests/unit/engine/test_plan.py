"""Plans as data: the words they are told in, their way through the journal, and their books."""

import json
from typing import Any

import pytest

from syncline.engine.plan import BUCKET, Action, Plan, Send, SendKind, Verb, pointed
from syncline.engine.records import Link, LinkState, OutboxEntry, PlatformRecord
from tests.unit.engine.situations import EARLY, LATE, link, record

VERBS = {
    "create": "created", "update": "updated", "link": "linked", "delete": "deleted",
    "leave": "left", "skip": "skipped", "park": "parked", "hold": "held", "reject": "rejected",
}  # fmt: skip
SENT: dict[str, Any] = {
    "kind": "update", "id": "00T1", "values": {"Subject": None}, "parent": "0011", "version": 7,
}  # fmt: skip
RECORD: dict[str, Any] = {
    "object": "task", "id": "t1", "version": 7, "values": {"title": "Call"}, "updated_at": EARLY,
    "edits": {"title": EARLY}, "deleted": False, "sync": "run/0/0/0",
}  # fmt: skip
LINK: dict[str, Any] = {
    "crm_id": "00T1", "object": "task", "state": "linked", "version": 3, "platform_id": "t1",
    "baseline": {"title": "Call"}, "stamp": LATE, "parent": None, "winner": None, "reason": None,
    "last": "run/0/0/0", "sent": {"title": "Call"}, "sent_at": LATE,
}  # fmt: skip
PLAIN: dict[str, Any] = {
    "key": "00T1", "verb": "leave", "bucket": "left", "reason": "unchanged", "stamp": "",
    "modified": "",
}  # fmt: skip
FULL: dict[str, Any] = {
    **PLAIN, "verb": "update", "bucket": "updated", "reason": "changed", "stamp": LATE,
    "modified": EARLY, "detail": "told", "values": {"title": "Call"}, "gone": True,
    "platform_id": "t1", "changes": (("title", "Old", "Call"),), "previous": "run/0/0/0",
    "crm_id": "00T1", "contests": [("title", "a", "b", "crm")], "waits_for": "a1",
    "record": RECORD, "record_before": RECORD, "link": LINK, "link_before": LINK, "send": SENT,
}  # fmt: skip


def action(verb: Verb = Verb.LEAVE, reason: str = "unchanged", **more: Any) -> Action:
    return Action("00T1", verb, reason, **more)


def test_words_of_plans_are_stable() -> None:
    assert {str(verb): bucket for verb, bucket in BUCKET.items()} == VERBS
    assert [str(kind) for kind in SendKind] == ["create", "update", "delete"]
    assert [str(state) for state in LinkState] == [
        "linked", "parked", "rejected", "alias", "deleted",
    ]  # fmt: skip


@pytest.mark.parametrize("stored", [PLAIN, FULL], ids=["plain", "full"])
def test_stored_actions_are_told_again(stored: dict[str, Any]) -> None:
    assert Action.from_json(stored).to_json() == stored


def test_a_stored_action_is_whole() -> None:
    full = Action.from_json(FULL)

    assert full.verb is Verb.UPDATE
    assert full.bucket == "updated"
    assert full.send == Send(SendKind.UPDATE, "00T1", {"Subject": None}, "0011", 7)
    assert full.record == full.record_before == PlatformRecord(**RECORD)
    assert full.link == full.link_before == Link(**{**LINK, "state": LinkState.LINKED})


def test_an_outbox_survives_the_journal() -> None:
    entry = OutboxEntry("r-1", EARLY, {"title": "Call"}, ("org", "other"), bulk=True)
    waiting = record(outbox=(entry,), times={"title": EARLY})

    stored = json.loads(json.dumps(action(record=waiting, record_before=waiting).to_json()))

    again = Action.from_json(stored)
    assert again.record == again.record_before == waiting


def test_changes_come_back_as_they_were() -> None:
    stored = {**FULL, "changes": [["title", "Old", "Call"]]}

    assert Action.from_json(stored).changes == (("title", "Old", "Call"),)


def test_what_nobody_said_is_empty() -> None:
    plain = action()

    assert plain == Action.from_json(PLAIN)
    assert plain.to_json() == PLAIN
    assert (plain.values, plain.contests) == (None, ())


def test_a_bare_send_knows_neither_parent_nor_version() -> None:
    send = Send(SendKind.CREATE, None, {})

    assert (send.parent, send.version) == ("", 0)


def test_a_plan_keeps_its_books() -> None:
    actions = (
        action(Verb.UPDATE, "changed", record=record(), link=link()),
        action(Verb.DELETE, "deleted_in_crm", record=record()),
        action(Verb.LINK, "matched", link=link()),
        action(Verb.DELETE, "deleted_in_crm", link=link()),
        action(Verb.SKIP, "account_not_matched"),
    )

    plan = Plan(read=8, left={"unchanged": 3}, actions=actions)
    ledger = plan.ledger()

    ledger.check()
    assert ledger.read == 7
    assert {name: number for name, number in ledger.buckets.items() if number} == {
        "updated": 1, "deleted": 2, "linked": 1, "left": 3,
    }  # fmt: skip
    assert ledger.reasons["left:unchanged"] == 3
    assert ledger.outside == {"account_not_matched": 1}
    assert ledger.written == {"records": 2, "cross_references": 3}
    assert plan.deletions() == 2


def test_writes_name_their_journal_entry() -> None:
    written = pointed(action(record=record(), link=link()), "run/1/0/2")

    assert written.record is not None
    assert written.link is not None
    assert (written.record.sync, written.link.last) == ("run/1/0/2", "run/1/0/2")


def test_nothing_written_names_nothing() -> None:
    assert pointed(action(), "run/1/0/2") == action()
