"""A small world whose account attributes are written back as they change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from syncline.config.attribute import attribute_name
from syncline.engine.coercion import canonical_instant
from syncline.ports import Drain, Receipt
from syncline.usecases.capture_changes import CaptureChanges
from syncline.usecases.known_outlets import KnownOutlets
from syncline.usecases.stored_changes import ChangeEvent
from syncline.usecases.write_back_now import Drained, WriteBackNow
from tests.faults.crashing import Fuse, Fused
from tests.worlds.small import ACME, World, account_id
from tests.worlds.two_way import two_way_world

CRM: Final = "crm"
_NAMES: Final = ("configuration", "runs", "journal", "queues", "turnstile")
_FACTORIES: Final = ("records", "conflicts", "receipts")


@dataclass(slots=True)
class Announcing:
    """The platform as it announces changes; `world` has both sides."""

    world: World
    keys: int = 0

    def event(self, number: int, at: str | None = None, **values: Any) -> ChangeEvent:
        """Of the account with that number; `key` among the values repeats an earlier event."""
        self.keys += 1
        key = values.pop("key", f"{self.keys:032x}")
        bulk = values.pop("bulk", False)
        now = canonical_instant(self.world.cloud.clock.now())
        receipt = Receipt(
            id=key,
            digest=str(sorted(values.items())),
            object="account",
            record=self.world.platform_id(account_id(number)),
            at=at or now,
            accepted_at=now,
            origin="profile",
            actor="ada@example.com",
            to={CRM: tuple(values)},
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
            crm=lambda _workspace, _connection: Fused(self.world.crm, fuse),
            links=lambda workspace, name: Fused(cloud.links(workspace, name), fuse),
            outlets=KnownOutlets(cloud.configuration, cloud.clock),
            clock=cloud.clock,
        )

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

    def in_salesforce(self, number: int) -> dict[str, Any]:
        return dict(self.world.crm.org.rows["account"][account_id(number)])


def _fused_factory(factory: Any, fuse: Fuse) -> Any:
    return lambda workspace: Fused(factory(workspace), fuse)


def switch_on(world: World, attribute: str, **settings: Any) -> None:
    """As a person does it."""
    body = {"write_back": True, **settings}
    put = world.cloud.configuration.put
    assert put(ACME, "attribute", attribute_name("account", attribute), body, expected=0)


def announcing(*attributes: str, **settings: Any) -> Announcing:
    """Five accounts on both sides; those attributes are written back. No job goes out."""
    world = two_way_world(**settings)
    for name in attributes:
        switch_on(world, name)
    return Announcing(world)
