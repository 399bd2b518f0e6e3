"""A small world in memory: one workspace, one org, an accounts job and a tasks job.

`first_load` brings both sides to an agreement; `stir` then does to the org and the platform what
gives every action of the engine something to do in the next run of each job.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any, Final

from syncline.engine.records import PlatformRecord
from syncline.kinds.kind import Direction
from syncline.memory.clock import MemoryClock
from syncline.memory.cloud import MemoryCloud
from syncline.memory.crm import MemoryCrm
from syncline.memory.org import described
from syncline.ports import RecordWrite, Run
from syncline.usecases.bulk_write_back_leg import BulkWriteBackLeg
from syncline.usecases.run_job import LEGS, Legs, RunJob, Start
from tests.faults.crashing import Fuse, Fused

ACME: Final = "acme"
LEG: Final = timedelta(minutes=14)
_PORTS: Final = (
    "configuration", "runs", "journal", "schedules", "notifications", "turnstile",
)  # fmt: skip
OWNER: Final = "005000000000002AAA"


def account_id(number: int) -> str:
    return f"001{number:012d}AAA"


def task_id(number: int) -> str:
    return f"00T{number:012d}EAA"


def new_crm() -> MemoryCrm:
    user = described("User", {"Email": "email"}, key_prefix="005")
    account = described(
        "Account",
        {"Name": "string", "Website": "url", "Phone": "phone", "Industry": "picklist"},
        key_prefix="001",
        references={"OwnerId": ("User",), "CreatedById": ("User",)},
        mergeable=True,
    )
    task = described(
        "Task",
        {
            "Subject": "combobox",
            "Description": "textarea",
            "Priority": "picklist",
            "Status": "picklist",
            "ActivityDate": "date",
        },
        key_prefix="00T",
        references={
            "AccountId": ("Account",),
            "OwnerId": ("User",),
            "CreatedById": ("User",),
        },
    )
    return MemoryCrm([user, account, task])


@dataclass(slots=True)
class World:
    """Both sides and the clock between them. `fuse` may kill what runs."""

    crm: MemoryCrm
    cloud: MemoryCloud
    batch_size: int = 3

    def run(
        self, job: str, *, fuse: Fuse | None = None, time: timedelta = LEG, **start: Any
    ) -> Run | None:
        """One start of the job's Lambda."""
        use_case = self.job_runner(fuse or Fuse())
        deadline = self.cloud.clock.now() + time
        return use_case(Start(workspace=ACME, job=job, **start), deadline=deadline)

    def job_runner(self, fuse: Fuse) -> RunJob:
        cloud = self.cloud

        ports: dict[str, Any] = {name: Fused(getattr(cloud, name), fuse) for name in _PORTS}
        factories: dict[str, Any] = {
            "crm": lambda _workspace, _connection: Fused(self.crm, fuse),
            "links": lambda workspace, name: Fused(cloud.links(workspace, name), fuse),
            "records": lambda workspace: Fused(cloud.records(workspace), fuse),
            "conflicts": lambda workspace: Fused(cloud.conflicts(workspace), fuse),
        }
        bulk = partial(
            BulkWriteBackLeg,
            configuration=ports["configuration"],
            receipts=lambda workspace: Fused(cloud.receipts(workspace), fuse),
            queues=Fused(cloud.queues, fuse),
        )
        legs: Legs = {**LEGS, Direction.WRITE_BACK: bulk}
        return RunJob(
            **ports, **factories, clock=cloud.clock, batch_size=self.batch_size, legs=legs
        )

    def advance(self, **time: float) -> None:
        """Both clocks; what we know of the CRM's time we know from the CRM."""
        step = timedelta(**time)
        self.cloud.clock.advance(step)
        self.crm.org.advance(step.total_seconds())

    def edit_on_platform(self, object: str, id: str, **values: Any) -> None:
        """What a person does through the API."""
        records = self.cloud.records(ACME)
        record = records.get(object, [id])[id]
        now = self.cloud.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        edited = replace(
            record,
            version=record.version + 1,
            values={**record.values, **values},
            updated_at=now,
            edits={**record.edits, **dict.fromkeys(values, now)},
        )
        write = RecordWrite(record=edited, expected=record.version, before=record, feed=True)
        assert records.write([write]) == [True]

    def platform(self, object: str) -> dict[str, dict[str, Any]]:
        """Live records by external id."""
        page, _ = self.cloud.records(ACME).page(object, limit=1000)
        return {str(record.values["external_id"]): dict(record.values) for record in page}

    def platform_id(self, crm_id: str) -> str:
        link = self.cloud.links(ACME, "crm").get([crm_id])[crm_id]
        assert link.platform_id is not None
        return link.platform_id


