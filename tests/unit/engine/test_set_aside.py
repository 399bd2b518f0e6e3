"""CRM records that are not imported as they are: with what words, and told once."""

from dataclasses import replace
from typing import Any

import pytest

from syncline.engine.decide import decide
from syncline.engine.findings import Finding
from syncline.engine.plan import Action, Verb
from syncline.engine.records import Link, LinkState
from syncline.engine.rules import Rules
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

FLAW = ("value_does_not_fit", "the value of Subject is not a number")
TOUCHPOINT = rules(object="touchpoint", mandatory=(("subject", "title"),))


def told(action: Action) -> tuple[Verb, str, str]:
    return action.verb, action.reason, action.detail


@pytest.mark.parametrize(
    ("found", "job", "expected"),
    [
        (finding(title=None), rules(), (Verb.REJECT, "no_title", "a task needs a title")),
        (
            finding(title=None),
            TOUCHPOINT,
            (Verb.REJECT, "no_subject_or_title", "a touchpoint needs a subject or title"),
        ),
        (
            finding(account_id=None),
            rules(),
            (Verb.SKIP, "no_account", "a task without an account cannot be imported"),
        ),
        (
            finding(),
            rules(create=False),
            (Verb.SKIP, "create_off", "the job does not create records"),
        ),
        (replace(finding(), flaw=FLAW), rules(), (Verb.REJECT, *FLAW)),
    ],
)
def test_why_it_is_not_imported(
    found: Finding, job: Rules, expected: tuple[Verb, str, str]
) -> None:
    assert told(decide(found, view(), job, NOW)) == expected


@pytest.mark.parametrize("attribute", ["subject", "title"])
def test_one_of_two_is_enough(attribute: str) -> None:
    named: dict[str, Any] = {"title": None, attribute: "Call"}

    found = finding(**named)

    assert decide(found, view(), TOUCHPOINT, NOW).verb is Verb.CREATE


def test_the_second_need_counts_too() -> None:
    job = rules(mandatory=(("title",), ("due_date",)))

    assert decide(finding(), view(), job, NOW).reason == "no_due_date"


def test_a_parked_record_says_what_it_waits_for() -> None:
    action = decide(finding(), view(account=None), rules(), NOW)

    assert action.detail == (
        f"its account {ACCOUNT} is not on the platform yet; it is applied when that arrives"
    )
    assert action.values == values()
    assert action.link is not None
    assert (action.link.version, action.link.baseline) == (1, {})


@pytest.mark.parametrize(
    "before",
    [
        link(LinkState.PARKED, parent="001000000000009AAA", stamp=LATE),
        link(LinkState.PARKED, parent=ACCOUNT, stamp=EARLY),
        link(LinkState.REJECTED, parent=ACCOUNT, stamp=LATE),
    ],
)
def test_what_waits_otherwise_is_parked_anew(before: Link) -> None:
    action = decide(finding(), view(before, account=None), rules(), NOW)

    assert action.verb is Verb.PARK
    assert action.link is not None
    assert (action.link.parent, action.link.version) == (ACCOUNT, before.version + 1)


def test_a_linked_record_set_aside_stays_linked() -> None:
    action = decide(finding(title=None), view(link(), records=(record(),)), rules(), NOW)

    assert action.detail == "a task needs a title; the platform keeps its last value"
    assert action.link == replace(link(), version=4, reason="no_title", stamp=LATE)
    assert action.values == values(title=None)


def test_values_known_are_not_told_again() -> None:
    action = decide(finding(account_id=None), view(), rules(), NOW)

    assert action.link is not None
    assert (action.link.baseline, action.values) == (values(account_id=None), None)


def test_a_flaw_of_another_stamp_is_told_again() -> None:
    known = link(LinkState.REJECTED, reason=FLAW[0], stamp=EARLY)

    action = decide(replace(finding(), flaw=FLAW), view(known), rules(), NOW)

    assert action.verb is Verb.REJECT


def test_another_flaw_of_the_stamp_is_told() -> None:
    known = link(LinkState.REJECTED, reason="no_title", stamp=LATE)

    action = decide(replace(finding(), flaw=FLAW), view(known), rules(), NOW)

    assert action.verb is Verb.REJECT


def test_a_deletion_on_the_platform_is_told() -> None:
    gone = record(deleted=True)

    action = decide(finding(status="Done"), view(link(), records=(gone,)), rules(), NOW)

    assert action.detail == "its platform record was deleted on the platform"


def test_a_linked_record_without_platform_record_is_skipped() -> None:
    action = decide(finding(status="Done"), view(link(platform_id=None)), rules(), NOW)

    assert (action.verb, action.reason) == (Verb.SKIP, "deleted_on_platform")


def test_an_older_state_changes_nothing() -> None:
    newer = link(stamp=NOW)

    action = decide(finding(status="Done"), view(newer, records=(record(),)), rules(), NOW)

    assert (action.verb, action.reason, action.link) == (Verb.LEAVE, "newer_known", None)
    assert (action.platform_id, action.link_before) == ("t1", None)


def test_a_record_of_another_object_is_left() -> None:
    other = link(object="campaign_touch")

    action = decide(finding(status="Done"), view(other, records=(record(),)), rules(), NOW)

    assert (action.verb, action.reason, action.link) == (Verb.LEAVE, "other_object", None)


@pytest.mark.parametrize("state", [LinkState.PARKED, LinkState.REJECTED])
def test_only_a_live_link_belongs_elsewhere(state: LinkState) -> None:
    action = decide(finding(), view(link(state, object="campaign_touch")), rules(), NOW)

    assert action.verb is Verb.CREATE


def test_a_claimed_record_is_held_with_a_reason() -> None:
    claimed = view(
        records=(record(id="own"),), matches={TASK.lower(): "own"}, claims={"own": "00T9"}
    )

    action = decide(finding(), claimed, rules(), NOW)

    assert action.detail == "its platform record already belongs to another Salesforce record"


def test_a_record_of_its_own_is_no_others() -> None:
    claimed = view(records=(record(id="own"),), matches={TASK.lower(): "own"}, claims={"own": TASK})

    action = decide(finding(), claimed, rules(), NOW)

    assert (action.verb, action.reason) == (Verb.LINK, "matched")


def test_an_external_id_of_another_is_held() -> None:
    others = view(link(), records=(record(),), matches={"erp-7": "t2"})

    action = decide(finding(external_id="ERP-7"), others, rules(), NOW)

    assert told(action) == (
        Verb.HOLD,
        "external_id_taken",
        "its External Id is now that of another platform record",
    )
