"""LocalCloud: data plane, functions, queues, schedules and HTTP API of one template."""

from __future__ import annotations

import json
import logging
import shutil
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from local.cloud.asynchronous import AsyncInvoker
from local.cloud.clients import ROOT, Clients, Credentials
from local.cloud.clock import RunnerClock
from local.cloud.control import PREFIX, Control
from local.cloud.function_specs import Surroundings, function_specs, variables
from local.cloud.functions import FunctionPool, FunctionSpec, Workshop
from local.cloud.gateway import Tap, Upstreams
from local.cloud.http_api import REQUEST_LIMIT_BYTES, HttpApi, json_answer
from local.cloud.invocation import InvokeResult
from local.cloud.journal import Journal
from local.cloud.kill import KillPoint, KillSwitch, When
from local.cloud.lambda_service import INVOKE, LambdaService
from local.cloud.loopback import Answer, LoopbackServer, Request
from local.cloud.ministack import MiniStack
from local.cloud.options import CloudOptions
from local.cloud.queues import Mapping as QueueMapping
from local.cloud.queues import QueuePollers
from local.cloud.routes import read_routes
from local.cloud.schedules import ScheduleRunner
from local.cloud.stack import deploy
from local.cloud.template import load_template

_log = logging.getLogger(__name__)


