"""What becomes of records that are gone from the CRM."""

from dataclasses import replace

import pytest

from syncline.engine.plan import Action, Verb
from syncline.engine.records import Deleted, Link, LinkState, Merged
from syncline.engine.removals import decide_removal
from tests.unit.engine.situations import EARLY, LATE, NOW, TASK, link, record, rules, view

GONE = Deleted(TASK, LATE)
PURGED = Deleted(TASK, "")


def test_a_deletion_is_a_tombstone_with_the_values_before() -> None:
    action = decide_removal(GONE, view(link(), records=(record(),)), rules(), NOW)

    assert (action.verb, action.reason) == (Verb.DELETE, "deleted_in_crm")
    assert action.record is not None
    assert (action.record.deleted, action.record.version) == (True, 8)
    assert ("title", "Call Ada", None) in action.changes
    assert action.link is not None
    assert action.link.state is LinkState.DELETED


def test_a_deletion_of_what_was_never_imported_is_nothing() -> None:
    action = decide_removal(GONE, view(), rules(), NOW)

    assert (action.verb, action.link) == (Verb.LEAVE, None)


def test_a_later_edit_on_the_platform_holds_the_deletion_once() -> None:
    edited = record(edits={"title": NOW}, values={"title": "Edited"})

    first = decide_removal(GONE, view(link(), records=(edited,)), rules(), NOW)
    assert first.link is not None
    second = decide_removal(GONE, view(first.link, records=(edited,)), rules(), NOW)

    assert (first.verb, first.reason) == (Verb.HOLD, "edited_after_deletion")
    assert first.record is None
    assert (second.verb, second.link) == (Verb.LEAVE, None)


@pytest.mark.parametrize("name", ["title", "account_id", "external_id"])
def test_an_edit_that_both_sides_have_does_not_hold_it(name: str) -> None:
    edited = record(edits={name: NOW})

    action = decide_removal(GONE, view(link(), records=(edited,)), rules(), NOW)

    assert action.verb is Verb.DELETE


def test_an_earlier_edit_does_not_hold_it() -> None:
    edited = record(edits={"title": EARLY}, values={"title": "Edited"})

    action = decide_removal(GONE, view(link(), records=(edited,)), rules(), NOW)

    assert action.verb is Verb.DELETE


def test_a_job_may_leave_deletions_alone() -> None:
    action = decide_removal(GONE, view(link(), records=(record(),)), rules(deletes=False), NOW)

    assert (action.verb, action.reason, action.record) == (Verb.SKIP, "deletes_off", None)


def test_deleted_on_both_sides_only_closes_the_link() -> None:
    action = decide_removal(GONE, view(link(), records=(record(deleted=True),)), rules(), NOW)

    assert (action.verb, action.record) == (Verb.LEAVE, None)
    assert action.link is not None
    assert action.link.state is LinkState.DELETED


def test_the_loser_of_a_merge_becomes_an_alias_and_its_record_is_held() -> None:
    action = decide_removal(Merged(TASK, "00T2", LATE), view(link()), rules(), NOW)

    assert (action.verb, action.reason, action.record) == (Verb.HOLD, "merged_away", None)
    assert action.link is not None
    assert (action.link.state, action.link.winner) == (LinkState.ALIAS, "00T2")


@pytest.mark.parametrize("state", list(LinkState))
@pytest.mark.parametrize("change", [GONE, Merged(TASK, "00T2", LATE)])
def test_every_state_of_a_link_has_an_answer(state: LinkState, change: Deleted | Merged) -> None:
    known: Link = link(state)

    action = decide_removal(change, view(known, records=(record(),)), rules(), NOW)

    assert action.link is None or action.link.version == known.version + 1
    assert Action.from_json(action.to_json()) == action


def test_a_deletion_tells_what_it_knew() -> None:
    known = link(baseline={"title": "Call Ada"}, reason="contested")

    action = decide_removal(
        GONE, view(known, records=(record(edits={"title": EARLY}),)), rules(), NOW
    )

    assert (action.gone, action.detail, action.previous) == (True, "", known.last)
    assert (action.stamp, action.platform_id) == (LATE, "t1")
    assert action.link == replace(
        known, state=LinkState.DELETED, version=4, stamp=LATE, reason=None, baseline={}
    )
    assert action.record == replace(
        record(), version=8, values={}, updated_at=NOW, edits={}, deleted=True
    )


