"""Values on their way out: which lines are written, in what form, and what cannot be sent."""

from typing import Any

import pytest

from syncline.engine.outgoing_rules import OutgoingLine, named
from syncline.engine.outgoing_values import Known, drafted
from syncline.engine.plan import Verb
from syncline.engine.records import Value
from tests.unit.engine.outgoing_situations import (
    ACCOUNT,
    EARLY,
    LINES,
    PAIRED,
    decided,
    edited,
    found,
    link,
    record,
    rules,
    shown,
    view,
)

AMOUNT = OutgoingLine("Amount__c", "amount", "int", "text")
NOTE = OutgoingLine("Note__c", "note", "string", "text")


def test_a_line_is_written_when_it_says_so() -> None:
    lines = (
        OutgoingLine("Always__c", "title", "string", "text"),
        OutgoingLine("New__c", "title", "string", "text", update=False),
        OutgoingLine("Later__c", "title", "string", "text", create=False),
    )
    job, nobody = rules(lines=lines), Known({}, {})

    assert drafted(record(), nobody, job, creating=True).values.keys() == {"Always__c", "New__c"}
    assert drafted(record(), nobody, job, creating=False).values.keys() == {"Always__c", "Later__c"}


def test_creations_and_updates_have_lines_of_their_own() -> None:
    lines = (
        OutgoingLine("New__c", "title", "string", "text", update=False),
        OutgoingLine("Later__c", "title", "string", "text", create=False),
    )

    created = decided(record(), view(), lines=lines).send
    updated = decided(edited(title="Mine"), view(link()), lines=lines).send

    assert created is not None
    assert updated is not None
    assert created.values == {"New__c": "Call Ada", "WhatId": ACCOUNT}
    assert updated.values == {"Later__c": "Mine"}


def test_one_attribute_may_feed_two_fields() -> None:
    twice = (*LINES, OutgoingLine("Title__c", "title", "string", "text"),
             OutgoingLine("First__c", "title", "string", "text", update=False))  # fmt: skip

    action = decided(edited(title="Mine"), view(link()), lines=twice)

    assert action.send is not None
    assert action.send.values == {"Subject": "Mine", "Title__c": "Mine"}
    assert [name for name, _, _ in action.changes] == ["title"]


@pytest.mark.parametrize("creating", [True, False])
def test_what_does_not_fit_is_refused(*, creating: bool) -> None:
    many = edited(amount="1.5")
    known = view() if creating else view(link())

    action = decided(many, known, lines=(AMOUNT, *LINES))

    assert (action.verb, action.reason) == (Verb.REJECT, "value_does_not_fit")
    assert action.detail == "'amount' is not a whole number, which Amount__c needs"


def test_what_does_not_fit_stops_no_line() -> None:
    draft = drafted(
        record(values={"amount": "1.5"}), Known({}, {}), rules(lines=(AMOUNT, *LINES[2:4])),
        creating=True,
    )  # fmt: skip

    assert draft.values == {"Subject": "Call Ada", "Status": "Open"}
    assert draft.forms == {"amount": "1.5", "title": "Call Ada", "status": "Open"}


def test_an_unchanged_misfit_refuses_nothing() -> None:
    agreed = link(baseline=shown(amount="1.5"))
    mine = edited(title="Mine")
    mine.values = {**mine.values, "amount": "1.5"}

    action = decided(mine, view(agreed), lines=(AMOUNT, *LINES), paired={**PAIRED, "amount": "int"})

    assert action.send is not None
    assert action.send.values == {"Subject": "Mine"}


def test_forms_are_what_would_be_read_back() -> None:
    job = rules(lines=(AMOUNT, *LINES), paired={**PAIRED, "title": "string"})

    assert job.form("amount", " 7 ") == "7"
    assert job.form("title", None) is None


def test_what_cannot_be_read_back_is_known_as_sent() -> None:
    line = OutgoingLine("Amount__c", "amount", "string", "number")

    assert rules(lines=(line,), paired={}).form("amount", 7) == "7"


def test_the_pair_tells_how_it_is_read() -> None:
    line = OutgoingLine("Day__c", "day", "date", "datetime")

    assert rules(lines=(line,), paired={}).form("day", "2026-01-02T03:04:05Z") == (
        "2026-01-02T00:00:00Z"
    )
    assert rules(lines=(line,), paired={"day": "datetime"}).form("day", "2026-01-02T03:04:05Z") == (
        "2026-01-02T03:04:05Z"
    )


