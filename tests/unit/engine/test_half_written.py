"""What the CRM has from a change that still waits is our own half-done write and no edit there,
wherever both sides are compared."""

from dataclasses import replace
from typing import Any

import pytest

from syncline.engine.merge import Merge, merge_record
from syncline.engine.plan import Verb
from syncline.engine.records import OutboxEntry, PlatformRecord, Value
from tests.unit.engine import outgoing_situations as out
from tests.unit.engine.write_situations import FIRST, SECOND, THIRD, decided, entry, found, sent
from tests.unit.engine.write_situations import told as told_of


def test_a_newer_change_is_written_over_it() -> None:
    older, newer = entry(FIRST, "r1", tier="Gold"), entry(SECOND, "r2", tier="Iron")

    decision = decided(older, newer, **found(modified=THIRD, tier="Gold"))

    assert sent(decision) == {"Tier__c": "Iron"}
    assert decision.action.contests == []


def test_what_a_seller_made_of_it_is_a_contest() -> None:
    older, newer = entry(FIRST, "r1", tier="Gold"), entry(SECOND, "r2", tier="Iron")

    decision = decided(older, newer, **found(modified=THIRD, tier="Zinc"))

    assert told_of(decision) == {"tier": ("superseded", "crm_is_later")}


def test_a_record_that_is_decided_as_one_has_not_moved_by_it() -> None:
    older, newer = entry(FIRST, "r1", tier="Gold"), entry(SECOND, "r2", tier="Iron")
    fetched = found(modified=THIRD, tier="Gold")

    decision = decided(older, newer, whole_record=True, **fetched)

    assert sent(decision) == {"Tier__c": "Iron"}


# --- inbound --------------------------------------------------------------------------------------


def inbound(crm: dict[str, Value], record: PlatformRecord, *, whole_record: bool = False) -> Merge:
    return merge_record(
        baseline={"title": "a"},
        crm=crm,
        modified=THIRD,
        record=record,
        attributes=("title", "status"),
        policy="latest",
        whole_record=whole_record,
    )


def waiting(**more: Any) -> PlatformRecord:
    """An older change of the title waits, a person has changed it since."""
    settings: dict[str, Any] = {
        "values": {"title": "newer"},
        "edits": {"title": SECOND},
        "outbox": (OutboxEntry("r1", FIRST, {"title": "older"}, ("crm",)),),
        **more,
    }
    return PlatformRecord("task", "t1", 1, updated_at=FIRST, **settings)


@pytest.mark.parametrize("whole", [False, True])
def test_an_inbound_run_leaves_the_newer_value(whole: bool) -> None:
    merge = inbound({"title": "older"}, waiting(), whole_record=whole)

    assert (merge.changes, merge.contests) == ((), ())


def test_an_inbound_run_takes_what_a_seller_made_of_it() -> None:
    merge = inbound({"title": "seller's"}, waiting())

    assert merge.changes == (("title", "newer", "seller's"),)


def test_an_inbound_run_takes_what_nobody_here_has_changed() -> None:
    """Another connection has put its own value there since."""
    ours = waiting(values={"title": "other"}, edits={}, sync="run/0/0/0")

    merge = inbound({"title": "older"}, ours)

    assert merge.changes == (("title", "other", "older"),)


def test_other_attributes_are_taken_all_the_same() -> None:
    merge = inbound({"title": "older", "status": "Done"}, waiting())

    assert merge.changes == (("status", None, "Done"),)


# --- outbound -------------------------------------------------------------------------------------


def outgoing(theirs: str) -> Verb:
    """Where contests are held for a person."""
    entries = (OutboxEntry("r1", out.EARLY, {"title": "older"}, ("crm",)),)
    record = replace(out.edited(title="newer"), outbox=entries)
    view = out.view(out.link(), found=out.found(title=theirs))
    return out.decided(record, view, policy="hold").verb


def test_an_outbound_run_sends_the_newer_value() -> None:
    assert outgoing("older") is Verb.UPDATE


def test_an_outbound_run_holds_what_a_seller_made_of_it() -> None:
    assert outgoing("seller's") is Verb.HOLD
