"""The immediate writer against the emulator, over real HTTP with the real adapter; the platform is
in memory. Three accounts: a field, a reference and a field of whom a reference leads to change."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from syncline.config.attribute import attribute_name
from syncline.engine.moments import canonical_instant
from syncline.engine.told import Told
from syncline.memory.clock import MemoryClock
from syncline.memory.cloud import MemoryCloud
from syncline.memory.queues import Message
from syncline.ports import Drain, Receipt
from syncline.salesforce.describe import forget_descriptions
from syncline.salesforce.tokens import forget_sessions
from syncline.usecases.stored_changes import ChangeEvent
from tests.contract.crm_orgs import NOON, Emulated, emulator, put_user
from tests.worlds.bulk import BULK, WINDOW, Gathering
from tests.worlds.small import ACME, World
from tests.worlds.writing_back import CRM, TITLE, Announcing

PHONE, OWNER = "phone", "owner"
_AGREED: Final = "agreed"
_MAPPING: Final = [
    {"salesforce": "Id", "platform": "external_id", "key": True},
    {"salesforce": "Name", "platform": "name"},
    {"salesforce": "Phone", "platform": PHONE},
    {"salesforce": "Owner.Email", "platform": OWNER},
    {"salesforce": "Owner.Title", "platform": TITLE},
]
_DOCUMENTS: Final[Mapping[tuple[str, str], Mapping[str, Any]]] = {
    ("workspace", ACME): {"attributes": {"account": {TITLE: "text"}}},
    ("connection", CRM): {"login_url": "https://acme.example.com"},
    ("job", "accounts"): {"kind": "accounts_inbound", "connection": CRM, "mapping": _MAPPING},
    ("attribute", attribute_name("account", PHONE)): {"write_back": True},
    ("attribute", attribute_name("account", OWNER)): {"write_back": True},
    ("attribute", attribute_name("account", TITLE)): {
        "write_back": True,
        "reference": "edit_value",
    },
}
_MOST: Final = 60
_BETWEEN: Final = 60


@dataclass(slots=True)
class WrittenOrg:
    """`cloud` has the changes captured; copy it for each time that they are written. `accounts` and
    `users` are ids of Salesforce."""

    org: Emulated
    cloud: MemoryCloud
    accounts: tuple[str, ...]
    users: tuple[str, ...]
    events: tuple[ChangeEvent, ...] = ()
    messages: tuple[Message, ...] = ()

    def fresh(self, *, bulk: bool = False) -> WrittenOrg:
        """Both sides as before anything was written; the changes wait for that writer."""
        control = self.org.control
        control.restore(_AGREED, keep=[])
        control.disarm()
        control.clear_journal()
        forget_sessions()
        forget_descriptions()
        cloud = copy.deepcopy(self.cloud)
        events = [replace(e, receipt=replace(e.receipt, bulk=bulk)) for e in self.events]
        Announcing(World(None, cloud)).announce(*events)  # type: ignore[arg-type]
        queue = cloud.queues.bulk if bulk else cloud.queues.immediate
        return replace(self, cloud=cloud, messages=tuple(queue))

    def drain_all(self) -> None:
        """Every message, its delay over on both clocks; what waits is looked after in the end."""
        queue = self.cloud.queues.immediate
        for _ in range(_MOST):
            if not queue and not self.waiting():
                return
            if not queue:
                self.cloud.queues.send([Drain(ACME, CRM, "account", ())])
            message = queue.pop(0)
            self.pass_by(message.delay)
            assert isinstance(message.request, Drain)
            world = World(None, self.cloud)  # type: ignore[arg-type]
            platform = Announcing(world, orgs={CRM: self.org.crm()})
            platform.drain(message.request)
        raise AssertionError("it is never written")

    def gather_all(self) -> None:
        """Windows that close and legs that are due, as `drain_all` for the other writer."""
        for _ in range(_MOST):
            queue = self.cloud.queues.bulk
            world = World(self.org.crm(), self.cloud)  # type: ignore[arg-type]
            if queue:
                message = queue.pop(0)
                self.pass_by(max(message.delay, WINDOW))
                assert isinstance(message.request, Drain)
                started = Gathering(Announcing(world)).start(message.request)
                if started.run is not None:
                    world.run(BULK, run=started.run.id)
            elif not self._next_leg(world):
                if not self.waiting(bulk=True):
                    return
                self.cloud.queues.send([Drain(ACME, CRM, "account", (), bulk=True)])
        raise AssertionError("it is never written")

    def _next_leg(self, world: World) -> bool:
        legs = self.cloud.schedules.legs
        due = [(stored["at"], key, stored) for key, stored in legs.under(())]
        if not due:
            return False
        at, key, stored = min(due, key=lambda each: each[0])
        legs.remove(key)
        missing = datetime.fromisoformat(at) - self.cloud.clock.now()
        self.pass_by(max(missing.total_seconds(), 0))
        world.run(BULK, run=stored["run"], leg=stored["leg"])
        return True

    def pass_by(self, seconds: float) -> None:
        self.cloud.clock.advance(timedelta(seconds=seconds))
        self.org.control.advance(seconds)

    def waiting(self, *, bulk: bool = False) -> list[str]:
        return list(self.cloud.records(ACME).waiting("account", bulk=bulk, limit=10))

    def told(self) -> dict[str, Told]:
        """What became of the one attribute of each change."""
        found = self.cloud.receipts(ACME).get([event.receipt.id for event in self.events])
        results = [found[event.receipt.id].results[CRM] for event in self.events]
        return {name: told for each in results for name, told in each.items()}

    def there(self) -> dict[str, Any]:
        """What Salesforce has, once all is committed."""
        self.pass_by(_BETWEEN)
        with self.org.running.signed_in() as client:

            def read(object: str, id: str, field: str) -> Any:
                path = f"/services/data/v62.0/sobjects/{object}/{id}"
                answer = client.get(path, params={"fields": field})
                answer.raise_for_status()
                return answer.json()[field]

            return {
                PHONE: read("Account", self.accounts[0], "Phone"),
                OWNER: read("Account", self.accounts[1], "OwnerId"),
                TITLE: read("User", self.users[0], "Title"),
            }

    def wanted(self) -> dict[str, Any]:
        return {PHONE: "123", OWNER: self.users[1], TITLE: "Boss"}

    def before(self) -> dict[str, Any]:
        return {PHONE: None, OWNER: self.users[0], TITLE: None}


@contextmanager
def written_org() -> Iterator[WrittenOrg]:
    """Both sides agree on three accounts of one owner; three changes wait."""
    with emulator() as running:
        org = running.fresh("rest")
        users = (put_user(org, 1, "ada@example.com"), put_user(org, 2, "bob@example.com"))
        accounts = tuple(
            org.put("Account", number, Name=f"Company {number}", OwnerId=users[0])
            for number in range(3)
        )
        cloud = MemoryCloud(clock=MemoryClock(NOON))
        for (type, name), body in _DOCUMENTS.items():
            assert cloud.configuration.put(ACME, type, name, body, expected=0)
        found = WrittenOrg(org, cloud, accounts, users)
        found.pass_by(3600)
        World(org.crm(), cloud).run("accounts")  # type: ignore[arg-type]
        found.pass_by(3600)
        found.events = tuple(_changes(found))
        org.control.snapshot(_AGREED)
        yield found


def _changes(found: WrittenOrg) -> Iterator[ChangeEvent]:
    said = ((PHONE, "123"), (OWNER, "bob@example.com"), (TITLE, "Boss"))
    links = found.cloud.links(ACME, CRM).get(found.accounts)
    now = canonical_instant(found.cloud.clock.now())
    for number, (name, value) in enumerate(said):
        record = links[found.accounts[number]].platform_id
        receipt = Receipt(
            id=f"{number:032x}",
            digest=value,
            object="account",
            record=str(record),
            at=now,
            accepted_at=now,
            origin="profile",
            actor="ada@example.com",
            to={CRM: (name,)},
        )
        yield ChangeEvent(receipt, {name: value})
