"""What a child process spends: processor time and memory, where the system tells (Linux)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_STATUSES: Final = ("VmRSS", "VmHWM")


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of wall time, and of the child's processor time where the system tells."""

    wall: float
    cpu: float

    def rate(self, count: int) -> tuple[float, float | None]:
        """How many a second, by both."""
        return count / self.wall, count / self.cpu if self.cpu else None


def timed(work: Callable[[], object]) -> Spent:
    """Do some work and tell what it took."""
    began, before = time.perf_counter(), _processor()
    work()
    return Spent(time.perf_counter() - began, _processor() - before)


def _processor() -> float:
    stat = Path(f"/proc/{child()}/stat")
    if not stat.exists():
        return 0.0
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def memory(pid: int | None) -> dict[str, float]:
    """Megabytes a process holds and held at most; nothing where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if pid is None or not status.exists():
        return {}
    rows = (line.split() for line in status.read_text().splitlines())
    return {row[0][:-1]: int(row[1]) / 1024 for row in rows if row[0][:-1] in _STATUSES}


def forget_peak(pid: int | None) -> None:
    """Let the most a process held begin anew."""
    if memory(pid):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def child() -> int | None:
    """The child: the one process this one started; None where the system does not tell."""
    children = Path("/proc/self/task").glob("*/children")
    return next((int(each) for path in children for each in path.read_text().split()), None)
