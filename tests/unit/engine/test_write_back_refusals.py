"""Change events that are not written: refused, superseded or skipped, each attribute alone."""

from dataclasses import replace

import pytest

from syncline.engine.plan import Verb
from syncline.engine.records import Value
from syncline.engine.told import Told
from syncline.engine.write_back import decide_write_back
from tests.unit.engine.write_situations import (
    ADA,
    CRM,
    LINES,
    SECOND,
    THIRD,
    changed,
    decided,
    editing,
    entry,
    field_line,
    found,
    link,
    pointing,
    sent,
    told,
    view,
)

REFUSALS = [
    ({"owner": "nobody@example.com"}, "reference_not_found", "no active User has"),
    ({"owner": "two@example.com"}, "reference_ambiguous", "2 active User records"),
    ({"owner": None}, "reference_cleared", "cannot be cleared"),
    ({"active": "Tru"}, "value_does_not_fit", "'Tru'"),
    ({"city": "Rome"}, "not_mapped", "'city'"),
]


@pytest.mark.parametrize(("values", "reason", "says"), REFUSALS)
def test_one_refusal_leaves_the_neighbours_be(
    values: dict[str, Value], reason: str, says: str
) -> None:
    (name,) = values

    decision = decided(entry(phone="2", **values))

    assert told(decision) == {name: ("refused", reason)}
    assert says in decision.told[name].detail
    assert sent(decision) == {"Phone": "2"}
    assert (decision.action.verb, decision.action.reason) == (Verb.UPDATE, "written_in_part")
    assert says in decision.action.detail


def test_a_read_only_field_fails_alone() -> None:
    lines = [replace(each, updateable=each.field != "Tier__c") for each in LINES]
    due = entry(tier="Gold", phone="2")

    decision = decide_write_back(changed(due), link(), [due], view(*lines))

    assert told(decision) == {"tier": ("refused", "read_only")}
    assert sent(decision) == {"Phone": "2"}


def test_a_refusal_alone_rejects_the_record() -> None:
    action = decided(entry(owner="nobody@example.com")).action

    assert (action.verb, action.reason, action.send) == (Verb.REJECT, "reference_not_found", None)


@pytest.mark.parametrize(
    ("held", "reason", "detail"),
    [
        ("", "reference_empty", "OwnerId leads to no record"),
        ("00G000000000001AAA", "reference_other_object", "OwnerId does not lead to a User"),
    ],
)
def test_whom_a_reference_does_not_lead_to_is_not_edited(
    held: str, reason: str, detail: str
) -> None:
    references = {CRM: {"ownerid": held} if held else {}}

    decision = decided(entry(owner_title="VP"), references=references)

    assert decision.told == {"owner_title": Told("refused", reason, detail)}
    assert (decision.edits, decision.action.values) == ((), None)


def test_what_the_record_says_no_more_is_superseded() -> None:
    old = entry(tier="Gold")
    record = replace(changed(entry(tier="Bronze")), times={"tier": THIRD})

    decision = decide_write_back(record, link(), [old], view())

    detail = f"a later change, of {THIRD}, replaced it"
    assert decision.told == {"tier": Told("superseded", "later_change", detail)}
    assert (decision.action.verb, decision.action.send) == (Verb.LEAVE, None)


def test_a_replaced_value_may_have_no_time() -> None:
    decision = decide_write_back(
        changed(entry(tier="Bronze")), link(), [entry(tier="Gold")], view()
    )

    assert decision.told["tier"].detail == "a later change replaced it"


def test_every_refusal_is_in_the_story() -> None:
    action = decided(entry(city="Rome", country="IT")).action

    assert action.detail == (
        "city: 'city' is not written back to this connection any more; "
        "country: 'country' is not written back to this connection any more"
    )


def test_a_record_that_refers_to_itself_has_each_field_once() -> None:
    lines = (field_line("phone", "Phone"), editing("parent_phone", "Phone", prefix="001"))
    due = [entry(THIRD, "r2", phone="3"), entry(SECOND, "r1", parent_phone="2")]
    itself = {CRM: {"ownerid": CRM}}

    decision = decide_write_back(changed(*due), link(), due, view(*lines, references=itself))

    assert (sent(decision), decision.edits) == ({"Phone": "3"}, ())


