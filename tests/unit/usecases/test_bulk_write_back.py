"""Bulk write-back: what one action changes goes out as one run of the connection's own job."""

import pytest

from syncline.memory.crm_rows import refused
from syncline.ports import Row, RowAnswer, RunStatus
from syncline.usecases.list_actions import ListActions
from tests.worlds.bulk import BULK, Gathering, gathering
from tests.worlds.small import ACME, OWNER, account_id, put_account
from tests.worlds.two_way import ACCOUNTS, SECOND, change_job
from tests.worlds.writing_back import CRM, TITLE, with_titles

MANY = 5000


def large() -> Gathering:
    """As many accounts on both sides as one segment may hold."""
    gathered = gathering("industry", "phone", "owner")
    world = gathered.world
    world.batch_size = 1000
    for number in range(6, MANY + 1):
        put_account(world, number)
    world.advance(hours=1)
    world.run(ACCOUNTS)
    world.advance(hours=1)
    return gathered


def test_many_changes_of_one_action_are_one_run() -> None:
    """W8, W11: three attributes each, one of them a reference."""
    gathered = large()
    values = {"industry": "Mining", "phone": "123", "owner": "bob@example.com"}
    events = [gathered.event(number, **values) for number in range(1, MANY + 1)]
    for start in range(0, MANY, 500):
        gathered.announce(events[start : start + 500])
    before = gathered.world.crm.requests()

    gathered.work_off()

    run = gathered.run()
    assert run.status is RunStatus.SUCCEEDED
    assert run.ledger["updated"] == run.ledger["read"] == MANY
    assert gathered.world.crm.requests() - before <= 15
    receipts = gathered.world.cloud.receipts(ACME).get([e.receipt.id for e in events])
    told = [each for receipt in receipts.values() for each in receipt.results[CRM].values()]
    assert {(each.outcome, each.reason) for each in told} == {("applied", "written")}
    assert len(told) == 3 * MANY
    assert gathered.platform.in_salesforce(MANY)["ownerid"] == SECOND
    assert gathered.world.cloud.records(ACME).waiting("account", bulk=True, limit=1) == []


def test_few_changes_cost_few_requests() -> None:
    gathered = gathering("industry", "owner")
    gathered.announce(
        [gathered.event(n, industry="Mining", owner="bob@example.com") for n in range(1, 6)]
    )

    gathered.work_off()

    assert gathered.run().status is RunStatus.SUCCEEDED
    assert gathered.platform.in_salesforce(3)["industry"] == "Mining"
    assert gathered.platform.in_salesforce(3)["ownerid"] == SECOND


def test_the_runs_records_show_every_attribute() -> None:
    """W9: also those that were refused, or needed no writing."""
    gathered = gathering("industry", "name", "phone", "owner")
    values = {"industry": "Mining", "name": "Company 1", "owner": "nobody@example.com"}
    gathered.announce([gathered.event(1, phone="1", **values)])

    gathered.work_off()

    (shown,) = ListActions(gathered.world.cloud.journal)(ACME, gathered.run().id)
    changed = {name: after for name, _, after in shown.stored["changes"]}
    assert changed == {"industry": "Mining", "phone": "1"}
    assert "owner: no active User has the Email 'nobody@example.com'" in shown.stored["detail"]
    assert "name: Salesforce has that value already" in shown.stored["detail"]


def test_the_attributes_of_a_record_that_is_gone_are_shown() -> None:
    gathered = gathering("industry", "phone")
    event = gathered.event(1, industry="Mining", phone="1")
    gathered.announce([event])
    gathered.world.crm.org.delete("Account", account_id(1))

    gathered.work_off()

    (shown,) = ListActions(gathered.world.cloud.journal)(ACME, gathered.run().id)
    assert shown.stored["bucket"] == "rejected"
    assert {"industry:", "phone:"} <= set(shown.stored["detail"].split())


def test_what_is_held_beside_what_is_written_is_told() -> None:
    gathered = gathering("industry", "phone")
    change_job(gathered.world, ACCOUNTS, conflicts="hold")
    gathered.world.crm.org.edit("Account", account_id(1), Industry="Banking")
    gathered.world.advance(minutes=1)
    event = gathered.event(1, industry="Mining", phone="1")
    gathered.announce([event])

    gathered.work_off()

    assert gathered.platform.told(event)["industry"][0] == "held"
    assert gathered.run().status is RunStatus.PARTIAL


