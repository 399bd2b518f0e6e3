"""A change on the platform and an edit in Salesforce meet: the inbound job's policy decides."""

from typing import Any

import pytest

from syncline.ports import Conflict, Drain
from syncline.usecases.resolution import Choice
from syncline.usecases.resolve_conflict import ResolveConflict, Resolved
from syncline.usecases.stored_changes import ChangeEvent
from tests.worlds.runs import take_turns
from tests.worlds.small import ACME, account_id
from tests.worlds.two_way import ACCOUNTS, change_job
from tests.worlds.writing_back import CRM, Announcing, announcing

POLICIES = ("latest", "salesforce", "platform", "hold")
ORDERS = pytest.mark.parametrize("later", ["person", "seller"])
FIRST = pytest.mark.parametrize("first", ["write_back", "inbound"])


def deciding(policy: str, merge: str = "fields") -> Announcing:
    platform = announcing("industry", "phone")
    change_job(platform.world, ACCOUNTS, conflicts=policy, merge=merge)
    take_turns(platform.world, ACCOUNTS)
    platform.world.advance(minutes=5)
    return platform


def both_change(platform: Announcing, later: str, **fields: Any) -> ChangeEvent:
    """The industry: Mining here, Banking there; `fields` are edited there instead."""
    told = fields or {"Industry": "Banking"}
    if later == "person":
        platform.world.crm.org.edit("Account", account_id(1), **told)
        platform.world.advance(minutes=1)
    event = platform.event(1, industry="Mining")
    platform.announce(event)
    if later == "seller":
        platform.world.advance(minutes=1)
        platform.world.crm.org.edit("Account", account_id(1), **told)
    platform.world.advance(minutes=1)
    return event


def settle(platform: Announcing, first: str) -> None:
    """Both, the one or the other first, and then both again."""
    if first == "inbound":
        take_turns(platform.world, ACCOUNTS)
    platform.drain_all()
    take_turns(platform.world, ACCOUNTS)
    platform.drain_all()
    take_turns(platform.world, ACCOUNTS)


def sides(platform: Announcing, field: str = "industry") -> tuple[Any, Any]:
    return platform.record(1).values.get(field), platform.in_salesforce(1).get(field)


def conflicts(platform: Announcing) -> list[Conflict]:
    return list(platform.world.cloud.conflicts(ACME).page(limit=5))


def winner(policy: str, later: str) -> str:
    platform_wins = policy == "platform" or (policy == "latest" and later == "person")
    return "Mining" if platform_wins else "Banking"


@FIRST
@ORDERS
@pytest.mark.parametrize("policy", ["latest", "salesforce", "platform"])
@pytest.mark.parametrize("merge", ["fields", "record"])
def test_the_winner_stands_on_both_sides(policy: str, merge: str, later: str, first: str) -> None:
    platform = deciding(policy, merge)
    event = both_change(platform, later)

    settle(platform, first)

    stays = winner(policy, later)
    assert sides(platform) == (stays, stays)
    assert platform.record(1).edits == {}
    assert conflicts(platform) == []
    (outcome, _) = platform.told(event)["industry"]
    assert outcome == ("applied" if stays == "Mining" else "superseded")


@ORDERS
@pytest.mark.parametrize("policy", ["latest", "salesforce", "platform"])
def test_a_record_decided_as_a_whole_agrees(policy: str, later: str) -> None:
    platform = deciding(policy, "record")
    event = both_change(platform, later, Phone="555")

    settle(platform, "write_back")

    wins = winner(policy, later) == "Mining"
    assert sides(platform) == (("Mining", "Mining") if wins else ("Energy", "Energy"))
    assert sides(platform, "phone") == ("555", "555")
    assert platform.told(event)["industry"][0] == ("applied" if wins else "superseded")


@pytest.mark.parametrize("policy", POLICIES)
def test_what_nobody_contests_arrives_both_ways(policy: str) -> None:
    platform = deciding(policy)
    event = both_change(platform, "seller", Phone="555")

    settle(platform, "write_back")

    assert sides(platform) == ("Mining", "Mining")
    assert sides(platform, "phone") == ("555", "555")
    assert platform.told(event)["industry"] == ("applied", "written")
    assert conflicts(platform) == []


# --- held for a person ------------------------------------------------------------------------


def resolve(platform: Announcing, choice: Choice) -> Resolved:
    cloud, (conflict,) = platform.world.cloud, conflicts(platform)
    use_case = ResolveConflict(
        cloud.configuration, cloud.records, cloud.links, cloud.conflicts, cloud.journal, cloud.clock
    )
    return use_case(ACME, conflict.place, choice, by="ada")


def swept(platform: Announcing) -> None:
    """What the sweeper tells the writer, and what comes of it."""
    waiting = platform.world.cloud.records(ACME).waiting("account", bulk=False, limit=5)
    if waiting:
        platform.drain(Drain(ACME, CRM, "account", tuple(waiting)))


def held(*, merge: str = "fields", inbound: bool = True) -> tuple[Announcing, ChangeEvent]:
    platform = deciding("hold", merge)
    event = both_change(platform, "person")
    platform.drain_all()
    if inbound:
        take_turns(platform.world, ACCOUNTS)
    platform.world.advance(minutes=1)
    return platform, event


@ORDERS
@FIRST
def test_a_conflict_is_held_and_listed(later: str, first: str) -> None:
    platform = deciding("hold")
    event = both_change(platform, later)

    settle(platform, first)

    assert platform.told(event) == {"industry": ("held", "contested")}
    assert [each.fields for each in conflicts(platform)] == [{"industry": ("Banking", "Mining")}]
    assert sides(platform) == ("Mining", "Banking")


@pytest.mark.parametrize("inbound", [True, False])
@pytest.mark.parametrize("merge", ["fields", "record"])
@pytest.mark.parametrize(("choice", "stays"), [("salesforce", "Banking"), ("platform", "Mining")])
def test_a_person_decides_either_way(
    choice: Choice, stays: str, merge: str, *, inbound: bool
) -> None:
    platform, _ = held(merge=merge, inbound=inbound)

    done = resolve(platform, choice)
    swept(platform)
    take_turns(platform.world, ACCOUNTS)

    assert sides(platform) == (stays, stays)
    assert conflicts(platform) == []
    assert platform.link(1).reason is None
    assert platform.record(1).edits == {}
    assert platform.record(1).outbox == ()
    assert done.senders == (("write_back",) if choice == "platform" else ())


@pytest.mark.parametrize("choice", ["salesforce", "platform"])
def test_a_late_change_does_not_undo_a_decision(choice: Choice) -> None:
    platform, _ = held()
    late = platform.event(1, industry="Retail")
    platform.world.advance(minutes=1)
    resolve(platform, choice)

    platform.announce(late)

    assert platform.told(late) == {"industry": ("superseded", "later_change")}


def test_what_is_not_written_back_waits_for_a_job() -> None:
    platform = deciding("hold")
    platform.world.edit_on_platform("account", platform.record(1).id, domain="here.example")
    platform.world.crm.org.edit("Account", account_id(1), Website="there.example")
    take_turns(platform.world, ACCOUNTS)

    done = resolve(platform, "platform")

    assert done.senders == ()
    assert platform.record(1).outbox == ()
    assert platform.record(1).times == {}