class LocalCloud:
    """A running cloud; use it as a context manager, or call `close`.

    `api_url` is the HTTP API (control routes under /__cloud__/), `aws_endpoint` an address for
    AWS clients that knows Lambda's Invoke, too; `clock`, `calls` and `outputs` are what they say.
    """

    def __init__(
        self,
        template: Path,
        *,
        parameters: Mapping[str, str],
        env: Mapping[str, Mapping[str, str] | str],
        upstreams: Mapping[str, str],
        options: CloudOptions,
    ) -> None:
        self._ending = ExitStack()
        try:
            self._start(template, parameters, env, upstreams, options)
        except BaseException:
            self._ending.close()
            raise

    @classmethod
    def start(
        cls,
        template: Path,
        *,
        parameters: Mapping[str, str] | None = None,
        env: Mapping[str, Mapping[str, str] | str] | None = None,
        upstreams: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Self:
        """Start everything and return when the stack stands and requests are answered.

        `env`: NAME → text for all functions, or logical id → {NAME: text} for one. `upstreams`:
        service name → plain HTTP address of what functions call beside AWS (salesforce); those
        calls are then counted and are kill points. `options` are those of CloudOptions. Raises
        DataPlaneError when MiniStack or the stack does not stand, TypeError for an unknown option.
        """
        return cls(
            template,
            parameters=parameters or {},
            env=env or {},
            upstreams=upstreams or {},
            options=CloudOptions(**options),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every process and thread; a second call does nothing."""
        self._ending.close()

    @property
    def functions(self) -> Mapping[str, FunctionSpec]:
        return {name: pool.spec for name, pool in self._pools.items()}

    def resource(self, logical_id: str) -> str:
        """The physical name: table name, queue URL, topic ARN, bucket name, function name."""
        return self._stack.physical[logical_id]

    def client(self, service: str) -> Any:
        """An AWS client with all rights, for tests and tools; not counted."""
        return self._clients.of(service)

    def invoke(self, logical_id: str, event: Any) -> InvokeResult:
        """Invoke and wait for the result."""
        return self._pools[logical_id].invoke(event)

    def invoke_async(self, logical_id: str, event: Any) -> Future[InvokeResult]:
        """Invoke as an event: retries and on-failure destination as configured."""
        return self._asynchronous.submit(self._pools[logical_id], event)

    def deliver(self, mapping: str) -> int:
        """What a poller would do next, for clouds without (`pollers=0`): hands what is visible in
        the queue of the event source mapping to its function; how many messages those were."""
        return self._queues[mapping].deliver()

    def kill_at(self, logical_id: str, k: int, *, when: str = "before") -> KillPoint:
        """Kill the function's process at its k-th call from now, before or after it took effect."""
        if logical_id not in self._pools:
            raise KeyError(logical_id)
        return self._switch.arm(logical_id, k, When(when))

    def disarm(self) -> None:
        self._switch.disarm()

    def peak_memory(self, logical_id: str) -> int:
        """Bytes: the largest process of the function since the start or the last `recycle`."""
        return self._pools[logical_id].peak_memory()

    def recycle(self, logical_id: str) -> None:
        """End the function's idle processes, so that the next event starts a new one."""
        self._pools[logical_id].recycle()

    def logs(self, logical_id: str) -> list[str]:
        """The lines that the function's processes have written so far."""
        path = self._logs / f"{logical_id}.log"
        return path.read_text(errors="replace").splitlines() if path.exists() else []

    def _start(
        self,
        template: Path,
        parameters: Mapping[str, str],
        env: Mapping[str, Mapping[str, str] | str],
        upstreams: Mapping[str, str],
        options: CloudOptions,
    ) -> None:
        self._auth = options.auth
        self._region = options.region
        home = (options.home or template.resolve().parent / ".local").resolve()
        self._logs = home / "logs"
        shutil.rmtree(self._logs, ignore_errors=True)
        scratch = Path(tempfile.mkdtemp(prefix="cloud-"))
        self._ending.callback(shutil.rmtree, scratch, ignore_errors=True)
        self._clock_file = scratch / "clock"
        self.clock = RunnerClock(self._clock_file)
        self._ending.callback(self.clock.close)
        self.calls = Journal()
        self._pools: dict[str, FunctionPool] = {}
        self._switch = KillSwitch()
        self._start_data_plane(options, scratch)
        self._upstreams = Upstreams.of(self._endpoint, upstreams)
        self._serving: HttpApi | None = None
        server = LoopbackServer(self._serve, port=options.port, body_limit=REQUEST_LIMIT_BYTES)
        self._ending.callback(server.close)
        self.api_url = server.url
        loaded = load_template(template, parameters=parameters, region=self._region)
        self._stack = deploy(loaded, self._clients, self.api_url)
        self.outputs = self._stack.outputs
        self._start_functions(function_specs(loaded, self._stack, env), options)
        self._start_events(options)

    def _start_data_plane(self, options: CloudOptions, scratch: Path) -> None:
        ministack = MiniStack(
            python=options.ministack,
            scratch=scratch,
            log=self._logs / "ministack.log",
            clock_file=self._clock_file,
            region=self._region,
            auth=self._auth,
        )
        self._ending.callback(ministack.close)
        self._endpoint = ministack.endpoint
        self._clients = Clients(ministack.endpoint, self._region)
        self._ending.callback(self._clients.close)

    def _start_functions(self, specs: Mapping[str, FunctionSpec], options: CloudOptions) -> None:
        workshop = Workshop(sys.executable, self._logs, self._tap, self._variables)
        for name, spec in specs.items():
            limit = float(options.timeouts.get(name, spec.timeout_seconds))
            self._pools[name] = FunctionPool(
                replace(spec, timeout_seconds=limit), workshop, maximum=options.maximum
            )
        self._by_arn = {pool.spec.arn: pool for pool in self._pools.values()}
        for pool in self._pools.values():
            self._ending.callback(pool.close)
        self._asynchronous = AsyncInvoker(self.clock, self._clients)
        self._ending.callback(self._asynchronous.close)
        self._lambda = LambdaService(self._by_arn, self._asynchronous, self._may_invoke)
        outside = Tap(
            "outside",
            upstreams=self._upstreams,
            journal=Journal(),
            switch=KillSwitch(),
            kill=lambda: None,
            intercept=self._lambda.intercept,
        )
        self._ending.callback(outside.close)
        self.aws_endpoint = outside.url

    def _start_events(self, options: CloudOptions) -> None:
        self._queues: dict[str, QueuePollers] = {}
        for name, properties in self._stack.of_type("AWS::Lambda::EventSourceMapping"):
            if properties.get("Enabled", True) in (True, "true"):
                pool = self._lambda.pool(str(properties["FunctionName"]))
                mapping = QueueMapping.of(properties, options.pollers)
                running = QueuePollers(
                    mapping, pool.invoke, clients=self._clients, clock=self.clock
                )
                self._ending.callback(running.close)
                self._queues[name] = running
        self._deliveries = options.deliveries
        if self._deliveries:
            schedules = ScheduleRunner(self._fire, clients=self._clients, clock=self.clock)
            self._ending.callback(schedules.close)
        for name, properties in self._stack.of_type("AWS::ApiGatewayV2::Api"):
            self._serving = HttpApi(
                read_routes(properties["Body"]),
                pool=self._lambda.pool,
                clock=self.clock,
                api_id=self._stack.physical[name],
                region=self._region,
            )

    def _serve(self, request: Request) -> Answer:
        if request.path.startswith(PREFIX):
            return Control(self).serve(request)
        if self._serving is None:
            return json_answer(503, {"message": "Service Unavailable"})
        return self._serving.serve(request)

    def _may_invoke(self, role_arn: str, function_arn: str) -> bool:
        return not self._auth or self._clients.allows(role_arn, INVOKE, function_arn)

    def _fire(self, arn: str, role_arn: str, text: str) -> None:
        pool = self._by_arn.get(arn)
        if pool is None or not self._may_invoke(role_arn, arn):
            _log.warning("a schedule's target is not here or not granted to its role: %s", arn)
            return
        try:
            event = json.loads(text)
        except ValueError:
            _log.warning("a schedule for %s has an input that is not JSON", arn)
            return
        for _ in range(self._deliveries):
            self._asynchronous.submit(pool, event)

    def _tap(self, spec: FunctionSpec, kill: Any) -> Tap:
        return Tap(
            spec.logical_id,
            upstreams=self._upstreams,
            journal=self.calls,
            switch=self._switch,
            kill=kill,
            intercept=lambda request: self._lambda.intercept(request, spec.role_arn),
        )

    def _variables(self, spec: FunctionSpec, api: Any, tap: Tap) -> dict[str, str]:
        credentials: Credentials = ROOT
        if self._auth:
            credentials = self._clients.assume(spec.role_arn, spec.logical_id)
        shared = Surroundings(self._region, self._clock_file, bool(self._upstreams.others))
        return variables(spec, api, tap, shared, credentials)
