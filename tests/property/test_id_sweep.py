"""The comparison of ids finds what is gone and nothing else, in whatever order the CRM lists."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from syncline.engine.records import Link, LinkState
from syncline.kinds.salesforce_ids import long_id
from syncline.memory.clock import MemoryClock
from syncline.memory.cloud import MemoryCloud
from syncline.memory.crm import MemoryCrm
from syncline.memory.org import described
from syncline.ports import Cursor, Ids, Links, LinkWrite, Waiting
from syncline.usecases.find_purged import FindPurged
from syncline.usecases.plan_batch import PlanBatch
from tests.unit.engine.situations import rules

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
NUMBERS = st.sets(st.integers(0, 40), max_size=25)


def task(number: int) -> str:
    """Ids that are the same but for their case are among them."""
    pair, second = divmod(number, 2)
    return long_id(f"00T{'wW'[second]}{'bB'[pair % 2]}{pair // 2:010d}")


class Listing(MemoryCrm):
    """Lists the ids as told: in any order, on pages of any size."""

    def __init__(self, pages: Sequence[Sequence[str]]) -> None:
        super().__init__([described("Task", {}, key_prefix="00T")])
        self.pages = pages
        for id in (each for page in pages for each in page):
            self.org.put("Task", id)

    def ids(self, object: str, cursor: Cursor | None) -> Iterator[Ids | Waiting]:
        start = cursor["next"] if cursor else 0
        for at in range(start, len(self.pages)):
            yield Ids(self.pages[at], {"next": at + 1})


def linked(numbers: set[int]) -> Links:
    links = MemoryCloud(clock=MemoryClock(NOON)).links("acme", "main")
    for number in numbers:
        new = Link(task(number), "task", LinkState.LINKED, 1, platform_id=f"t{number}", last="r/1")
        assert links.write([LinkWrite(new, 0)]) == [True]
    return links


def swept(sweep: FindPurged, *, legs: bool) -> list[str]:
    """What it finds; with `legs` every item is the last one before the next leg."""
    found: list[str] = []
    cursor: Cursor | None = None
    while True:
        for item in sweep(cursor):
            cursor = item.cursor
            found += [] if isinstance(item, Waiting) else [each.key for each in item.changes]
            if legs:
                break
        else:
            return found


@given(here=NUMBERS, known=NUMBERS, order=st.randoms(), size=st.integers(1, 9), legs=st.booleans())
def test_what_is_linked_and_not_there_is_found(
    here: set[int], known: set[int], order: object, size: int, *, legs: bool
) -> None:
    ids = sorted(task(number) for number in here)
    order.shuffle(ids)  # type: ignore[attr-defined]
    crm = Listing([ids[at : at + size] for at in range(0, len(ids), size)])
    cloud = MemoryCloud(clock=MemoryClock(NOON))
    links = linked(known)
    planner = PlanBatch(links, cloud.records("acme"), rules(), cloud.clock)
    sweep = FindPurged(crm, links, planner, "Task", "00T", confirmed=True, batch_size=size)

    guarded = replace(sweep, guard=lambda _: None)

    gone = sorted(task(number) for number in known - here)
    assert sorted(swept(sweep, legs=legs)) == gone
    assert sorted(swept(guarded, legs=legs)) == gone
