"""What a deletion on the platform is to the CRM."""

import pytest

from syncline.engine.plan import Action, Send, SendKind, Verb
from tests.unit.engine.outgoing_situations import (
    EARLY,
    LATE,
    NOON,
    TASK,
    decided,
    found,
    link,
    record,
    shown,
    view,
)

GONE = record(deleted=True, values={})


def told(action: Action) -> tuple[Verb, str, str]:
    return action.verb, action.reason, action.detail


def test_a_deletion_goes_to_salesforce() -> None:
    action = decided(GONE, view(link()))

    assert told(action) == (Verb.DELETE, "deleted_on_platform", "")
    assert action.send == Send(SendKind.DELETE, TASK, {}, "", 7)


@pytest.mark.parametrize(
    ("sent", "status", "verb"),
    [
        ({}, "Open", Verb.DELETE),
        ({}, "Done", Verb.LEAVE),
        ({"title": "Call Ada"}, "Done", Verb.DELETE),
    ],
)
def test_a_filter_keeps_what_was_never_ours(sent: dict[str, str], status: str, verb: Verb) -> None:
    known = link(sent=sent, baseline=shown(status=status))

    action = decided(GONE, view(known), included=lambda values: values["status"] == "Open")

    assert action.verb is verb
    assert verb is Verb.DELETE or action.reason == "filtered"


@pytest.mark.parametrize(("prefix", "verb"), [("00T", Verb.DELETE), ("00U", Verb.SKIP)])
def test_only_records_of_the_object_are_deleted(prefix: str, verb: Verb) -> None:
    assert decided(GONE, view(link()), key_prefix=prefix).verb is verb


def test_what_was_never_sent_is_left() -> None:
    assert told(decided(GONE, view())) == (Verb.LEAVE, "never_sent", "")


def test_a_job_may_leave_deletions_alone() -> None:
    assert told(decided(GONE, view(link()), deletes=False)) == (
        Verb.SKIP, "deletes_off", "deleted on the platform; this job does not delete in Salesforce",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("modified", "verb"), [(LATE, Verb.HOLD), (NOON, Verb.DELETE), (EARLY, Verb.DELETE)]
)
def test_a_later_change_holds_the_deletion(modified: str, verb: Verb) -> None:
    action = decided(GONE, view(link(), found=found(modified, title="Theirs")))

    assert action.verb is verb


def test_why_a_deletion_is_held_is_told() -> None:
    action = decided(GONE, view(link(), found=found(title="Theirs")))

    assert (action.verb, action.reason) == (Verb.HOLD, "edited_after_deletion")
    assert action.detail == (
        f"deleted on the platform, but changed in Salesforce later ({LATE}); delete it there, or "
        "make the record anew here with the same External Id"
    )
