"""What becomes of a live CRM record, situation by situation."""

import pytest

from syncline.engine.decide import decide
from syncline.engine.plan import Action, Verb
from syncline.engine.records import LinkState, OutboxEntry
from tests.unit.engine.situations import (
    ACCOUNT,
    EARLY,
    LATE,
    NOW,
    TASK,
    finding,
    link,
    record,
    rules,
    values,
    view,
)


def told(action: Action) -> tuple[Verb, str]:
    return action.verb, action.reason


def test_a_new_record_is_created_under_its_account() -> None:
    action = decide(finding(), view(), rules(), NOW)

    assert told(action) == (Verb.CREATE, "new")
    assert action.record is not None
    assert action.record.values["account_id"] == "a1"
    assert action.record.values["external_id"] == TASK.lower()
    assert action.record.version == 1
    assert action.link is not None
    assert action.link.baseline == values()


def test_the_same_record_gets_the_same_platform_id_from_anybody() -> None:
    first = decide(finding(), view(), rules(), NOW)
    second = decide(finding(NOW, title="Call Bob"), view(), rules(), LATE)

    assert first.platform_id == second.platform_id
    assert rules(scope="other|main").platform_id(TASK) != first.platform_id


def test_creation_can_be_turned_off() -> None:
    action = decide(finding(), view(), rules(create=False), NOW)

    assert told(action) == (Verb.SKIP, "create_off")
    assert (action.record, action.link) == (None, None)


def test_without_its_account_a_record_is_parked_under_it() -> None:
    action = decide(finding(), view(account=None), rules(), NOW)

    assert told(action) == (Verb.PARK, "account_not_there")
    assert action.link is not None
    assert (action.link.state, action.link.parent) == (LinkState.PARKED, ACCOUNT)
    assert action.record is None


def test_a_parked_record_is_not_parked_again() -> None:
    parked = link(LinkState.PARKED, parent=ACCOUNT, stamp=LATE)

    action = decide(finding(), view(parked, account=None), rules(), NOW)

    assert told(action) == (Verb.LEAVE, "still_waiting")
    assert action.link is None


def test_a_parked_record_is_created_when_its_account_has_come() -> None:
    parked = link(LinkState.PARKED, parent=ACCOUNT, stamp=LATE)

    action = decide(finding(), view(parked), rules(), NOW)

    assert told(action) == (Verb.CREATE, "account_arrived")
    assert action.link is not None
    assert action.link.version == parked.version + 1
    assert action.previous == parked.last


def test_the_preview_knows_no_parent_rule() -> None:
    action = decide(finding(), view(account=None), rules(apply_parent_rule=False), NOW)

    assert told(action) == (Verb.CREATE, "new")


def test_a_record_without_any_account_is_skipped_once() -> None:
    first = decide(finding(account_id=None), view(), rules(), NOW)
    assert first.link is not None
    second = decide(finding(account_id=None), view(first.link), rules(), NOW)

    assert told(first) == (Verb.SKIP, "no_account")
    assert told(second) == (Verb.LEAVE, "still_no_account")


def test_a_task_without_a_title_is_rejected_once() -> None:
    first = decide(finding(title=None), view(), rules(), NOW)
    assert first.link is not None
    second = decide(finding(title=None), view(first.link), rules(), NOW)
    mended = decide(finding(NOW), view(first.link), rules(), NOW)

    assert told(first) == (Verb.REJECT, "no_title")
    assert told(second) == (Verb.LEAVE, "still_no_title")
    assert told(mended) == (Verb.CREATE, "mended")


def test_a_linked_record_that_loses_its_title_keeps_the_platforms_value() -> None:
    action = decide(finding(title=None), view(link(), records=(record(),)), rules(), NOW)

    assert told(action) == (Verb.REJECT, "no_title")
    assert action.record is None
    assert action.link is not None
    assert action.link.baseline == values()


def test_a_change_is_written_on_the_version_that_was_read() -> None:
    action = decide(finding(status="Done"), view(link(), records=(record(),)), rules(), NOW)

    assert told(action) == (Verb.UPDATE, "changed")
    assert action.changes == (("status", "Open", "Done"),)
    assert action.record is not None
    assert action.record.version == 8
    assert action.record.values["title"] == "Call Ada"
    assert action.link is not None
    assert action.link.baseline == values(status="Done")


def test_edits_of_different_fields_are_both_kept() -> None:
    edited = record(values={"title": "Call Ada today"}, edits={"title": NOW})

    action = decide(finding(status="Done"), view(link(), records=(edited,)), rules(), NOW)

    assert action.changes == (("status", "Open", "Done"),)
    assert action.record is not None
    assert action.record.values["title"] == "Call Ada today"
    assert action.record.edits == {"title": NOW}


