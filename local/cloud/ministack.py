"""The data plane: one MiniStack process on loopback, in a Python environment of its own."""

from __future__ import annotations

import http.client
import os
import socket
import threading
import time
from pathlib import Path
from typing import Final

from local.cloud.children import Child

_ENTRY: Final = Path(__file__).with_name("data_plane_entry.py")
START_LIMIT_SECONDS: Final = 60.0


class DataPlaneError(Exception):
    """The data plane did not start, or did not take the stack; the message says what to do."""


class MiniStack:
    """A running MiniStack, empty at the start; everything in it is lost at its end."""

    def __init__(
        self,
        *,
        python: Path,
        scratch: Path,
        log: Path,
        clock_file: Path,
        region: str,
        auth: bool = False,
    ) -> None:
        """Start it and wait until it answers.

        `python` is the interpreter of the environment that holds MiniStack; `auth` lets it check
        signatures and evaluate IAM policies.
        Raises DataPlaneError when the environment is missing or the process does not come up.
        """
        if not python.exists():
            raise DataPlaneError(f"{python} is missing: run `make .envs/ministack`")
        self.port = _free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.log = log
        self._child = Child(
            [str(_ENTRY)],
            python=str(python),
            env=_environment(self.port, scratch, clock_file, region, auth),
            cwd=scratch,
            log=self.log,
        )
        self._wait_until_it_answers()

    def close(self) -> None:
        self._child.kill()
        self._child.wait()

    def _wait_until_it_answers(self) -> None:
        limit = time.monotonic() + START_LIMIT_SECONDS
        pause = threading.Event()
        while not _answers(self.port):
            if not self._child.alive or time.monotonic() > limit:
                self.close()
                raise DataPlaneError(f"MiniStack did not start, see {self.log}")
            pause.wait(0.05)


def _environment(
    port: int, scratch: Path, clock_file: Path, region: str, auth: bool
) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", ""),
        "LANG": os.environ.get("LANG", "C.UTF-8"),
        "TMPDIR": str(scratch),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "MINISTACK_REGION": region,
        "MINISTACK_HOST": "127.0.0.1",
        "AWS_DEFAULT_REGION": region,
        "AUTH": "true" if auth else "false",
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
        "RUNNER_CLOCK": str(clock_file),
        "S3_DATA_DIR": str(scratch / "s3"),
        "STATE_DIR": str(scratch / "state"),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()
