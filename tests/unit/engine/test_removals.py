"""What becomes of records that are gone from the CRM."""

import pytest

from syncline.engine.plan import Action, Verb
from syncline.engine.records import Deleted, Link, LinkState, Merged
from syncline.engine.removals import decide_removal
from tests.unit.engine.situations import EARLY, LATE, NOW, TASK, link, record, rules, view

GONE = Deleted(TASK, LATE)


def test_a_deletion_is_a_tombstone_with_the_values_before() -> None:
    action = decide_removal(GONE, view(link(), records=(record(),)), rules(), NOW)

    assert (action.verb, action.reason) == (Verb.DELETE, "deleted_in_salesforce")
    assert action.record is not None
    assert (action.record.deleted, action.record.version) == (True, 8)
    assert ("title", "Call Ada", None) in action.changes
    assert action.link is not None
    assert action.link.state is LinkState.DELETED


def test_a_deletion_of_what_was_never_imported_is_nothing() -> None:
    action = decide_removal(GONE, view(), rules(), NOW)

    assert (action.verb, action.link) == (Verb.LEAVE, None)


def test_a_later_edit_on_the_platform_holds_the_deletion_once() -> None:
    edited = record(edits={"title": NOW})

    first = decide_removal(GONE, view(link(), records=(edited,)), rules(), NOW)
    assert first.link is not None
    second = decide_removal(GONE, view(first.link, records=(edited,)), rules(), NOW)

    assert (first.verb, first.reason) == (Verb.HOLD, "edited_after_deletion")
    assert first.record is None
    assert (second.verb, second.link) == (Verb.LEAVE, None)


def test_an_earlier_edit_does_not_hold_it() -> None:
    edited = record(edits={"title": EARLY})

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
