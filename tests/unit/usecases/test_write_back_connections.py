"""Several connections: what one of them is about says and takes nothing of another."""

import pytest

from syncline.engine.moments import canonical_instant
from syncline.ports import Drain
from tests.worlds.small import ACME, World, account_id
from tests.worlds.two_way import ACCOUNTS, change_job
from tests.worlds.writing_back import CRM, Announcing, announcing, connect

OTHER = "other"
LINES = [
    {"salesforce": "Id", "platform": "external_id", "key": True},
    {"salesforce": "Name", "platform": "name"},
]
INDUSTRY = {"salesforce": "Industry", "platform": "industry"}


def drain(platform: Announcing, connection: str = CRM) -> None:
    """What waits for the connection; the other one is not reached."""
    queue = platform.world.cloud.queues.immediate
    for message in list(queue):
        request = message.request
        if isinstance(request, Drain) and request.connection == connection:
            queue.remove(message)
            platform.drain(request)


def change(platform: Announcing, value: str, at: str | None = None) -> str:
    """Of the first account, for both connections; its receipt."""
    to = {CRM: ("industry",), OTHER: ("industry",)}
    event = platform.event(1, at, industry=value, to=to)
    platform.announce(event)
    drain(platform)
    platform.world.advance(minutes=5)
    return event.receipt.id


def sold_again(platform: Announcing) -> str:
    """What a seller sets is what still waits for the other connection; returns a time before."""
    connect(platform, OTHER, 1)
    change(platform, "Mining")
    change(platform, "Banking")
    before = canonical_instant(platform.world.cloud.clock.now())
    platform.world.advance(minutes=5)
    platform.world.crm.org.edit("Account", account_id(1), Industry="Mining")
    platform.world.advance(minutes=5)
    return before


def test_what_waits_elsewhere_hides_no_edit() -> None:
    platform = announcing("industry")
    before = sold_again(platform)

    receipt = change(platform, "Energy", before)

    assert platform.in_salesforce(1)["industry"] == "Mining"
    told = platform.receipt(receipt).results[CRM]["industry"]
    assert (told.outcome, told.reason) == ("superseded", "crm_is_later")


def test_what_waits_elsewhere_hides_no_contest() -> None:
    platform = announcing("industry")
    change_job(platform.world, ACCOUNTS, conflicts="hold")
    sold_again(platform)
    platform.announce(platform.event(1, industry="Energy"))
    platform.world.advance(hours=1)

    platform.world.run(ACCOUNTS)

    assert platform.link(1).reason == "contested"


@pytest.mark.parametrize("writes", [False, True])
def test_what_is_written_here_is_sent_there(writes: bool) -> None:
    """By a scheduled job, for no inbound job of that connection maps it."""
    platform = announcing("industry")
    other = connect(platform, OTHER, 1)
    out = {"kind": "accounts_outbound", "connection": OTHER, "mapping": [*LINES, INDUSTRY]}
    platform.world.cloud.configuration.put(ACME, "job", "out", out, expected=0)
    change_job(platform.world, "accounts-other", mapping=LINES)
    _run_later(other, "accounts-other", "out")
    platform.announce(platform.event(1, industry="Mining"))

    if writes:
        drain(platform)
    _run_later(other, "out")

    assert other.crm.org.rows["account"][account_id(1)]["industry"] == "Mining"


def _run_later(world: World, *jobs: str) -> None:
    for job in jobs:
        world.advance(hours=1)
        world.run(job)


def test_a_job_without_its_connection_stops_nobody() -> None:
    """It was saved while the connection was deleted."""
    platform = announcing("industry")
    lost = {"kind": "accounts_inbound", "connection": "gone"}
    platform.world.cloud.configuration.put(ACME, "job", "lost", lost, expected=0)
    event = platform.event(1, industry="Mining")
    platform.announce(event)

    platform.drain_all()

    assert platform.told(event) == {"industry": ("applied", "written")}
