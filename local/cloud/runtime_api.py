"""Lambda's Runtime API for one execution environment, as far as awslambdaric uses it.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import queue
import threading
import time
from typing import Final

from local.cloud.invocation import Invocation
from local.cloud.loopback import Answer, LoopbackServer, Request

_PREFIX: Final = "/2018-06-01/runtime/"
_ACCEPTED: Final = Answer(202, b'{"status":"OK"}', (("Content-Type", "application/json"),))


class RuntimeApi:
    """Hands one invocation at a time to the process behind it."""

    def __init__(self, arn: str, timeout_seconds: float) -> None:
        self._arn = arn
        self._timeout = timeout_seconds
        self._waiting: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self._current: Invocation | None = None
        self.init_error: bytes | None = None
        self.failed = threading.Event()
        self._server = LoopbackServer(self._serve)
        self.address = self._server.address

    def submit(self, invocation: Invocation) -> None:
        self._waiting.put(invocation)

    def close(self) -> None:
        self._waiting.put(None)
        self._server.close()

    def _serve(self, request: Request) -> Answer | None:
        name = request.path.removeprefix(_PREFIX)
        if name == "invocation/next":
            return self._next()
        if name == "init/error":
            self.init_error = request.body
            self.failed.set()
            return _ACCEPTED
        parts = name.split("/")
        if len(parts) == 3 and parts[0] == "invocation":
            return self._finished(parts[1], parts[2], request.body)
        return Answer(404)

    def _next(self) -> Answer | None:
        self._current = invocation = self._waiting.get()
        if invocation is None:
            return None
        deadline = int((time.time() + self._timeout) * 1000)
        invocation.started.set()
        # Without a Content-Type awslambdaric ends without a word.
        headers = (
            ("Content-Type", "application/json"),
            ("Lambda-Runtime-Aws-Request-Id", invocation.request_id),
            ("Lambda-Runtime-Deadline-Ms", str(deadline)),
            ("Lambda-Runtime-Invoked-Function-Arn", self._arn),
            ("Lambda-Runtime-Trace-Id", _trace_id(invocation.request_id)),
        )
        return Answer(200, invocation.payload, headers)

    def _finished(self, request_id: str, outcome: str, body: bytes) -> Answer:
        invocation = self._current
        if invocation is None or invocation.request_id != request_id:
            return Answer(400, b'{"errorType":"InvalidRequestID"}')
        if outcome == "response":
            invocation.succeed(body)
        else:
            invocation.fail_with(body)
        return _ACCEPTED


def _trace_id(request_id: str) -> str:
    digits = request_id.replace("-", "")
    return f"Root=1-{digits[:8]}-{digits[8:32]};Parent={digits[:16]};Sampled=0"
