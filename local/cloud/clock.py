"""The runner's clock: real time plus an offset, so that windows and schedules need no waiting.

The offset is also kept in a small file, because two other processes follow this clock: the queues
of the data plane (visibility, delays, dead letters) and whatever function wants to.
"""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

OFFSET_WIDTH: Final = 32


class RunnerClock:
    """Goes with real time until it is advanced, set or frozen; never goes back on its own.

    While frozen, `now` stands still. The file holds seconds to add to real time as decimal text of
    OFFSET_WIDTH characters; it cannot stand still, so followers go on from the frozen instant.
    """

    def __init__(self, offset_file: Path | None = None) -> None:
        self._changed = threading.Condition()
        self._offset = 0.0
        self._frozen: float | None = None
        self._version = 0
        self._file = None if offset_file is None else _open(offset_file)
        self._write()

    def now(self) -> float:
        """Seconds since 1970 as the runner sees them."""
        frozen = self._frozen
        return time.time() + self._offset if frozen is None else frozen

    def utc(self) -> datetime:
        return datetime.fromtimestamp(self.now(), tz=UTC)

    @property
    def offset(self) -> float:
        return self.now() - time.time()

    @property
    def frozen(self) -> bool:
        return self._frozen is not None

    def advance(self, by: timedelta | float) -> datetime:
        """Move on and wake everything that waits for a time; returns the new time."""
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        return self._move(self.now() + seconds, freeze=self.frozen)

    def set(self, instant: datetime, *, freeze: bool = False) -> datetime:
        """Jump to an instant (aware); `freeze` lets it stand still there."""
        return self._move(instant.timestamp(), freeze=freeze)

    def freeze(self) -> datetime:
        return self._move(self.now(), freeze=True)

    def resume(self) -> datetime:
        return self._move(self.now(), freeze=False)

    def reset(self) -> datetime:
        """Back to real time."""
        return self._move(time.time(), freeze=False)

    @property
    def version(self) -> int:
        """Grows with each change; hand it to `wait_for_change`."""
        return self._version

    def wait_for_change(self, version: int, timeout: float) -> bool:
        """Block until the clock was changed after `version`; False after `timeout` real seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._version != version, timeout)

    def wait_until(self, instant: float, stop: threading.Event) -> bool:
        """Block until the clock reads `instant`; False when `stop` was set first."""
        with self._changed:
            while not stop.is_set() and self.now() < instant:
                self._changed.wait(min(instant - self.now(), 1.0))
        return not stop.is_set()

    def wake(self) -> None:
        """Let every waiter look again, for instance at its stop event."""
        with self._changed:
            self._version += 1
            self._changed.notify_all()

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _move(self, instant: float, *, freeze: bool) -> datetime:
        with self._changed:
            self._offset = instant - time.time()
            self._frozen = instant if freeze else None
            self._write()
            self._version += 1
            self._changed.notify_all()
        return datetime.fromtimestamp(instant, tz=UTC)

    def _write(self) -> None:
        if self._file is not None:
            text = f"{self._offset:.6f}".ljust(OFFSET_WIDTH)
            os.pwrite(self._file, text.encode(), 0)


def _open(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
