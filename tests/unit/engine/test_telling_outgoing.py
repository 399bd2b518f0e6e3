"""What the engine tells people of those whom a record names and who are not sent (T21)."""

from collections.abc import Mapping

from syncline.engine.outgoing_rules import OutgoingLine
from syncline.engine.plan import Action, Verb
from syncline.engine.records import Value, Values
from tests.unit.engine.outgoing_situations import (
    EARLY,
    LINES,
    decided,
    edited,
    found,
    link,
    record,
    view,
)

GUESTS = OutgoingLine(
    "WhoId", "participants", "reference", "text", person=True, strict=False
)  # fmt: skip
HOSTS = OutgoingLine("Host__c", "hosts", "reference", "text", person=True, strict=False)
NOBODY = "1 of 1 not sent (1 not found in Salesforce)"
LEAD = "participants: not sent (Salesforce takes no lead beside an account)"


def without_guest(_record: Values, values: Mapping[str, Value], _creating: bool) -> Values:
    """What is made of an event whose guest is a lead."""
    return {name: value for name, value in values.items() if name != "WhoId"}


def created(**people: Value) -> Action:
    return decided(record(values=people), view(), lines=(*LINES, GUESTS, HOSTS))


def updated(**people: str) -> Action:
    there = edited(title="Call Bob", **people)
    return decided(there, view(link(), found=found(EARLY)), lines=(*LINES, GUESTS, HOSTS))


def test_all_who_are_not_sent_are_told() -> None:
    action = created(participants="nobody@example.com", hosts="none@example.com")

    assert action.verb is Verb.CREATE
    assert action.detail == f"participants: {NOBODY}; hosts: {NOBODY}"


def test_who_was_named_in_vain_is_told_with_an_update() -> None:
    action = updated(participants="nobody@example.com", hosts="none@example.com")

    assert action.verb is Verb.UPDATE
    assert action.detail == f"participants: {NOBODY}; hosts: {NOBODY}"


def test_who_was_not_named_anew_is_not_told() -> None:
    known = view(link(), found=found(EARLY))
    values = {"title": "Call Bob", "participants": "nobody@example.com"}
    there = record(values=values, edits=edited(title="Call Bob").edits)

    assert decided(there, known, lines=(*LINES, GUESTS)).detail == ""


def test_lead_beside_an_account_is_told() -> None:
    """Beside them somebody who is nobody: the two are told apart."""
    lead = ("participants", "lea@example.com")
    known = view(link(), found=found(EARLY))
    known.resolved.people[lead] = [("00Q000000000001AAA", "lea@example.com")]  # type: ignore[index]
    there = edited(title="Call Bob", participants="lea@example.com", hosts="none@example.com")
    lines = (*LINES, GUESTS, HOSTS)

    action = decided(there, known, lines=lines, prepare=without_guest)

    assert action.detail == f"hosts: {NOBODY}; {LEAD}"
