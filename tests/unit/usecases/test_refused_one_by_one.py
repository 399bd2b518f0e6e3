"""Salesforce blames one field per answer: a row with many that it refuses comes to an end, too."""

from collections.abc import Callable

import pytest

from syncline.engine.plan import SendKind
from syncline.memory.crm_rows import refused
from syncline.memory.org import described
from syncline.ports import Row, RowAnswer
from tests.worlds.bulk import Gathering
from tests.worlds.small import ACME
from tests.worlds.two_way import ACCOUNTS, change_job, two_way_world
from tests.worlds.writing_back import Announcing, switch_on

WRITTEN, REFUSED = ("applied", "written"), ("refused", "validation_rule")


def wide(count: int, *, of_owner: bool) -> Announcing:
    """Texts `a00`, `a01`, … of accounts or of their owners, all written back."""
    world = two_way_world()
    names = [f"a{number:02}" for number in range(count)]
    fields = {f"{name}__c": "string" for name in names}
    objects = world.crm.org.objects
    kind, key_prefix = ("User", "005") if of_owner else ("Account", "001")
    base = {"Name": "string", "Email": "email", "IsActive": "boolean", "Username": "string"}
    references = {"OwnerId": ("User",), "CreatedById": ("User",)}
    objects[kind.lower()] = described(  # type: ignore[index]
        kind, {**base, **fields}, key_prefix=key_prefix, references=references
    )
    body = {"attributes": {"account": dict.fromkeys(names, "text")}}
    assert world.cloud.configuration.put(ACME, "workspace", ACME, body, expected=1)
    lines = [
        {"salesforce": "Id", "platform": "external_id", "key": True},
        {"salesforce": "Name", "platform": "name"},
    ]
    via = "Owner." if of_owner else ""
    lines += [{"salesforce": f"{via}{name}__c", "platform": name} for name in names]
    change_job(world, ACCOUNTS, mapping=lines)
    world.run(ACCOUNTS)
    world.advance(hours=1)
    for name in names:
        switch_on(world, name, **({"reference": "edit_value"} if of_owner else {}))
    return Announcing(world)


def blame_singly(platform: Announcing, good: str) -> list[set[str]]:
    """Every field but one is refused, one of them per answer; collects the fields of rows."""
    seen: list[set[str]] = []

    def judge(_object: str, _kind: SendKind, row: Row) -> RowAnswer | None:
        seen.append(set(row.values))
        at_fault = sorted(set(row.values) - {f"{good}__c"})[:1]
        return refused(row.id, "validation_rule", *at_fault) if at_fault else None

    platform.world.crm.refuse = judge
    return seen


def at_once(platform: Announcing, values: dict[str, str]) -> dict[str, tuple[str, str]]:
    event = platform.event(1, **values)
    platform.announce(event)
    platform.drain_all()
    return platform.told(event)


def together(platform: Announcing, values: dict[str, str]) -> dict[str, tuple[str, str]]:
    gathered = Gathering(platform)
    gathered.world.crm.job_from = 1
    event = gathered.event(1, **values)
    gathered.announce([event])
    gathered.work_off()
    return platform.told(event)


Writer = Callable[[Announcing, dict[str, str]], dict[str, tuple[str, str]]]


@pytest.mark.parametrize("of_owner", [False, True])
@pytest.mark.parametrize("writer", [at_once, together])
def test_the_only_good_one_is_written(writer: Writer, of_owner: bool) -> None:
    platform = wide(7, of_owner=of_owner)
    values = {f"a{number:02}": "x" for number in range(7)}
    blame_singly(platform, "a06")

    told = writer(platform, values)

    assert told == {**dict.fromkeys(values, REFUSED), "a06": WRITTEN}
    assert platform.record(1).outbox == ()


@pytest.mark.parametrize("of_owner", [False, True])
@pytest.mark.parametrize("writer", [at_once, together])
@pytest.mark.parametrize("count", [11, 12])
def test_however_many_are_refused_none_waits(count: int, writer: Writer, of_owner: bool) -> None:
    platform = wide(count, of_owner=of_owner)
    values = {f"a{number:02}": "x" for number in range(count)}
    seen = blame_singly(platform, "none")

    told = writer(platform, values)

    assert told == dict.fromkeys(values, REFUSED)
    assert len(seen) <= 11
    assert platform.record(1).outbox == ()
