"""Many change events through the HTTP API at once: how fast they are taken in and written, how long
the oldest waits, and whether any is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Final

from local.bench.budget import Row, require
from local.bench.changing import Change, Changing, change, latest, timed
from local.house import stand

_THREADS: Final = 4
_EACH: Final = 5
"""Changes of one record."""
_LOOK_SECONDS: Final = 1.0


def load(count: int, home: Path, *, together: int = 25) -> list[Row]:
    """`together` changes in a request."""
    with stand(home=home, deliveries=0) as house:
        changing = Changing(house)
        changing.set_up(max(200, count // _EACH))
        requests = _requests(list(changing.ids), count, together)
        began = time.monotonic()
        with _watching(changing) as ages:
            changing.send_all(requests)
            taken = time.monotonic() - began
            timed(lambda: changing.oldest() == 0, pause=0.25)
            written = time.monotonic() - began
        changing.until_quiet()
        return [*_rates(count, taken, written, ages), _judgement(changing, requests, count)]


def _requests(ids: list[str], count: int, together: int) -> list[list[list[Change]]]:
    """By thread; the changes of a record are all sent by one, so that the last one is known."""
    by_thread: list[list[Change]] = [[] for _ in range(_THREADS)]
    for number in range(count):
        at = number % len(ids)
        by_thread[at % _THREADS].append(change(number, ids[at]))
    return [
        [mine[first : first + together] for first in range(0, len(mine), together)]
        for mine in by_thread
    ]


@contextmanager
def _watching(changing: Changing) -> Iterator[list[float]]:
    """The age of the oldest change that waits, looked at again and again until the block ends."""
    ages, ended = list[float](), threading.Event()

    def look() -> None:
        while not ended.wait(_LOOK_SECONDS):
            ages.append(changing.oldest())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield ages
    finally:
        ended.set()
        watcher.join()


def _rates(count: int, taken: float, written: float, ages: list[float]) -> list[Row]:
    told = f"taken in {taken:.0f} s, all written after {written:.0f} s"
    age = f"the mean of {len(ages)} looks is {sum(ages) / max(1, len(ages)):.1f} s"
    return [
        Row("load: change events taken in a second", count, count / taken, None, told),
        Row("load: change events written a second", count, count / written, None, told),
        Row("load: longest wait of the oldest, seconds", count, max(ages, default=0), None, age),
    ]


def _judgement(changing: Changing, requests: list[list[list[Change]]], count: int) -> Row:
    """None lost: each receipt is final, and each record says the same on both sides."""
    receipts = changing.receipts()
    require(receipts == {"settled": count}, f"receipts: {dict(receipts)}")
    wanted = latest(chain.from_iterable(chain.from_iterable(requests)))
    wrong = changing.differences(wanted)
    told = f"{len(wanted):,} records compared, {dict(changing.repeated)} requests sent again"
    if wrong:
        told = f"{wrong[:3]}"
    return Row("load: records that differ", count, len(wrong), 0, told)
