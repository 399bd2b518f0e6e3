"""Failures armed by a test: which endpoint, what happens, how often, after how many calls."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What a client meets instead of, or after, the work it asked for."""

    SESSION_EXPIRED = "session_expired"
    ERROR = "error"
    HTML_503 = "html_503"
    CONNECTION_RESET = "connection_reset"
    TRUNCATED_BODY = "truncated_body"
    TIMEOUT_AFTER_COMMIT = "timeout_after_commit"
    DELAY = "delay"


ANY_ENDPOINT = "*"


@dataclass(slots=True)
class Fault:
    """One armed failure; `skip` calls pass before the first of `times`."""

    endpoint: str
    kind: FaultKind
    times: int = 1
    skip: int = 0
    status: int = 500
    code: str = "UNKNOWN_EXCEPTION"
    message: str = (
        "An unexpected error occurred. Please include this ErrorId if you contact support"
    )
    seconds: float = 0.0


class Faults:
    """The armed failures, oldest first; each call meets at most one."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        """Add one."""
        self._armed.append(fault)

    def clear(self) -> None:
        """Disarm all."""
        self._armed.clear()

    def take(self, endpoint: str) -> Fault | None:
        """The failure this call meets; counts the call against what is armed for it."""
        for fault in self._armed:
            if fault.endpoint not in (endpoint, ANY_ENDPOINT):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self._armed.remove(fault)
            return fault
        return None

    def answer(self) -> list[dict[str, object]]:
        """What the control route shows."""
        return [
            {"endpoint": each.endpoint, "kind": each.kind.value, "times": each.times,
             "skip": each.skip}
            for each in self._armed
        ]  # fmt: skip
