"""An error in one record of a drain ends on its receipt and keeps nobody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from syncline.engine.plan import SendKind
from syncline.errors import RecordRejectedError
from syncline.ports import Row, RowAnswer
from syncline.usecases.tell_history import TellHistory
from tests.faults.crashing import Fuse
from tests.worlds.small import ACME, account_id
from tests.worlds.writing_back import CRM, Announcing, announcing

WRITTEN = ("applied", "written")


def journalled(platform: Announcing, number: int) -> list[tuple[str, str]]:
    """Verb and reason of what was noted of an account, in order."""
    own = platform.record(number).id
    noted = platform.world.cloud.journal.entries.under((ACME,))
    entries = [entry for (_, run, _), entry in noted if run.startswith("write_back_")]
    actions = [action for entry in entries for action in entry["actions"]]
    return [(each["verb"], each["reason"]) for each in actions if each["key"] == own]


class Poisoned(Fuse):
    """Reading the links of one account ends in an error, wherever others are read beside it."""

    def __init__(self, id: str, error: Exception) -> None:
        super().__init__()
        self.id, self.error = id, error

    def call(self, name: str, act: Callable[[], Any]) -> Any:
        answer = Fuse.call(self, name, act)
        if name == "MemoryLinks.get" and self.id in answer:
            raise self.error
        return answer


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (KeyError("a value"), "internal_error"),
        (RecordRejectedError("It is too large.", code="too_large"), "too_large"),
    ],
    ids=["ours", "too large"],
)
def test_an_error_of_one_record_ends_on_its_receipt(error: Exception, reason: str) -> None:
    platform = announcing("industry")
    events = [platform.event(number, industry="Mining") for number in range(1, 6)]
    platform.announce(*events)

    platform.drain(platform.taken(), fuse=Poisoned(account_id(3), error))

    outcomes = [platform.told(event)["industry"] for event in events]
    assert outcomes == [WRITTEN, WRITTEN, ("refused", reason), WRITTEN, WRITTEN]
    told = platform.receipt(events[2].receipt.id).results[CRM]["industry"].detail
    assert "a value" not in told
    assert platform.world.cloud.queues.immediate == []


def test_a_value_that_breaks_the_writing_ends_on_its_receipt() -> None:
    platform = announcing("industry")
    events = [platform.event(number, industry=f"I{number}") for number in (1, 2, 3)]
    platform.announce(*events)

    def breaks(_object: str, _kind: SendKind, row: Row) -> RowAnswer | None:
        if row.values["Industry"] == "I2":
            raise ValueError(row)
        return None

    platform.world.crm.refuse = breaks
    platform.drain_all()

    outcomes = [platform.told(event)["industry"][0] for event in events]
    assert outcomes == ["applied", "refused", "applied"]
    assert journalled(platform, 2)[-1] == ("reject", "internal_error")
    assert journalled(platform, 3)[-1] == ("update", "written_back")


def test_an_error_of_ours_is_in_the_record_s_story() -> None:
    platform = announcing("industry")
    cloud = platform.world.cloud
    platform.announce(*[platform.event(number, industry="Mining") for number in (1, 2)])

    platform.drain(platform.taken(), fuse=Poisoned(account_id(2), KeyError("a value")))

    tell = TellHistory(cloud.configuration, cloud.links, cloud.journal, cloud.runs)
    for id in (platform.record(2).id, account_id(2)):
        newest = next(tell(ACME, "account", id))
        assert (newest.stored["verb"], newest.stored["reason"]) == ("reject", "internal_error")
        assert newest.run_id.startswith("write_back_")


def test_what_is_given_up_is_in_the_record_s_story() -> None:
    platform = announcing("industry")
    cloud = platform.world.cloud
    platform.announce(platform.event(1, industry="Mining"))
    drain, deadline = platform.taken(), cloud.clock.now() + timedelta(seconds=60)

    platform.writer(Fuse()).give_up(drain, holder="one", deadline=deadline)

    tell = TellHistory(cloud.configuration, cloud.links, cloud.journal, cloud.runs)
    newest = next(tell(ACME, "account", platform.record(1).id))
    assert (newest.stored["verb"], newest.stored["reason"]) == ("reject", "internal_error")


def test_what_is_given_up_at_once_is_journalled() -> None:
    """In the invocation that failed, and within the same second."""
    platform = announcing("industry")
    platform.announce(platform.event(1, industry="Mining"))
    drain = platform.taken()

    class Unsettled(Fuse):
        def call(self, name: str, act: Callable[[], Any]) -> Any:
            if name == "MemoryReceipts.settle":
                raise KeyError("a value")
            return Fuse.call(self, name, act)

    with pytest.raises(KeyError):
        platform.drain(drain, fuse=Unsettled())
    deadline = platform.world.cloud.clock.now() + timedelta(seconds=60)
    platform.writer(Fuse()).give_up(drain, holder="one", deadline=deadline)

    verbs = [verb for verb, _ in journalled(platform, 1)]
    assert verbs == ["update", "reject", "reject"]
