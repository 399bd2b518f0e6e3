"""One change event, ten rounds of the jobs beside it: one write in Salesforce, none more here."""

from typing import Any

import pytest

from syncline.ports import Drain
from tests.worlds.all_kinds import ACCOUNTS_OUT
from tests.worlds.owned import NAME, owned
from tests.worlds.runs import take_turns
from tests.worlds.small import ACME, account_id
from tests.worlds.two_way import ACCOUNTS, SECOND
from tests.worlds.writing_back import CRM, Announcing, announcing

ROUNDS = 10
VALUES = pytest.mark.parametrize(
    "values",
    [
        {"industry": "Mining"},
        {"industry": None},
        {"owner": "BOB@Example.com"},
        {"industry": "Mining", "phone": "123", "owner": "bob@example.com"},
    ],
    ids=["field", "cleared", "reference", "several"],
)
JOBS = pytest.mark.parametrize(
    "jobs",
    [(ACCOUNTS,), (ACCOUNTS_OUT, ACCOUNTS), (ACCOUNTS, ACCOUNTS_OUT)],
    ids=["in", "out-in", "in-out"],
)


def both_ways() -> Announcing:
    """Industry, phone and owner are written back; the first two go out by a job as well."""
    platform = announcing("industry", "phone", "owner")
    body = {"kind": "accounts_outbound", "connection": CRM}
    put = platform.world.cloud.configuration.put
    assert put(ACME, "job", ACCOUNTS_OUT, body, expected=0)
    take_turns(platform.world, ACCOUNTS, ACCOUNTS_OUT)
    platform.world.advance(minutes=15)
    return platform


def written_rows(platform: Announcing) -> list[Any]:
    """Fills up with the rows that are written to Salesforce."""
    rows: list[Any] = []
    platform.world.crm.refuse = lambda _object, _kind, row: rows.append(row)
    return rows


def delivered_again(platform: Announcing) -> None:
    """The message that was done, and what the sweeper finds."""
    cloud, own = platform.world.cloud, platform.record(1).id
    waiting = cloud.records(ACME).waiting("account", bulk=False, limit=5)
    platform.drain(Drain(ACME, CRM, "account", (own, *waiting)))


def seen(platform: Announcing) -> tuple[int, int, str]:
    """Versions of the record and its link, and Salesforce's stamp of it."""
    stamp = str(platform.in_salesforce(1)["systemmodstamp"])
    return platform.record(1).version, platform.link(1).version, stamp


@VALUES
@JOBS
def test_a_change_is_one_write_there(jobs: tuple[str, ...], values: dict[str, Any]) -> None:
    platform = both_ways()
    rows = written_rows(platform)
    event = platform.event(1, **values)
    platform.announce(event)
    platform.drain_all()
    version, _, stamp = seen(platform)

    found = []
    for _ in range(ROUNDS):
        take_turns(platform.world, *jobs)
        delivered_again(platform)
        found.append(seen(platform))

    assert len(rows) == 1
    assert {each[0] for each in found} == {version}
    assert {each[2] for each in found} == {stamp}
    assert len({each[1] for each in found[1:]}) == 1
    assert platform.record(1).edits == {}
    assert {each for each, _ in platform.told(event).values()} == {"applied"}


@JOBS
def test_a_change_before_any_message_is_one_write(jobs: tuple[str, ...]) -> None:
    platform = both_ways()
    rows = written_rows(platform)
    event = platform.event(1, industry="Mining")
    platform.announce(event)
    version = platform.record(1).version
    platform.world.cloud.queues.immediate.clear()

    for _ in range(ROUNDS):
        take_turns(platform.world, *jobs)
        delivered_again(platform)

    assert len(rows) == 1
    assert platform.record(1).version == version + 1
    assert platform.in_salesforce(1)["industry"] == "Mining"
    assert platform.told(event)["industry"][0] == "applied"


@JOBS
def test_what_a_seller_edits_next_is_one_write_here(jobs: tuple[str, ...]) -> None:
    platform = both_ways()
    platform.announce(platform.event(1, industry="Mining"))
    platform.drain_all()
    platform.world.advance(minutes=5)
    platform.world.crm.org.edit("Account", account_id(1), Industry="Banking", by=SECOND)
    rows, version = written_rows(platform), platform.record(1).version

    for _ in range(ROUNDS):
        take_turns(platform.world, *jobs)
        delivered_again(platform)

    assert rows == []
    assert platform.record(1).version == version + 1
    assert platform.record(1).values["industry"] == "Banking"


def test_a_new_owner_is_read_through_once() -> None:
    platform = owned()
    rows = written_rows(platform)
    platform.announce(platform.event(1, owner="bob@example.com"))
    platform.drain_all()
    version, _, stamp = seen(platform)

    for _ in range(ROUNDS):
        take_turns(platform.world, ACCOUNTS)
        delivered_again(platform)

    assert len(rows) == 1
    assert platform.record(1).values[NAME] == "Bob B"
    assert (platform.record(1).version, seen(platform)[2]) == (version, stamp)
