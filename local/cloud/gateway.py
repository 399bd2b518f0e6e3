"""The tap: a loopback proxy in front of AWS and Salesforce, one per execution environment.

It names each call's function, counts it and can kill the function at it. A function finds it as
AWS_ENDPOINT_URL; where the caller names further upstreams (the Salesforce emulator, over plain
HTTP) also as HTTP_PROXY, so that addresses stay what they are and no code has to know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from local.cloud.journal import Call, Journal
from local.cloud.kill import KillPoint, KillSwitch, When
from local.cloud.loopback import Answer, LoopbackServer, Request
from local.cloud.operations import operation_of, service_of
from local.cloud.upstream import Upstream

Interceptor = Callable[[Request], Answer | None]


@dataclass(frozen=True, slots=True)
class Upstreams:
    """Where calls go: `aws` is the data plane, `others` maps an authority to a service name."""

    aws: str
    others: Mapping[str, str]

    @classmethod
    def of(cls, aws_endpoint: str, others: Mapping[str, str]) -> Upstreams:
        """`others` maps a service name to its address, for instance salesforce to http://…."""
        return cls(
            urlsplit(aws_endpoint).netloc,
            {urlsplit(address).netloc: name for name, address in others.items()},
        )


class Tap:
    """One listening port for one function process; `kill` ends that process at once."""

    def __init__(
        self,
        function: str,
        *,
        upstreams: Upstreams,
        journal: Journal,
        switch: KillSwitch,
        kill: Callable[[], None],
        intercept: Interceptor = lambda _: None,
    ) -> None:
        self._function = function
        self._upstreams = upstreams
        self._journal = journal
        self._switch = switch
        self._kill = kill
        self._intercept = intercept
        self._upstream = Upstream()
        self._server = LoopbackServer(self._serve)
        self.url = self._server.url

    def close(self) -> None:
        self._server.close()
        self._upstream.close()

    def _serve(self, request: Request) -> Answer | None:
        authority, request = self._route(request)
        service = self._upstreams.others.get(authority) or service_of(request)
        operation = operation_of(service, request)
        point = self._switch.next_call(self._function, service, operation)
        if point and point.when is When.BEFORE:
            self._die(point)
            return None
        answer = self._intercept(request) or self._forward(authority, request)
        if point:
            self._die(point)
            return None
        status = answer.status if answer else 0
        self._journal.add(Call(self._function, service, operation, status))
        return answer

    def _forward(self, authority: str, request: Request) -> Answer | None:
        """To AWS as if it had come over TLS: bucket policies refuse anything else."""
        extra = (("X-Forwarded-Proto", "https"),) if authority == self._upstreams.aws else ()
        return self._upstream.forward(authority, request, extra)

    def _die(self, point: KillPoint) -> None:
        self._kill()
        self._journal.add(Call(self._function, point.service, point.operation, 0))
        point.fired.set()

    def _route(self, request: Request) -> tuple[str, Request]:
        """Authority and origin form; what was addressed to the tap itself is for AWS."""
        if request.target.startswith("/"):
            return self._upstreams.aws, request
        parts = urlsplit(request.target)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        plain = Request(request.method, target, request.headers, request.body, request.peer)
        own = parts.netloc == self._server.address
        return (self._upstreams.aws if own else parts.netloc), plain
