"""What goes into a function and what comes out, with Lambda's words for what went wrong."""

from __future__ import annotations

import json
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any, Final

PAYLOAD_LIMIT_BYTES: Final = 6 * 1024 * 1024
"""Request and response of a synchronous invocation.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""


@dataclass(frozen=True, slots=True)
class InvokeResult:
    """`payload` is the decoded answer; with an error it is Lambda's error document.

    `error` is None for a success, else Handled or Unhandled as in X-Amz-Function-Error.
    """

    request_id: str
    payload: Any
    error: str | None = None

    @property
    def ok(self) -> bool:
        return self.error is None

    @property
    def error_type(self) -> str:
        return str(self.payload.get("errorType", "")) if isinstance(self.payload, dict) else ""

    @property
    def error_message(self) -> str:
        return str(self.payload.get("errorMessage", "")) if isinstance(self.payload, dict) else ""


@dataclass(slots=True)
class Invocation:
    """One event on its way through an environment."""

    payload: bytes
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    started: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)
    result: InvokeResult | None = None

    def succeed(self, body: bytes) -> None:
        if len(body) > PAYLOAD_LIMIT_BYTES:
            self.fail(
                "Function.ResponseSizeTooLarge",
                f"Response payload size exceeded maximum allowed payload size "
                f"({PAYLOAD_LIMIT_BYTES} bytes).",
            )
            return
        self._finish(InvokeResult(self.request_id, json.loads(body or b"null")))

    def fail_with(self, document: bytes) -> None:
        """The function raised: the runtime client's own error document."""
        self._finish(InvokeResult(self.request_id, json.loads(document), "Unhandled"))

    def fail(self, error_type: str, message: str) -> None:
        document = {"errorType": error_type, "errorMessage": message}
        self._finish(InvokeResult(self.request_id, document, "Unhandled"))

    def outcome(self) -> InvokeResult:
        """The result; only after `done`."""
        if self.result is None:
            raise RuntimeError("the invocation is not done")
        return self.result

    def _finish(self, result: InvokeResult) -> None:
        if not self.done.is_set():
            self.result = result
            self.done.set()
