"""Random writes, some late: what is seen is what a model of committed transactions says."""

import random
from dataclasses import dataclass, field

import pytest

from local.salesforce.inprocess import Api


@dataclass
class Model:
    """Names by id as committed, and changes that wait: (due, id, name or None for a delete)."""

    now: int = 0
    seen: dict[str, str] = field(default_factory=dict)
    waiting: list[tuple[int, str, str | None]] = field(default_factory=list)

    def write(self, record: str, name: str | None, seconds: int) -> None:
        self.waiting.append((self.now + seconds, record, name))
        self.pass_time(0)

    def pass_time(self, seconds: int) -> None:
        self.now += seconds
        for due, record, name in list(self.waiting):
            if due > self.now:
                continue
            self.waiting.remove((due, record, name))
            if name is None:
                self.seen.pop(record, None)
            else:
                self.seen[record] = name

    def free(self) -> list[str]:
        held = {record for _, record, _ in self.waiting}
        return sorted(set(self.seen) - held)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_seen_is_what_was_committed(api: Api, seed: int) -> None:
    dice, model = random.Random(seed), Model()

    for step in range(20):
        seconds = dice.choice((0, 0, 20, 60))
        if seconds:
            order = {"endpoint": "*", "seconds": seconds}
            assert api.call("PUT", "/__emulator__/late-commits", order)[0] == 200
        write(api, model, dice, f"n{step}", seconds)
        api.call("DELETE", "/__emulator__/faults")
        waited = dice.choice((0, 10, 30))
        api.org.clock.advance(waited)
        model.pass_time(waited)

        assert seen(api) == model.seen

    api.org.clock.advance(60)
    model.pass_time(60)
    assert seen(api) == model.seen
    assert not api.org.database.veil.active


def write(api: Api, model: Model, dice: random.Random, name: str, seconds: int) -> None:
    records = model.free()
    kind = dice.choice(("create", "update", "delete")) if records else "create"
    if kind == "create":
        model.write(api.create("Account", Name=name), name, seconds)
        return
    path = f"sobjects/Account/{(record := dice.choice(records))}"
    if kind == "update":
        assert api.call("PATCH", path, {"Name": name})[0] == 204
        model.write(record, name, seconds)
    else:
        assert api.call("DELETE", path)[0] == 204
        model.write(record, None, seconds)


def seen(api: Api) -> dict[str, str]:
    """By query, and the same by id."""
    found = {each["Id"]: each["Name"] for each in api.query("SELECT Id, Name FROM Account")}
    for record, name in found.items():
        assert api.call("GET", f"sobjects/Account/{record}")[1]["Name"] == name
    return found
