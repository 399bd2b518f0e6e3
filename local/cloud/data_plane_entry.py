"""Starts MiniStack with its queues and schedules on the runner's clock.

It runs in MiniStack's environment. Two things of MiniStack are changed, both because it has no
clock that a test can move: its SQS and Scheduler modules read the time through the runner's offset
file, and its own firing of schedules is put to sleep, for the runner fires them.
"""

import importlib
import os
import time


class FollowingTime:
    """Stands in for the module `time`: the same, but `time()` is the runner's."""

    def __init__(self, offset_file: str) -> None:
        self._file = os.open(offset_file, os.O_RDONLY)

    def time(self) -> float:
        return time.time() + float(os.pread(self._file, 32, 0) or b"0")

    def __getattr__(self, name: str) -> object:
        return getattr(time, name)


def main() -> None:
    # Not known where the project is checked: MiniStack has an environment of its own.
    scheduler = importlib.import_module("ministack.services.scheduler")
    queues = importlib.import_module("ministack.services.sqs")
    following = FollowingTime(os.environ["RUNNER_CLOCK"])
    vars(queues)["time"] = following
    vars(scheduler)["time"] = following
    vars(scheduler)["_SCHEDULE_TICK_INTERVAL"] = 10**9
    importlib.import_module("ministack.app").main()


if __name__ == "__main__":
    main()