SAME_FIELD = (field_line("tier", "Tier__c"), field_line("phone", "tier__C"))


def test_of_two_attributes_of_one_field_the_later_is_sent() -> None:
    due = [entry(THIRD, "r2", tier="Gold"), entry(SECOND, "r1", phone="2")]

    decision = decide_write_back(changed(*due), link(), due, view(*SAME_FIELD))

    assert sent(decision) == {"Tier__c": "Gold"}
    assert told(decision) == {"phone": ("superseded", "later_change")}
    assert "'tier'" in decision.told["phone"].detail


def test_two_attributes_of_one_field_may_agree() -> None:
    due = entry(tier="Gold", phone="Gold")

    decision = decide_write_back(changed(due), link(), [due], view(*SAME_FIELD))

    assert set(sent(decision).values()) == {"Gold"}
    assert (decision.told, decision.action.values) == ({}, {"tier": "Gold", "phone": "Gold"})


def test_a_field_that_has_the_later_value_is_left() -> None:
    due = [entry(THIRD, "r2", tier="Silver"), entry(SECOND, "r1", phone="2")]

    decision = decide_write_back(changed(*due), link(), due, view(*SAME_FIELD))

    assert sent(decision) == {}
    assert told(decision) == {
        "tier": ("applied", "already_there"), "phone": ("superseded", "later_change"),
    }  # fmt: skip


def test_two_attributes_of_one_reference_agree_on_the_later() -> None:
    lines = (pointing(), pointing("owner_id", "Owner.Id", crm_type="id"))
    due = [entry(SECOND, "r1", owner="bob@example.com"), entry(THIRD, "r2", owner_id=ADA)]

    decision = decide_write_back(changed(*due), link(), due, view(*lines))

    assert told(decision) == {
        "owner": ("superseded", "later_change"), "owner_id": ("applied", "already_there"),
    }  # fmt: skip


def test_a_record_without_a_match_is_skipped() -> None:
    due = entry(tier="Gold", phone="2")

    decision = decide_write_back(changed(due), None, [due], view())

    detail = "the record has no match in Salesforce in this connection"
    told_of_each = Told("skipped", "not_matched", detail)
    assert decision.told == {"tier": told_of_each, "phone": told_of_each}
    assert (decision.action.verb, decision.action.crm_id) == (Verb.SKIP, None)


@pytest.mark.parametrize("matched", [True, False])
def test_a_deleted_record_is_refused(matched: bool) -> None:
    due = entry(tier="Gold")

    decision = decide_write_back(
        changed(due, deleted=True), link() if matched else None, [due], view()
    )

    detail = "the record was deleted on the platform"
    assert decision.told == {"tier": Told("refused", "record_deleted", detail)}


def test_a_record_that_is_gone_there_is_refused() -> None:
    decision = decided(entry(tier="Gold"), fetched=frozenset({CRM}))

    detail = "its Salesforce record is gone"
    assert decision.told == {"tier": Told("refused", "deleted_in_crm", detail)}
    assert (decision.action.verb, decision.action.send) == (Verb.REJECT, None)


def test_nothing_that_waits_is_nothing_to_do() -> None:
    action = decided().action

    assert (action.verb, action.reason, action.send) == (Verb.LEAVE, "nothing_waits", None)


def test_a_person_sees_what_is_held_first() -> None:
    decision = decided(
        entry(tier="Gold", owner="nobody@example.com", phone="1"),
        policy="hold",
        **found(THIRD, tier="Bronze"),
    )

    assert decision.action.verb is Verb.HOLD
    assert {each[0] for each in told(decision).values()} == {"held", "refused", "applied"}


def test_an_edit_of_another_field_is_no_contest() -> None:
    lines = (editing(), editing("owner_phone", "Phone"))
    due = entry(owner_title="VP")

    decision = decide_write_back(
        changed(due), link(), [due], view(*lines, **found(THIRD, owner_phone="9"))
    )

    assert [each.field for each in decision.edits] == ["Title"]