@pytest.mark.parametrize(
    ("sent", "expected"),
    [({"note": "x"}, None), ({"note": "old"}, {"Note__c": "x"}), ({}, {"Note__c": "x"})],
)
def test_what_is_not_read_back_is_known_as_sent(
    sent: dict[str, Value], expected: dict[str, Value] | None
) -> None:
    noted = record(values={"note": "x"})

    action = decided(noted, view(link(sent=sent)), lines=(*LINES, NOTE))

    assert (action.send.values if action.send else None) == expected


def test_a_field_that_is_not_read_is_as_sent() -> None:
    lines, known = (*LINES, NOTE), view(link(sent={"note": "x"}), found=found(title="Theirs"))

    same = decided(record(values={"note": "x"}), known, lines=lines)
    other = decided(record(values={"note": "y"}), known, lines=lines)

    assert (same.reason, same.contests) == ("unchanged", [])
    assert (other.reason, other.contests) == ("changed", [])


def test_a_field_of_its_own_may_be_contested() -> None:
    known = view(link(sent={"note": "x"}), found=found(EARLY))

    action = decided(
        record(values={"note": "y"}), known, lines=(*LINES, NOTE), shown={"note": "string"}
    )

    assert action.contests == [("note", None, "y", "platform")]


def test_how_a_field_of_its_own_is_read() -> None:
    line = OutgoingLine("Day__c", "day", "date", "datetime")
    job = rules(lines=(line,), paired={}, shown={"day": "datetime"})

    assert job.form("day", "2026-01-02T03:04:05Z") == "2026-01-02T03:04:05Z"
    assert (job.reads("day"), job.reads("title"), rules().reads("title")) == (True, False, True)


def test_a_mapped_account_is_sent_once_known() -> None:
    line = OutgoingLine("Account__c", "account_id", "reference", "text")
    job: dict[str, Any] = {"lines": (line, *LINES[2:]), "parent_field": None}

    created = decided(record(), view(), **job)
    unmatched = decided(record(), view(parents={}), **job, apply_parent_rule=False)

    assert created.send is not None
    assert unmatched.send is not None
    assert created.send.values["Account__c"] == ACCOUNT
    assert "Account__c" not in unmatched.send.values
    assert unmatched.values == shown(account_id=None)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("ada@example.com", ["ada@example.com"]),
        (" a@x.org ;b@x.org, ,c@x.org", ["a@x.org", "b@x.org", "c@x.org"]),
        (None, []),
        ("", []),
    ],
)
def test_addresses_are_told_apart(value: Value, names: list[str]) -> None:
    assert named(value) == names


def test_people_are_known_by_attribute() -> None:
    assert rules().people == {"assigned_to": LINES[4]}
    assert rules().written == ("title", "status", "assigned_to")


@pytest.mark.parametrize(
    ("crm", "always_new", "carries"),
    [("Id", False, True), ("ID", False, True), ("Id", True, False), ("Key__c", False, False)],
)
def test_who_carries_the_id_of_the_crm(crm: str, *, always_new: bool, carries: bool) -> None:
    line = OutgoingLine(crm, "external_id", "id", "text")

    job = rules(lines=(line, *LINES[2:]), always_new=always_new)

    assert job.carries_crm_id is carries


def test_another_line_of_the_id_means_nothing() -> None:
    line = OutgoingLine("Id", "title", "id", "text")

    assert rules(lines=(line,)).carries_crm_id is False


@pytest.mark.parametrize(
    ("crm_type", "reads"), [("id", True), ("Reference", True), ("email", False), (None, False)]
)
def test_how_a_person_is_read_back(crm_type: str | None, *, reads: bool) -> None:
    paired = {"assigned_to": crm_type} if crm_type else {}

    assert rules(paired=paired).reads_id("assigned_to") is reads


def test_a_person_that_must_be_named_stays() -> None:
    owner = OutgoingLine("OwnerId", "assigned_to", "reference", "text", person=True, clears=False)

    action = decided(edited(assigned_to=None), view(link()), lines=(*LINES[:4], owner))

    assert (action.verb, action.changes) == (Verb.LEAVE, ())
