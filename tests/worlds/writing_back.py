"""A small world whose account attributes are written back as they change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from syncline.config.attribute import attribute_name
from syncline.engine.moments import canonical_instant
from syncline.engine.plan import SendKind
from syncline.engine.records import Link, PlatformRecord
from syncline.memory.crm_rows import refused
from syncline.memory.org import described
from syncline.ports import Drain, Receipt, Row, RowAnswer
from syncline.usecases.capture_changes import CaptureChanges
from syncline.usecases.known_outlets import KnownOutlets
from syncline.usecases.stored_changes import ChangeEvent
from syncline.usecases.tell_trouble import TellTrouble
from syncline.usecases.write_back_now import Drained, WriteBackNow
from tests.faults.crashing import Fuse, Fused
from tests.worlds.small import ACME, World, account_id, put_account
from tests.worlds.two_way import ACCOUNTS, change_job, two_way_crm, two_way_world

CRM: Final = "crm"
_NAMES: Final = ("configuration", "runs", "journal", "queues", "turnstile")
_FACTORIES: Final = ("records", "conflicts", "receipts")


@dataclass(slots=True)
class Announcing:
    """The platform as it announces changes; `world` has both sides."""

    world: World
    keys: int = 0
    orgs: dict[str, Any] = field(default_factory=dict)
    """Of connections beside the first."""
    outlets: KnownOutlets | None = None
    """What the process knows; without, each drain is a process of its own."""
    id_of: Callable[[int], str] = account_id
    """What the CRM calls the account with a number."""

    def event(self, number: int, at: str | None = None, **values: Any) -> ChangeEvent:
        """Of the account with that number. Among the values `key` repeats an earlier event, `to`
        says where it goes."""
        self.keys += 1
        key = values.pop("key", f"{self.keys:032x}")
        bulk = values.pop("bulk", False)
        to = values.pop("to", None)
        now = canonical_instant(self.world.cloud.clock.now())
        receipt = Receipt(
            id=key,
            digest=str(sorted(values.items())),
            object="account",
            record=self.world.platform_id(self.id_of(number)),
            at=at or now,
            accepted_at=now,
            origin="profile",
            actor="ada@example.com",
            to=to or {CRM: tuple(values)},
            bulk=bulk,
        )
        return ChangeEvent(receipt, values)

    def announce(self, *events: ChangeEvent, fuse: Fuse | None = None) -> list[Receipt]:
        cloud = self.world.cloud
        capture = CaptureChanges(
            records=lambda name: Fused(cloud.records(name), fuse or Fuse()),
            receipts=lambda name: Fused(cloud.receipts(name), fuse or Fuse()),
            queues=Fused(cloud.queues, fuse or Fuse()),
            clock=cloud.clock,
        )
        return list(capture(ACME, events))

    def drain(self, drain: Drain, *, fuse: Fuse | None = None, holder: str = "one") -> Drained:
        """One invocation with one message."""
        deadline = self.world.cloud.clock.now() + timedelta(seconds=60)
        return self.writer(fuse or Fuse())(drain, holder=holder, deadline=deadline)

    def writer(self, fuse: Fuse) -> WriteBackNow:
        cloud = self.world.cloud
        ports: dict[str, Any] = {name: Fused(getattr(cloud, name), fuse) for name in _NAMES}
        factories: dict[str, Any] = {
            name: _fused_factory(getattr(cloud, name), fuse) for name in _FACTORIES
        }
        return WriteBackNow(
            **ports,
            **factories,
            crm=lambda _workspace, name: Fused(self.orgs.get(name, self.world.crm), fuse),
            links=lambda workspace, name: Fused(cloud.links(workspace, name), fuse),
            outlets=self.outlets or KnownOutlets(cloud.configuration, cloud.clock),
            tell=TellTrouble(
                cloud.configuration,
                Fused(cloud.troubles, fuse),
                Fused(cloud.notifications, fuse),
                cloud.clock,
            ),
            clock=cloud.clock,
        )

    def is_one_process(self) -> None:
        """From now on."""
        cloud = self.world.cloud
        self.outlets = KnownOutlets(cloud.configuration, cloud.clock)

    def taken(self) -> Drain:
        """The first message of the immediate queue, which has it no more."""
        request = self.world.cloud.queues.immediate.pop(0).request
        assert isinstance(request, Drain)
        return request

    def drain_all(self) -> None:
        """Every message of the immediate queue, delays over, until none is left."""
        queue = self.world.cloud.queues.immediate
        while queue:
            message = queue.pop(0)
            self.world.advance(seconds=message.delay)
            assert isinstance(message.request, Drain)
            self.drain(message.request)

    def receipt(self, key: str) -> Receipt:
        return self.world.cloud.receipts(ACME).get([key])[key]

    def told(self, event: ChangeEvent, connection: str = CRM) -> dict[str, tuple[str, str]]:
        """Outcome and reason of each attribute of the change."""
        results = self.receipt(event.receipt.id).results[connection]
        return {name: (each.outcome, each.reason) for name, each in results.items()}

    def record(self, number: int) -> PlatformRecord:
        """The account with that number on the platform."""
        own = self.world.platform_id(self.id_of(number))
        return self.world.cloud.records(ACME).get("account", [own])[own]

    def link(self, number: int, connection: str = CRM) -> Link:
        id = self.id_of(number)
        return self.world.cloud.links(ACME, connection).get([id])[id]

    def in_salesforce(self, number: int) -> dict[str, Any]:
        return dict(self.world.crm.org.rows["account"][account_id(number)])


def _fused_factory(factory: Any, fuse: Fuse) -> Any:
    return lambda workspace: Fused(factory(workspace), fuse)


def switch_on(world: World, attribute: str, *, of: str = "account", **settings: Any) -> None:
    """As a person does it; `of` is the object."""
    body = {"write_back": True, **settings}
    put = world.cloud.configuration.put
    assert put(ACME, "attribute", attribute_name(of, attribute), body, expected=0)


def announcing(*attributes: str, **settings: Any) -> Announcing:
    """Five accounts on both sides; those attributes are written back. No job goes out."""
    world = two_way_world(**settings)
    for name in attributes:
        switch_on(world, name)
    return Announcing(world)


TITLE, PHONE = "owner_title", "owner_phone"


def with_titles() -> Announcing:
    """As `announcing`: the owner's title, phone and address are written back, the first two to the
    owner."""
    world = two_way_world()
    fields = {"Email": "email", "IsActive": "boolean", "Username": "string"}
    fields |= {"Title": "string", "Phone": "phone"}
    world.crm.org.objects["user"] = described("User", fields, key_prefix="005")  # type: ignore[index]
    configuration = world.cloud.configuration
    body = {"attributes": {"account": {TITLE: "text", PHONE: "text"}}}
    assert configuration.put(ACME, "workspace", ACME, body, expected=1)
    lines = [
        {"salesforce": "Id", "platform": "external_id", "key": True},
        {"salesforce": "Name", "platform": "name"},
        {"salesforce": "Industry", "platform": "industry"},
        {"salesforce": "Owner.Email", "platform": "owner"},
        {"salesforce": "Owner.Title", "platform": TITLE},
        {"salesforce": "Owner.Phone", "platform": PHONE},
    ]
    change_job(world, ACCOUNTS, mapping=lines)
    world.run(ACCOUNTS)
    world.advance(hours=1)
    for name in (TITLE, PHONE):
        switch_on(world, name, reference="edit_value")
    switch_on(world, "owner")
    return Announcing(world)


def connect(platform: Announcing, name: str, *numbers: int) -> World:
    """Another org, which has those of the accounts under the same ids."""
    cloud = platform.world.cloud
    crm = two_way_crm()
    crm.org.clock = platform.world.crm.org.clock
    other = World(crm, cloud)
    for number in numbers:
        put_account(other, number)
    put = cloud.configuration.put
    assert put(ACME, "connection", name, {"login_url": "https://two.example.com"}, expected=0)
    job = {"kind": "accounts_inbound", "connection": name}
    assert put(ACME, "job", f"accounts-{name}", job, expected=0)
    other.run(f"accounts-{name}")
    platform.orgs[name] = crm
    return other


def refuse_fields(platform: Announcing, *names: str) -> list[set[str]]:
    """Salesforce refuses rows with those fields, naming them all; collects the fields of rows."""
    seen: list[set[str]] = []

    def judge(_object: str, _kind: SendKind, row: Row) -> RowAnswer | None:
        seen.append(set(row.values))
        at_fault = [name for name in names if name in row.values]
        return refused(row.id, "read_only", *at_fault) if at_fault else None

    platform.world.crm.refuse = judge
    return seen
