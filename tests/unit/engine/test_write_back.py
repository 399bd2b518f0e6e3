"""What becomes of change events that wait: what is written, and what is told of the others."""

from typing import Any

import pytest

from syncline.engine.edited import EditOther
from syncline.engine.plan import Send, SendKind, Verb
from syncline.engine.records import Value
from syncline.engine.told import Told
from syncline.engine.write_back import decide_write_back
from tests.unit.engine.write_situations import (
    ADA,
    BASE,
    BOB,
    CRM,
    FIRST,
    SECOND,
    THIRD,
    changed,
    decided,
    entry,
    found,
    link,
    sent,
    told,
    view,
)

# --- what is written --------------------------------------------------------------------------


def test_a_change_is_sent_to_its_field() -> None:
    decision = decided(entry(tier="Gold"))

    action = decision.action
    assert action.send == Send(SendKind.UPDATE, CRM, {"Tier__c": "Gold"}, version=4)
    assert (action.verb, action.reason) == (Verb.UPDATE, "written_back")
    assert action.changes == (("tier", "Silver", "Gold"),)
    assert (action.values, action.crm_id) == ({"tier": "Gold"}, CRM)
    assert (decision.told, decision.edits) == ({}, ())


def test_a_cleared_attribute_clears_its_field() -> None:
    decision = decided(entry(tier=None))

    assert sent(decision) == {"Tier__c": None}
    assert decision.action.values == {"tier": None}


def test_a_cleared_checkbox_is_unchecked() -> None:
    base = {**BASE, "active": "true"}
    due = entry(active=None)

    decision = decide_write_back(changed(due), link(baseline=base), [due], view())

    assert sent(decision) == {"Active__c": False}
    assert decision.action.values == {"active": "false"}


def test_only_the_latest_change_is_sent() -> None:
    decision = decided(entry(THIRD, "r2", tier="Bronze"), entry(SECOND, "r1", tier="Gold"))

    assert sent(decision) == {"Tier__c": "Bronze"}


def test_a_reference_is_made_to_lead_elsewhere() -> None:
    decision = decided(entry(owner="bob@example.com"))

    assert sent(decision) == {"OwnerId": BOB}
    assert decision.action.values == {"owner": "Bob@Example.com"}
    assert decision.action.changes == (("owner", "ada@example.com", "bob@example.com"),)


def test_what_a_reference_leads_to_is_edited() -> None:
    decision = decided(entry(owner_title="VP"))

    assert decision.edits == (EditOther("owner_title", "User", ADA, "Title", "VP", SECOND, "VP"),)
    assert (decision.action.verb, decision.action.send) == (Verb.UPDATE, None)
    assert decision.action.values == {"owner_title": "VP"}


@pytest.mark.parametrize(
    ("pointed_at", "whose"), [(FIRST, BOB), (SECOND, BOB), (THIRD, ADA)],
    ids=["before", "with it", "after"],
)  # fmt: skip
def test_who_is_edited_is_whom_the_reference_led_to_then(pointed_at: str, whose: str) -> None:
    decision = decided(
        entry(SECOND, "r1", owner_title="VP"), entry(pointed_at, "r2", owner="bob@example.com")
    )

    assert [each.id for each in decision.edits] == [whose]
    assert sent(decision) == {"OwnerId": BOB}
    assert {name: before for name, before, _ in decision.action.changes} == {
        "owner": "ada@example.com", "owner_title": "CSM",
    }  # fmt: skip


def test_a_reference_that_stays_redirects_no_edit() -> None:
    later = found(modified=THIRD, owner="eve@example.com")

    decision = decided(entry(owner="bob@example.com", owner_title="VP"), **later)

    assert told(decision) == {"owner": ("superseded", "crm_is_later")}
    assert [each.id for each in decision.edits] == [ADA]


# --- what is there already --------------------------------------------------------------------


@pytest.mark.parametrize("more", [{}, found()], ids=["as known", "as fetched"])
def test_what_is_there_is_not_sent_again(more: dict[str, Any]) -> None:
    decision = decided(entry(tier="Silver"), **more)

    assert decision.told == {
        "tier": Told("applied", "already_there", "Salesforce has that value already")
    }
    assert (decision.action.verb, decision.action.send) == (Verb.LINK, None)
    assert decision.action.values == {"tier": "Silver"}


def test_both_sides_changed_to_the_same() -> None:
    decision = decided(entry(tier="Gold"), **found(THIRD, tier="Gold"))

    assert told(decision) == {"tier": ("applied", "already_there")}