def test_an_edit_in_the_same_second_does_not_hold_it() -> None:
    edited = record(values={"title": "Mine"}, edits={"title": LATE})

    action = decide_removal(GONE, view(link(), records=(edited,)), rules(), NOW)

    assert action.verb is Verb.DELETE


def test_an_old_deletion_does_not_undo_a_newer_state() -> None:
    newer = link(stamp=NOW)

    action = decide_removal(GONE, view(newer, records=(record(),)), rules(), NOW)

    assert (action.verb, action.reason, action.link) == (Verb.LEAVE, "newer_known", None)


def test_a_deletion_of_the_same_second_counts() -> None:
    same = link(stamp=LATE)

    action = decide_removal(GONE, view(same, records=(record(),)), rules(), NOW)

    assert action.verb is Verb.DELETE


def test_why_a_deletion_is_held_is_told() -> None:
    edited = record(edits={"title": NOW}, values={"title": "Edited"})

    held = decide_removal(GONE, view(link(), records=(edited,)), rules(), NOW)
    off = decide_removal(GONE, view(link(), records=(record(),)), rules(deletes=False), NOW)

    assert held.detail == f"deleted in Salesforce, but edited on the platform later ({NOW})"
    assert off.detail == "deleted in Salesforce; this job does not delete on the platform"


@pytest.mark.parametrize(
    "before", [link(reason="deletes_off"), link(stamp=LATE, reason="contested")]
)
def test_another_finding_is_told_again(before: Link) -> None:
    action = decide_removal(GONE, view(before, records=(record(),)), rules(deletes=False), NOW)

    assert (action.verb, action.reason) == (Verb.SKIP, "deletes_off")
    assert action.link is not None
    assert (action.link.state, action.link.reason) == (LinkState.LINKED, "deletes_off")


def test_what_was_told_is_told_once() -> None:
    before = link(stamp=LATE, reason="deletes_off")

    action = decide_removal(GONE, view(before, records=(record(),)), rules(deletes=False), NOW)

    assert (action.verb, action.reason) == (Verb.LEAVE, "still_deletes_off")
    assert action.link is None


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (LinkState.LINKED, "gone_on_both_sides"),
        (LinkState.PARKED, "gone_before_import"),
        (LinkState.REJECTED, "gone_before_import"),
        (LinkState.ALIAS, "already_gone"),
        (LinkState.DELETED, "already_gone"),
    ],
)
def test_a_deletion_without_a_record_is_left(state: LinkState, reason: str) -> None:
    action = decide_removal(GONE, view(link(state)), rules(), NOW)

    assert (action.verb, action.reason) == (Verb.LEAVE, reason)


def test_what_is_unknown_stays_unknown() -> None:
    action = decide_removal(GONE, view(), rules(), NOW)

    assert (action.reason, action.platform_id, action.previous) == ("never_imported", None, None)


# --- purged long ago --------------------------------------------------------------------------


def test_a_purged_record_is_deleted_as_last_seen() -> None:
    action = decide_removal(PURGED, view(link(), records=(record(),)), rules(), NOW)

    assert (action.verb, action.reason) == (Verb.DELETE, "purged_long_ago")
    assert action.detail == (
        "Salesforce has neither the record nor a note of its deletion any more"
    )
    assert action.link is not None
    assert (action.link.state, action.link.stamp) == (LinkState.DELETED, EARLY)


def test_an_edit_since_then_holds_a_purged_record() -> None:
    edited = record(edits={"title": LATE}, values={"title": "Edited"})

    action = decide_removal(PURGED, view(link(), records=(edited,)), rules(), NOW)

    assert (action.verb, action.reason) == (Verb.HOLD, "edited_after_deletion")


# --- other objects ----------------------------------------------------------------------------


@pytest.mark.parametrize("change", [GONE, Merged(TASK, "00T2", LATE)])
def test_links_of_other_objects_are_left(change: Deleted | Merged) -> None:
    other = link(object="campaign_touch")

    action = decide_removal(change, view(other, records=(record(),)), rules(), NOW)

    assert (action.verb, action.reason, action.link) == (Verb.LEAVE, "other_object", None)
