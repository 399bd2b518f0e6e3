"""What becomes of the loser of a merge in the CRM, and of the winner that takes over its link."""

from dataclasses import replace

import pytest

from syncline.engine.plan import Action, Verb
from syncline.engine.records import Inherited, Link, LinkState, Merged
from syncline.engine.removals import MOVED, decide_removal
from tests.unit.engine.situations import LATE, NOW, TASK, link, record, rules, view

WINNER = "00T000000000002AAA"
LOST = Merged(TASK, WINNER, LATE)
GIVEN = link(crm_id="00T000000000009AAA", sent={"title": "Call"}, sent_at=LATE)
HEIR = Inherited(TASK, GIVEN, "")


def decided(change: Merged | Inherited, *links: Link) -> Action:
    return decide_removal(change, view(*links, records=(record(),)), rules(), NOW)


def test_a_loser_becomes_an_alias_of_the_winner() -> None:
    action = decided(LOST, link())

    assert (action.verb, action.reason) == (Verb.HOLD, "merged_away")
    assert action.detail == (
        f"merged into {WINNER}; the platform record stays and is no longer written"
    )
    assert action.link == replace(
        link(), state=LinkState.ALIAS, version=4, stamp=LATE, winner=WINNER, reason="merged_away"
    )
    assert action.link_before == link()


@pytest.mark.parametrize("state", [LinkState.PARKED, LinkState.REJECTED])
def test_a_loser_never_imported_is_no_trouble(state: LinkState) -> None:
    action = decided(LOST, link(state))

    assert (action.verb, action.reason) == (Verb.LEAVE, "merged_before_import")
    assert action.link is not None
    assert (action.link.state, action.link.winner) == (LinkState.ALIAS, WINNER)


def test_an_unseen_loser_leads_to_the_winner() -> None:
    action = decided(LOST)

    assert (action.verb, action.reason) == (Verb.LEAVE, "merged_before_import")
    assert action.link == Link(
        TASK, "task", LinkState.ALIAS, 1, stamp=LATE, winner=WINNER, reason="merged_away"
    )
    assert action.link_before is None


@pytest.mark.parametrize("state", [LinkState.ALIAS, LinkState.DELETED])
def test_a_loser_that_is_gone_stays_gone(state: LinkState) -> None:
    action = decided(LOST, link(state))

    assert (action.verb, action.reason, action.link) == (Verb.LEAVE, "already_gone", None)


def test_a_link_may_move_to_the_winner() -> None:
    action = decided(replace(LOST, moves=True), link())

    assert (action.verb, action.reason) == (Verb.LEAVE, "link_moved")
    assert action.detail == f"merged into {WINNER}, which keeps its platform record"
    assert action.link == replace(
        link(), state=LinkState.ALIAS, version=4, stamp=LATE, winner=WINNER, reason=MOVED,
        platform_id=None,
    )  # fmt: skip


def test_an_heir_goes_on_with_the_link() -> None:
    action = decided(HEIR)

    assert (action.verb, action.reason) == (Verb.LINK, "inherited")
    assert (
        action.detail == f"goes on with the platform record of {GIVEN.crm_id}, merged into {TASK}"
    )
    assert action.link == Link(
        TASK, "task", LinkState.LINKED, 1, platform_id="t1", baseline=GIVEN.baseline,
        sent={"title": "Call"}, sent_at=LATE,
    )  # fmt: skip
    assert (action.platform_id, action.link_before, action.previous) == ("t1", None, GIVEN.last)


@pytest.mark.parametrize("state", [LinkState.PARKED, LinkState.REJECTED, LinkState.DELETED])
def test_an_heir_without_a_live_link_takes_it(state: LinkState) -> None:
    before = link(state)

    action = decided(HEIR, before)

    assert action.link is not None
    assert (action.link.state, action.link.version) == (LinkState.LINKED, before.version + 1)
    assert action.link_before == before


@pytest.mark.parametrize("state", [LinkState.LINKED, LinkState.ALIAS])
def test_an_heir_linked_meanwhile_keeps_its_own(state: LinkState) -> None:
    action = decided(HEIR, link(state))

    assert (action.verb, action.reason, action.link) == (Verb.LEAVE, "linked_meanwhile", None)