def test_a_reference_is_compared_by_id_where_it_is_known() -> None:
    namesake = {("owner", "ada@example.com"): ((BOB, "ada@example.com"),)}

    elsewhere = decided(entry(owner="ada@example.com"), people=namesake)
    unknown = decided(entry(owner="ada@example.com"), people=namesake, references={})

    assert sent(elsewhere) == {"OwnerId": BOB}
    assert told(unknown) == {"owner": ("applied", "already_there")}


# --- both sides changed -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "modified", "outcome"),
    [
        ("latest", FIRST, None),
        ("latest", SECOND, ("superseded", "crm_is_later")),
        ("latest", THIRD, ("superseded", "crm_is_later")),
        ("platform", THIRD, None),
        ("salesforce", FIRST, ("superseded", "crm_is_later")),
        ("hold", FIRST, ("held", "contested")),
    ],
)
def test_a_contest_goes_by_the_jobs_policy(
    policy: str, modified: str, outcome: tuple[str, str] | None
) -> None:
    decision = decided(entry(tier="Gold"), policy=policy, **found(modified, tier="Bronze"))

    assert told(decision).get("tier") == outcome
    assert sent(decision) == ({} if outcome else {"Tier__c": "Gold"})
    winner = {None: "platform", "held": "hold"}.get(outcome and outcome[0], "crm")
    assert decision.action.contests == [("tier", "Bronze", "Gold", winner)]
    assert decision.action.detail.startswith("tier: ")


def test_a_won_contest_says_so() -> None:
    decision = decided(entry(tier="Gold"), **found(FIRST, tier="Bronze"))

    assert (decision.action.verb, decision.action.reason) == (Verb.UPDATE, "contested")
    assert decision.action.changes == (("tier", "Bronze", "Gold"),)


def test_a_lost_contest_leaves_the_baseline() -> None:
    decision = decided(entry(tier="Gold"), **found(THIRD, tier="Bronze"))

    assert (decision.action.verb, decision.action.values) == (Verb.LEAVE, None)


def test_a_held_attribute_leaves_its_neighbours_be() -> None:
    decision = decided(entry(tier="Gold", phone="2"), policy="hold", **found(THIRD, tier="Bronze"))

    assert told(decision) == {"tier": ("held", "contested")}
    assert sent(decision) == {"Phone": "2"}


def test_a_contest_of_one_attribute_alone_holds_the_record() -> None:
    decision = decided(entry(tier="Gold"), policy="hold", **found(THIRD, tier="Bronze"))

    assert (decision.action.verb, decision.action.reason) == (Verb.HOLD, "contested")


def test_an_edit_elsewhere_has_a_time_of_its_own() -> None:
    touched = {CRM: {"ownerid": THIRD}}

    decision = decided(
        entry(owner_title="VP"), touched=touched, **found(FIRST, owner_title="Director")
    )

    assert told(decision) == {"owner_title": ("superseded", "crm_is_later")}


@pytest.mark.parametrize(("whole", "kept"), [(True, False), (False, True)])
def test_a_record_may_be_decided_as_a_whole(whole: bool, kept: bool) -> None:
    decision = decided(entry(tier="Gold"), whole_record=whole, **found(THIRD, phone="9"))

    assert ("Tier__c" in sent(decision)) is kept


def test_a_whole_record_that_nobody_touched_is_no_contest() -> None:
    decision = decided(entry(tier="Gold"), whole_record=True, **found(THIRD))

    assert (sent(decision), decision.action.contests) == ({"Tier__c": "Gold"}, [])


@pytest.mark.parametrize(
    ("whole", "theirs", "kept"), [(True, {"phone": "9"}, True), (False, {"tier": "Bronze"}, False)]
)
def test_a_whole_record_goes_by_its_own_last_update(
    whole: bool, theirs: dict[str, Value], kept: bool
) -> None:
    due = entry(FIRST, "r1", tier="Gold")
    record = changed(due, updated_at=THIRD)

    decision = decide_write_back(
        record, link(), [due], view(whole_record=whole, **found(SECOND, **theirs))
    )

    assert ("Tier__c" in sent(decision)) is kept


def test_a_contest_and_a_refusal_are_told_together() -> None:
    change = entry(THIRD, "r1", tier="Gold", active="maybe")

    decision = decided(change, **found(modified=SECOND, tier="Zinc"))

    contest, refusal = decision.action.detail.split("; ")
    assert contest == f"tier: the platform's edit of {THIRD} is later than {SECOND}"
    assert refusal == f"active: {decision.told['active'].detail}"
