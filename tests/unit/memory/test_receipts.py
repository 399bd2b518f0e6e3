"""Receipts in memory, changed by two threads: neither undoes what the other wrote."""

from threading import Event, Lock, Thread, current_thread
from typing import Any

import pytest

from syncline.engine.told import Told
from syncline.memory import receipts as memory
from syncline.memory.receipts import MemoryReceipts, ReceiptTables
from syncline.memory.table import Key, Table
from syncline.ports import BatchReceipt
from tests.contract.samples import NOON, receipt

WRITTEN = {"title": Told("applied", "written")}


class Race:
    """What another thread does between the first read of a table and what follows it: all of it,
    or what it can do until it has to wait."""

    def __init__(self, act: Any) -> None:
        self._moved = Event()
        self._lock = Lock()
        self.other = Thread(target=self._run, args=(act,))

    def _run(self, act: Any) -> None:
        act()
        self._moved.set()

    def begin(self) -> None:
        self.other.start()
        self._moved.wait()

    def __enter__(self) -> None:
        if current_thread() is self.other:
            self._moved.set()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class Raced(Table):
    """Begins the race when it is first read."""

    race: Race | None = None

    def get(self, key: Key) -> Any:
        found = super().get(key)
        race, self.race = self.race, None
        if race is not None:
            race.begin()
        return found


@pytest.fixture
def tables() -> ReceiptTables:
    return ReceiptTables(receipts=Raced(), batches=Raced())


@pytest.fixture
def receipts(tables: ReceiptTables) -> MemoryReceipts:
    return MemoryReceipts("acme", tables)


def raced(table: Table, act: Any, monkeypatch: pytest.MonkeyPatch) -> Thread:
    assert isinstance(table, Raced)
    table.race = race = Race(act)
    monkeypatch.setattr(memory, "_ALONE", race)
    return race.other


@pytest.mark.parametrize("captured", [0, 500])
def test_what_is_captured_never_goes_back(
    tables: ReceiptTables,
    receipts: MemoryReceipts,
    monkeypatch: pytest.MonkeyPatch,
    captured: int,
) -> None:
    """Neither by a lower number nor by a note."""
    receipts.open_batch(BatchReceipt(id="1", digest="d", count=5000, accepted_at=NOON))
    other = raced(tables.batches, lambda: receipts.advance("1", 1000), monkeypatch)

    receipts.advance("1", captured) if captured else receipts.note_seen("1", "yes")
    other.join()

    found = receipts.get_batch("1")
    assert found is not None
    assert (found.captured, found.seen) == (1000, "" if captured else "yes")


def test_no_word_of_a_connection_is_lost(
    tables: ReceiptTables, receipts: MemoryReceipts, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = receipt(to={"org": ("title",), "other": ("title",)})
    receipts.open([opened])
    word = {opened.id: {"other": WRITTEN}}
    other = raced(tables.receipts, lambda: receipts.settle(word), monkeypatch)

    receipts.settle({opened.id: {"org": WRITTEN}})
    other.join()

    assert set(receipts.get([opened.id])[opened.id].results) == {"org", "other"}
