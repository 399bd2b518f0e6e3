"""`make bench`: prints the inbound rows of the budget table; exits 1 if one is over."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from local.bench.budget import Row, show
from local.bench.cpu import cpu
from local.bench.inbound import inbound


def main() -> int:
    """Sizes and ways of reading are options, so that a part can be measured alone."""
    parser = argparse.ArgumentParser(prog="python -m local.bench", description=__doc__)
    parser.add_argument("--size", type=int, action="append", help="default: 10000 and 100000")
    parser.add_argument("--reading", action="append", help="default: cheaper, and rest at the end")
    parser.add_argument("--no-cpu", action="store_true")
    options = parser.parse_args()
    console = Console(highlight=False, width=150)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        for size in options.size or (10_000, 100_000):
            for reading in options.reading or ("cheaper", "rest"):
                began = time.monotonic()
                console.print(f"measuring {size:,} tasks, reading: {reading} …")
                rows.extend(inbound(size, reading, Path(name)))
                console.print(f"   done in {time.monotonic() - began:.0f} s")
        if not options.no_cpu:
            console.print("measuring CPU: 100,000 tasks in memory …")
            rows.extend(cpu(100_000))
    show(rows, console)
    return 0 if all(row.held for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
