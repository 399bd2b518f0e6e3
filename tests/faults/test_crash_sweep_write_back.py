"""The immediate writer and capture: a crash at any call, an answer lost at any request, everything
delivered twice. What is left is always the same."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from syncline.ports import Drain
from syncline.usecases.stored_changes import ChangeEvent
from tests.faults.crashing import SIDES, CrashError, Fuse
from tests.faults.sweep import difference
from tests.worlds.small import ACME, account_id
from tests.worlds.two_way import create_on_platform
from tests.worlds.writing_back import CRM, TITLE, Announcing, switch_on, with_titles

ALONE = "alone"
TIMES = frozenset({"systemmodstamp", "lastmodifieddate", "createddate"})
OUTCOMES = {
    ("applied", "already_there"),
    ("applied", "written"),
    ("refused", "deleted_in_crm"),
    ("refused", "reference_not_found"),
    ("skipped", "not_matched"),
    ("superseded", "later_change"),
    ("superseded", "crm_is_later"),
}


@dataclass(slots=True)
class Scene:
    """A platform and changes that nobody has announced yet: one of each kind."""

    platform: Announcing
    events: list[ChangeEvent] = field(default_factory=list)

    def announce(self, fuse: Fuse | None = None) -> None:
        """As a sender who is given no answer does: again, until there is one."""
        try:
            self.platform.announce(*self.events, fuse=fuse)
        except CrashError:
            self.platform.announce(*self.events)

    def drain(self, fuse: Fuse | None = None) -> None:
        """The first message; if its reader dies the queue brings it again."""
        drain = self.platform.taken()
        try:
            self.platform.drain(drain, fuse=fuse)
        except CrashError:
            self.platform.world.advance(seconds=90)
            self.platform.drain(drain, holder="two")

    def refused(self) -> list[str]:
        """Records of which nothing was written; of others, a part may be found to be there."""
        return [ALONE, self.platform.world.platform_id(account_id(4))]

    def left(self) -> dict[str, Any]:
        """What both sides hold and what was told, without times and the names of runs."""
        platform, cloud = self.platform, self.platform.world.cloud
        self.platform.drain_all()
        page, _ = cloud.records(ACME).page("account", limit=100)
        links = cloud.links(ACME, CRM).get([account_id(number) for number in range(1, 9)])
        return {
            "records": {each.id: [each.values, each.edits, each.times] for each in page},
            "outboxes": [entry for each in page for entry in each.outbox],
            "receipts": {
                each.receipt.id: {
                    name: outcome for name, (outcome, _) in platform.told(each).items()
                }
                for each in self.events
            },
            "links": {
                id: [each.baseline, each.sent, each.state, each.reason]
                for id, each in links.items()
            },
            "salesforce": {
                id: {name: value for name, value in row.items() if name not in TIMES}
                for rows in platform.world.crm.org.rows.values()
                for id, row in rows.items()
            },
            "conflicts": [each.fields for each in cloud.conflicts(ACME).page(limit=100)],
            "trails": {
                own: [aside.told for aside in trail.asides]
                for own, trail in cloud.links(ACME, CRM).trails("account", self.refused()).items()
            },
            "turnstile": cloud.turnstile.dump(),
            "waiting": cloud.records(ACME).waiting("account", bulk=False, limit=100),
            "messages": list(cloud.queues.immediate),
        }


@pytest.fixture(scope="module")
def scene() -> Scene:
    """Copy it."""
    platform = with_titles()
    world = platform.world
    switch_on(world, "industry")
    create_on_platform(world, "account", ALONE, name="Alone")
    found = Scene(platform)

    def change(number: int, **values: Any) -> None:
        world.advance(seconds=3)
        found.events.append(platform.event(number, **values))

    change(1, industry="Older", owner="ada@example.com")
    change(1, industry="Mining", owner="bob@example.com")
    change(1, **{TITLE: "Bob's"})
    change(2, **{TITLE: "Boss"})
    change(3, **{TITLE: "Clerk"}, industry="Retail")
    change(4, owner="nobody@example.com", industry="Banking")
    change(5, industry="Energy")
    change(5, industry="Energy", owner="ada@example.com")
    change(2, industry=None, owner="nobody@example.com")
    change(4, industry="Late")
    found.events.append(_alone(found.events[-1]))
    found.events.append(found.events.pop(0))
    world.advance(seconds=3)
    world.crm.org.edit("Account", account_id(3), Industry="Seller's")
    world.crm.org.delete("Account", account_id(4))
    return found


def _alone(event: ChangeEvent) -> ChangeEvent:
    """The same, of a record that has no match."""
    receipt = replace(event.receipt, id="f" * 32, digest="alone", record=ALONE)
    return ChangeEvent(receipt, event.values)


@pytest.fixture(scope="module")
def captured(scene: Scene) -> Scene:
    found = copy.deepcopy(scene)
    found.announce()
    return found


def sweep(scene: Scene, act: Callable[[Scene, Fuse], None], what: str) -> tuple[int, list[str]]:
    """Points tried, and what ended differently."""
    probe, fuse = copy.deepcopy(scene), Fuse()
    act(probe, fuse)
    expected = probe.left()
    points, differences = 0, []
    for at, name in enumerate(fuse.trace):
        for side in SIDES:
            points += 1
            killed = copy.deepcopy(scene)
            act(killed, Fuse(at, side))
            left = killed.left()
            if left != expected:
                told = difference(left, expected)
                differences.append(f"{what}: {side} call {at} ({name}): {told}")
    return points, differences


def test_the_scene_has_every_outcome_in_it(captured: Scene) -> None:
    told = copy.deepcopy(captured)
    told.left()

    outcomes = {each for event in told.events for each in told.platform.told(event).values()}
    assert outcomes >= OUTCOMES


def test_a_crash_of_capture_changes_nothing(scene: Scene, tell: Callable[[str], None]) -> None:
    points, differences = sweep(scene, Scene.announce, "capture")

    told = f"{points} points tried, {len(differences)} ended differently"
    tell(f"crash sweep of capture in memory: {told}")
    assert points >= 10
    assert differences == []


def test_a_crash_of_the_writer_changes_nothing(
    captured: Scene, tell: Callable[[str], None]
) -> None:
    points, differences = sweep(captured, Scene.drain, "write-back")

    told = f"{points} points tried, {len(differences)} ended differently"
    tell(f"crash sweep of write-back in memory: {told}")
    assert points >= 40
    assert differences == []


def test_an_answer_lost_after_commit_changes_nothing(captured: Scene) -> None:
    probe = copy.deepcopy(captured)
    before = probe.platform.world.crm.requests()
    expected = probe.left()
    asked = probe.platform.world.crm.requests() - before
    differences = []

    for number in range(1, asked + 1):
        lost = copy.deepcopy(captured)
        lost.platform.world.crm.lost = {before + number}
        left = lost.left()
        if left != expected:
            differences.append(f"answer {number} lost: {difference(left, expected)}")

    assert asked >= 5
    assert differences == []


def test_every_message_and_request_delivered_twice(scene: Scene) -> None:
    once, twice = copy.deepcopy(scene), copy.deepcopy(scene)
    once.announce()

    twice.announce()
    twice.announce()
    queue = twice.platform.world.cloud.queues.immediate
    messages = [message.request for message in queue] * 2
    for holder, message in enumerate(messages):
        assert isinstance(message, Drain)
        twice.platform.drain(message, holder=f"holder {holder}")

    assert twice.left() == once.left()