def test_of_two_edits_of_one_user_the_later_is_written() -> None:
    """Through two accounts, in two batches of the run."""
    gathered = Gathering(with_titles())
    gathered.world.batch_size = 1
    later = gathered.event(1, **{TITLE: "CEO"})
    older = gathered.event(2, at="2026-01-01T13:00:00Z", **{TITLE: "CTO"})
    gathered.announce([later, older])

    gathered.work_off()

    assert gathered.world.crm.org.rows["user"][OWNER]["title"] == "CEO"
    assert gathered.platform.told(older) == {TITLE: ("superseded", "later_change")}
    assert gathered.platform.told(later) == {TITLE: ("applied", "written")}


def test_what_people_see_first_is_what_goes_wrong() -> None:
    """W10, W12: one attribute is refused, the others are written."""
    gathered = gathering("industry", "phone")
    _refuse(gathered, "Phone")
    event = gathered.event(1, industry="Mining", phone="1")
    gathered.announce([event, gathered.event(2, industry="Mining")])

    gathered.work_off()

    told = gathered.platform.told(event)
    assert told == {"industry": ("applied", "written"), "phone": ("refused", "read_only")}
    run = gathered.run()
    assert run.status is RunStatus.PARTIAL
    results = gathered.platform.receipt(event.receipt.id).results["crm"]
    assert {each.run for each in results.values()} == {run.id}
    assert run.ledger["reasons"] == {"updated:written_back": 1, "updated:written_in_part": 1}
    assert run.ledger["written"]["crm"] == 2
    (news,) = gathered.world.cloud.notifications.sent
    assert news.message["run"] == run.id
    (cause,) = news.message["causes"]
    assert (cause["attribute"], cause["reason"], cause["count"]) == ("phone", "read_only", 1)
    assert cause["example"] == event.receipt.record
    assert news.message["origins"] == [{"origin": "profile", "actor": "ada@example.com"}]


def test_one_refusal_hides_no_other_cause() -> None:
    """One of the contested records has another attribute, which nobody may write."""
    gathered = gathering("industry", "owner")
    change_job(gathered.world, ACCOUNTS, conflicts="hold")
    for number in (1, 2, 3):
        gathered.world.crm.org.edit("Account", account_id(number), Industry="Banking")
    gathered.world.advance(minutes=1)
    nobody = gathered.event(3, industry="Mining", owner="nobody@example.com")
    others = [gathered.event(number, industry="Mining") for number in (1, 2)]

    gathered.announce([*others, nobody])
    gathered.work_off()

    (news,) = gathered.world.cloud.notifications.sent
    assert {(c["attribute"], c["reason"]): c["count"] for c in news.message["causes"]} == {
        ("industry", "contested"): 3,
        ("owner", "reference_not_found"): 1,
    }
    assert gathered.run().ledger["reasons"] == {"held:contested": 3}


@pytest.mark.parametrize("job_from", [1, 2000], ids=["by_job", "at_once"])
def test_a_refused_row_stops_no_other(job_from: int) -> None:
    gathered = gathering("industry", "phone")
    gathered.world.crm.job_from = job_from
    _refuse(gathered, "Phone")
    bad, good = gathered.event(1, phone="1"), gathered.event(2, industry="Mining")
    gathered.announce([bad, good])

    gathered.work_off()

    assert gathered.platform.told(bad) == {"phone": ("refused", "read_only")}
    assert gathered.platform.told(good) == {"industry": ("applied", "written")}
    assert gathered.run().ledger["reasons"] == {"rejected:read_only": 1, "updated:written_back": 1}


@pytest.mark.parametrize(("partial", "failure", "sent"), [(False, True, 0), (True, False, 1)])
def test_notifications_are_settings(partial: bool, failure: bool, sent: int) -> None:
    """W10."""
    gathered = gathering("phone")
    _settings(gathered, {"partial": partial, "failure": failure})
    _refuse(gathered, "Phone")
    gathered.announce([gathered.event(1, phone="1")])

    gathered.work_off()

    assert gathered.run().status is RunStatus.PARTIAL
    assert len(gathered.world.cloud.notifications.sent) == sent


def _refuse(gathered: Gathering, field: str) -> None:
    """The org says of each row that the field is not to be written."""

    def refuse(_object: str, _kind: object, row: Row) -> RowAnswer | None:
        return refused(row.id, "read_only", field) if field in row.values else None

    gathered.world.crm.refuse = refuse


def _settings(gathered: Gathering, notify: dict[str, bool]) -> None:
    configuration = gathered.world.cloud.configuration
    stored = configuration.get(ACME, "connection", CRM)
    assert stored is not None
    body = {**stored.body, "bulk_write_back": notify}
    assert configuration.put(ACME, "connection", CRM, body, expected=stored.version)


def test_it_is_the_connections_own_job() -> None:
    gathered = gathering("industry")
    gathered.announce([gathered.event(1, industry="Mining")])

    gathered.work_off()

    assert (gathered.run().job, gathered.run().trigger) == (BULK, "write_back")
