"""`make bench`: prints the rows of the budget table; exits 1 if one is over."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from local.bench.budget import Row, show
from local.bench.cpu import cpu
from local.bench.inbound import inbound
from local.bench.load import load
from local.bench.long_runs import SIZES, flat_memory
from local.bench.outbound import outbound
from local.bench.write_back import write_back
from local.bench.write_units import write_units

_PARTS = ("inbound", "outbound", "memory", "write-back", "load", "cpu")
_UNITS = 1_000
_CONSOLE = Console(highlight=False, width=150)


@contextmanager
def _timed(what: str) -> Iterator[None]:
    began = time.monotonic()
    _CONSOLE.print(f"measuring {what} …")
    yield
    _CONSOLE.print(f"   done in {time.monotonic() - began:.0f} s")


def _inbound(options: argparse.Namespace, home: Path) -> Iterator[Row]:
    for size in options.size or (10_000, 100_000):
        for reading in options.reading or ("cheaper", "rest"):
            with _timed(f"{size:,} tasks in, reading: {reading}"):
                yield from inbound(size, reading, home)


def _outbound(options: argparse.Namespace, home: Path) -> Iterator[Row]:
    for size in options.size or (1_000, 10_000, 100_000):
        with _timed(f"{size:,} tasks out"):
            yield from outbound(size, home, keyed=not options.no_key)


def _memory(home: Path) -> Iterator[Row]:
    small, large = SIZES
    with _timed(f"memory of {large:,} tasks out against {small:,}"):
        yield flat_memory(home)


def _write_back(options: argparse.Namespace, home: Path) -> Iterator[Row]:
    for size in options.size or (5_000,):
        with _timed(f"{size:,} changes written back"):
            yield from write_back(size, home)
    with _timed(f"units of {_UNITS:,} change events"):
        yield from write_units(_UNITS, home)


def _load(options: argparse.Namespace, home: Path) -> Iterator[Row]:
    for size in options.size or (50_000,):
        with _timed(f"{size:,} change events over HTTP"):
            yield from load(size, home)


def main() -> int:
    """Sizes, directions and ways of reading are options, so that a part can be measured alone."""
    parser = argparse.ArgumentParser(prog="python -m local.bench", description=__doc__)
    parser.add_argument("--size", type=int, action="append", help="default: up to 100000")
    parser.add_argument("--reading", action="append", help="default: cheaper, and rest at the end")
    parser.add_argument("--only", choices=_PARTS, help="one part alone; load only so")
    parser.add_argument("--no-cpu", action="store_true")
    parser.add_argument("--no-key", action="store_true", help="outbound without a creation key")
    options = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        if options.only in (None, "inbound"):
            rows.extend(_inbound(options, Path(name)))
        if options.only in (None, "outbound"):
            rows.extend(_outbound(options, Path(name)))
        if options.only in (None, "memory"):
            rows.extend(_memory(Path(name)))
        if options.only in (None, "write-back"):
            rows.extend(_write_back(options, Path(name)))
        if options.only == "load":
            rows.extend(_load(options, Path(name)))
    if options.only in (None, "cpu") and not options.no_cpu:
        _CONSOLE.print("measuring CPU: 100,000 tasks in memory …")
        rows.extend(cpu(100_000))
    show(rows, _CONSOLE)
    return 0 if all(row.held for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