@pytest.mark.parametrize(
    ("edited_at", "policy", "verdict", "title"),
    [
        (EARLY, "latest", (Verb.UPDATE, "contested"), "Call Bob"),
        (NOW, "latest", (Verb.LEAVE, "platform_is_later"), None),
        (NOW, "salesforce", (Verb.UPDATE, "contested"), "Call Bob"),
        (EARLY, "platform", (Verb.LEAVE, "platform_is_later"), None),
        (EARLY, "hold", (Verb.HOLD, "contested"), None),
    ],
)
def test_a_policy_decides_contested_fields_only(
    edited_at: str, policy: str, verdict: tuple[Verb, str], title: str | None
) -> None:
    edited = record(values={"title": "Call Cleo"}, edits={"title": edited_at})

    action = decide(
        finding(title="Call Bob"), view(link(), records=(edited,)), rules(policy=policy), NOW
    )

    assert told(action) == verdict
    assert (action.record.values["title"] if action.record else None) == title
    assert "title" in action.detail


def test_a_held_contest_leaves_the_baseline_where_it_was() -> None:
    edited = record(values={"title": "Call Cleo"}, edits={"title": EARLY})

    action = decide(
        finding(title="Call Bob"), view(link(), records=(edited,)), rules(policy="hold"), NOW
    )

    assert action.link is not None
    assert action.link.baseline == values()


def test_the_same_edit_on_both_sides_settles_without_a_record_write() -> None:
    edited = record(values={"title": "Call Bob"}, edits={"title": EARLY})

    action = decide(finding(title="Call Bob"), view(link(), records=(edited,)), rules(), NOW)

    assert told(action) == (Verb.LEAVE, "agreed_meanwhile")
    assert action.record is None
    assert action.link is not None
    assert action.link.baseline == values(title="Call Bob")


def test_the_account_of_an_existing_record_never_changes() -> None:
    action = decide(
        finding(account_id="001000000000009AAA"), view(link(), records=(record(),)), rules(), NOW
    )

    assert told(action) == (Verb.SKIP, "account_never_changes")
    assert action.record is None
    assert action.link is not None


def test_a_record_deleted_on_the_platform_is_not_revived() -> None:
    gone = record(deleted=True)

    action = decide(finding(status="Done"), view(link(), records=(gone,)), rules(), NOW)

    assert told(action) == (Verb.SKIP, "deleted_on_platform")
    assert action.record is None


def test_an_undeleted_record_comes_back_under_its_old_platform_id() -> None:
    tombstone = record(id=rules().platform_id(TASK), deleted=True)
    before = link(LinkState.DELETED)

    action = decide(finding(), view(before, records=(tombstone,)), rules(), NOW)

    assert told(action) == (Verb.CREATE, "undeleted")
    assert action.record is not None
    assert (action.record.version, action.record.deleted) == (8, False)


def test_a_record_found_by_its_external_id_is_linked_and_filled() -> None:
    known = record(id="own", values={"status": None})

    action = decide(finding(), view(records=(known,), matches={TASK.lower(): "own"}), rules(), NOW)

    assert told(action) == (Verb.UPDATE, "matched_and_differs")
    assert action.changes == (("status", None, "Open"),)
    assert action.platform_id == "own"


def test_a_record_is_also_found_by_the_platforms_own_id() -> None:
    known = record(id="own-7")

    action = decide(finding(external_id="own-7"), view(records=(known,)), rules(), NOW)

    assert action.platform_id == "own-7"


def test_two_crm_records_cannot_claim_one_platform_record() -> None:
    known = record(id="own")
    claimed = view(records=(known,), matches={TASK.lower(): "own"}, claims={"own": "00T9"})

    action = decide(finding(), claimed, rules(), NOW)

    assert told(action) == (Verb.HOLD, "already_linked")
    assert action.record is None


def test_the_loser_of_a_merge_is_never_written() -> None:
    alias = link(LinkState.ALIAS, winner="00T000000000002AAA")

    action = decide(finding(), view(alias), rules(), NOW)

    assert told(action) == (Verb.LEAVE, "merged_away")


def test_an_action_survives_the_journal() -> None:
    action = decide(finding(status="Done"), view(link(), records=(record(),)), rules(), NOW)

    assert Action.from_json(action.to_json()) == action


@pytest.mark.parametrize("deleted", [False, True], ids=["updated", "made over a tombstone"])
def test_an_import_keeps_what_waits_to_be_written_back(deleted: bool) -> None:
    entry = OutboxEntry("r-1", EARLY, {"status": "Done"}, ("main",))
    before = record(id="t1", deleted=deleted, outbox=(entry,), times={"status": EARLY})
    known = link(LinkState.DELETED if deleted else LinkState.LINKED, platform_id="t1")

    action = decide(finding(title="Call Bob"), view(known, records=(before,)), rules(), NOW)

    assert action.record is not None
    assert action.record.values["title"] == "Call Bob"
    assert (action.record.outbox, action.record.times) == ((entry,), {"status": EARLY})
