"""The functions of the template, each with a pool of processes that grows on demand."""

from __future__ import annotations

import contextlib
import json
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from local.cloud.children import Child
from local.cloud.gateway import Tap
from local.cloud.invocation import PAYLOAD_LIMIT_BYTES, Invocation, InvokeResult
from local.cloud.runtime_api import RuntimeApi

INIT_LIMIT_SECONDS: Final = 60.0
"""Lambda allows 10 s; a laptop that builds its bytecode for the first time may need more."""


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """One AWS::Lambda::Function, resolved; `layers` and `code` are folders on disk."""

    logical_id: str
    name: str
    arn: str
    handler: str
    code: Path
    layers: tuple[Path, ...]
    timeout_seconds: float
    memory_mib: int
    role_arn: str
    environment: Mapping[str, str]
    retries: int
    on_failure: str
    reserved: int | None
    log_json: bool


TapMaker = Callable[[FunctionSpec, Callable[[], None]], Tap]
EnvironmentOf = Callable[[FunctionSpec, RuntimeApi, Tap], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Workshop:
    """What an environment is built with; `python` runs the functions, `logs` takes their output."""

    python: str
    logs: Path
    tap: TapMaker
    variables: EnvironmentOf


class ExecutionEnvironment:
    """One process of a function behind its own Runtime API and tap; takes one event at a time."""

    def __init__(self, spec: FunctionSpec, workshop: Workshop) -> None:
        self._spec = spec
        self._api = RuntimeApi(spec.arn, spec.timeout_seconds)
        self._tap = workshop.tap(spec, self.kill)
        self._killed = False
        self._child = Child(
            ["awslambdaric", spec.handler],
            python=workshop.python,
            env=workshop.variables(spec, self._api, self._tap),
            cwd=spec.code,
            log=workshop.logs / f"{spec.logical_id}.log",
        )
        self._ended = threading.Event()
        self._running: Invocation | None = None
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def alive(self) -> bool:
        return not self._killed and not self._ended.is_set()

    @property
    def pid(self) -> int:
        return self._child.pid

    def kill(self) -> None:
        self._killed = True
        self._child.kill()

    def close(self) -> None:
        self.kill()
        self._child.wait()
        self._api.close()
        self._tap.close()

    def peak_memory(self) -> int:
        return self._child.read_peak()

    def invoke(self, invocation: Invocation) -> InvokeResult:
        """Run one event to its end: an answer, an error, the time limit or the process's death."""
        self._running = invocation
        self._api.submit(invocation)
        if self._ended.is_set():
            self._report_exit(invocation)
        elif not invocation.started.wait(INIT_LIMIT_SECONDS):
            self._time_out(invocation, INIT_LIMIT_SECONDS)
        elif not invocation.done.wait(self._spec.timeout_seconds):
            self._time_out(invocation, self._spec.timeout_seconds)
        invocation.done.wait()
        self._child.read_peak()
        return invocation.outcome()

    def _time_out(self, invocation: Invocation, seconds: float) -> None:
        invocation.fail(
            "Sandbox.Timedout",
            f"RequestId: {invocation.request_id} Error: Task timed out after {seconds:.2f} seconds",
        )
        self.kill()

    def _watch(self) -> None:
        self._code = self._child.wait()
        self._ended.set()
        if self._running is not None:
            self._report_exit(self._running)

    def _report_exit(self, invocation: Invocation) -> None:
        if self._api.init_error is not None:
            invocation.started.set()
            invocation.fail_with(self._api.init_error)
            return
        how = _ending(self._code)
        invocation.started.set()
        invocation.fail(
            "Runtime.ExitError",
            f"RequestId: {invocation.request_id} Error: Runtime exited with error: {how}",
        )


def _ending(code: int) -> str:
    """How a process ended, in Lambda's words."""
    if code >= 0:
        return f"exit status {code}"
    return f"signal: {(signal.strsignal(-code) or str(-code)).lower()}"


class FunctionPool:
    """Invokes one function; at most `maximum` environments, callers beyond that wait."""

    def __init__(self, spec: FunctionSpec, workshop: Workshop, *, maximum: int) -> None:
        self.spec = spec
        self._workshop = workshop
        self._maximum = maximum if spec.reserved is None else max(1, min(maximum, spec.reserved))
        self._idle: list[ExecutionEnvironment] = []
        self._all: set[ExecutionEnvironment] = set()
        self._starting = 0
        self._closed = False
        self._free = threading.Condition()
        self._peak = 0

    def invoke(self, event: Any) -> InvokeResult:
        """Invoke synchronously with a JSON-able event.

        Raises ValueError when the event is over Lambda's 6 MB and RuntimeError after `close`.
        """
        payload = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        if len(payload) > PAYLOAD_LIMIT_BYTES:
            raise ValueError(f"event of {len(payload)} bytes is over {PAYLOAD_LIMIT_BYTES}")
        environment = self._acquire()
        try:
            return environment.invoke(Invocation(payload))
        finally:
            self._release(environment)

    def peak_memory(self) -> int:
        """Bytes; the highest resident size of any process of this function so far."""
        with self._free:
            sizes = [environment.peak_memory() for environment in self._all]
        self._peak = max([self._peak, *sizes])
        return self._peak

    def pids(self) -> list[int]:
        with self._free:
            return [environment.pid for environment in self._all]

    def recycle(self) -> None:
        """End idle environments: the next event meets a cold start and a peak of its own."""
        with self._free:
            idle, self._idle = self._idle, []
            self._all.difference_update(idle)
            self._peak = 0
        for environment in idle:
            environment.close()

    def close(self) -> None:
        with self._free:
            self._closed = True
            environments = list(self._all)
            self._all.clear()
            self._idle.clear()
            self._free.notify_all()
        for environment in environments:
            with contextlib.suppress(OSError):
                environment.close()

    def _acquire(self) -> ExecutionEnvironment:
        with self._free:
            self._free.wait_for(self._can_take)
            if self._closed:
                raise RuntimeError(f"{self.spec.logical_id}: the cloud is closed")
            while self._idle:
                environment = self._idle.pop()
                if environment.alive:
                    return environment
                self._forget(environment)
            self._starting += 1
        try:
            environment = ExecutionEnvironment(self.spec, self._workshop)
        finally:
            with self._free:
                self._starting -= 1
        with self._free:
            self._all.add(environment)
        return environment

    def _can_take(self) -> bool:
        return self._closed or bool(self._idle) or len(self._all) + self._starting < self._maximum

    def _release(self, environment: ExecutionEnvironment) -> None:
        with self._free:
            if environment.alive and not self._closed:
                self._idle.append(environment)
            else:
                self._forget(environment)
            self._free.notify()

    def _forget(self, environment: ExecutionEnvironment) -> None:
        self._peak = max(self._peak, environment.peak_memory())
        self._all.discard(environment)
        threading.Thread(target=environment.close, daemon=True).start()
