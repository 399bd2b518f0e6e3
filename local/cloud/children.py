"""Child processes of the runner: each in a process group of its own, none survives the runner."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

_CHILD: Final = Path(__file__).with_name("child.py")
_spawning = threading.Lock()


class Child:
    """One running process with its standard output and error in a log file."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        python: str,
        env: Mapping[str, str],
        cwd: Path,
        log: Path,
    ) -> None:
        """Start `python child.py <lifeline> *command` with exactly `env` as its environment."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with _spawning, log.open("ab") as output:
            reading, self._lifeline = os.pipe()
            try:
                self._process = subprocess.Popen(
                    [python, str(_CHILD), str(reading), *command],
                    env=dict(env),
                    cwd=cwd,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    pass_fds=(reading,),
                    start_new_session=True,
                )
            finally:
                os.close(reading)
        self._peak_kib = 0
        self._closing = threading.Lock()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """SIGKILL to the whole group: nothing of the child runs on, no `finally` helps."""
        self.read_peak()
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        # Once it was waited for, its number may be another process's.
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    def wait(self) -> int:
        """Exit code; negative is the number of the signal that ended it."""
        code = self._process.wait()
        with self._closing:
            if self._lifeline >= 0:
                os.close(self._lifeline)
                self._lifeline = -1
        return code

    def read_peak(self) -> int:
        """Highest resident size so far, in bytes; the last known one when the process is gone.

        VmHWM of /proc, because ru_maxrss of a started process begins with its parent's size.
        """
        if self._process.returncode is not None:
            return self._peak_kib * 1024
        with contextlib.suppress(OSError, ValueError, IndexError):
            status = Path(f"/proc/{self.pid}/status").read_text()
            line = next((row for row in status.splitlines() if row.startswith("VmHWM:")), "")
            if line:
                self._peak_kib = max(self._peak_kib, int(line.split()[1]))
        return self._peak_kib * 1024
