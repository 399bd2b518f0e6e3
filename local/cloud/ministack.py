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
START_ATTEMPTS: Final = 3


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
        self.log = log
        for _ in range(START_ATTEMPTS):
            # The port is free now and may be another's in a moment: then try the next one.
            port = _free_port()
            env = _environment(port, scratch, clock_file, region, auth)
            self._child = Child(
                [str(_ENTRY)], python=str(python), env=env, cwd=scratch, log=self.log
            )
            if self._comes_up(port):
                self.endpoint = f"http://127.0.0.1:{port}"
                return
            self.close()
        raise DataPlaneError(f"MiniStack did not start, see {self.log}")

    def close(self) -> None:
        self._child.kill()
        self._child.wait()

    def _comes_up(self, port: int) -> bool:
        limit = time.monotonic() + START_LIMIT_SECONDS
        pause = threading.Event()
        while self._child.alive and time.monotonic() < limit:
            if _answers(port):
                return self._child.alive
            pause.wait(0.05)
        return False


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
        return b'"dynamodb"' in connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