def new_world(**job: Any) -> World:
    crm = new_crm()
    cloud = MemoryCloud(clock=MemoryClock(crm.org.clock))
    put = cloud.configuration.put
    put(ACME, "workspace", ACME, {}, expected=0)
    put(ACME, "connection", "crm", {"login_url": "https://acme.example.com"}, expected=0)
    accounts = {"kind": "accounts_inbound", "connection": "crm"}
    tasks = {"kind": "tasks_inbound", "connection": "crm", **job}
    put(ACME, "job", "accounts", accounts, expected=0)
    put(ACME, "job", "tasks", tasks, expected=0)
    crm.org.put("User", OWNER, Email="ada@example.com")
    return World(crm, cloud)


def put_account(world: World, number: int, **fields: Any) -> None:
    filled = {"Name": f"Company {number}", "Industry": "Energy", "OwnerId": OWNER, **fields}
    world.crm.org.put("Account", account_id(number), **filled)


def put_task(world: World, number: int, account: int | None, **fields: Any) -> None:
    parent = account_id(account) if account is not None else None
    filled = {"Subject": f"Call {number}", "Status": "Open", "OwnerId": OWNER, **fields}
    world.crm.org.put("Task", task_id(number), AccountId=parent, **filled)


def first_load(world: World) -> None:
    """Eight accounts and twelve tasks arrive; one task waits for an account that is not there."""
    for number in range(1, 9):
        put_account(world, number)
    for number in range(1, 13):
        put_task(world, number, 1 + number % 8)
    put_task(world, 13, 99)
    world.advance(hours=1)
    world.run("accounts")
    world.run("tasks")
    world.advance(hours=1)


def stir(world: World) -> None:
    """Something to do for every action, in both jobs."""
    org = world.crm.org
    _stir_accounts(world)
    put_task(world, 20, 2)
    put_task(world, 21, 3, Subject="Zoë 🚀\nsecond line")
    put_task(world, 22, 77)
    put_task(world, 23, None)
    put_task(world, 24, 4, Subject=None)
    org.edit("Task", task_id(1), Status="Done")
    world.edit_on_platform("task", world.platform_id(task_id(2)), description="from a person")
    org.edit("Task", task_id(2), Status="Done")
    world.edit_on_platform("task", world.platform_id(task_id(3)), title="the person's title")
    world.advance(minutes=1)
    org.edit("Task", task_id(3), Subject="the seller's title")
    org.edit("Task", task_id(4), AccountId=account_id(5))
    org.delete("Task", task_id(5))
    org.delete("Task", task_id(6))
    org.purge("Task", task_id(6))
    org.delete("Task", task_id(7))
    world.advance(minutes=1)
    world.edit_on_platform("task", world.platform_id(task_id(7)), title="still needed")
    world.edit_on_platform("task", world.platform_id(task_id(8)), status="Done")
    org.edit("Task", task_id(8), Status="Done")
    org.edit("Task", task_id(9), by_user=False)
    world.advance(hours=1)


def _stir_accounts(world: World) -> None:
    org = world.crm.org
    put_account(world, 99)
    put_account(world, 30, Name=None)
    put_account(world, 31)
    known = {"external_id": account_id(31).lower(), "name": "Company 31", "industry": "Mining"}
    _put_on_platform(world, "known-31", known)
    org.edit("Account", account_id(1), Name="Company One")
    world.edit_on_platform("account", world.platform_id(account_id(2)), name="A person's name")
    org.edit("Account", account_id(2), Industry="Mining")
    org.merge("Account", loser=account_id(7), winner=account_id(8))
    org.delete("Account", account_id(6))
    org.edit("Account", account_id(3), by_user=False)


def _put_on_platform(world: World, id: str, values: dict[str, Any]) -> None:
    record = PlatformRecord("account", id, 1, values, updated_at="2025-12-01T00:00:00Z")
    assert world.cloud.records(ACME).write([RecordWrite(record, expected=0)]) == [True]
