"""Control routes under /__cloud__/ of the HTTP API's address, for people and other processes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from local.cloud.http_api import json_answer
from local.cloud.loopback import Answer, Request

if TYPE_CHECKING:
    from local.cloud.cloud import LocalCloud

PREFIX: Final = "/__cloud__/"


@dataclass(frozen=True, slots=True)
class Order:
    """The rest of the path, the query and the JSON body of a control request."""

    rest: str
    query: str
    document: Any


class Control:
    """GET clock, calls, functions, outputs; POST clock, kill/<function>, invoke/<function>."""

    def __init__(self, cloud: LocalCloud) -> None:
        self._cloud = cloud
        self._routes: Mapping[tuple[str, str], Callable[[Order], Any]] = {
            ("GET", "clock"): lambda _: self._clock(),
            ("POST", "clock"): self._move_clock,
            ("GET", "calls"): self._calls,
            ("DELETE", "calls"): lambda _: cloud.calls.clear(),
            ("GET", "outputs"): lambda _: dict(cloud.outputs),
            ("GET", "functions"): lambda _: self._functions(),
            ("POST", "kill"): self._kill,
            ("POST", "invoke"): self._invoke,
        }

    def serve(self, request: Request) -> Answer:
        name, _, rest = request.path.removeprefix(PREFIX).partition("/")
        route = self._routes.get((request.method, name))
        if route is None:
            return json_answer(404, {"message": "Not Found"})
        try:
            order = Order(rest, request.query, json.loads(request.body or b"{}"))
            return json_answer(200, route(order))
        except (KeyError, TypeError, ValueError) as exc:
            return json_answer(400, {"message": f"{type(exc).__name__}: {exc}"})

    def _clock(self) -> dict[str, Any]:
        clock = self._cloud.clock
        return {"now": clock.utc().isoformat(), "offset": clock.offset, "frozen": clock.frozen}

    def _move_clock(self, order: Order) -> dict[str, Any]:
        """{"advance": seconds} or {"set": ISO time, "freeze": bool} or {"reset": true}."""
        wanted, clock = order.document, self._cloud.clock
        if "advance" in wanted:
            clock.advance(float(wanted["advance"]))
        elif "set" in wanted:
            instant = datetime.fromisoformat(wanted["set"])
            if instant.tzinfo is None:
                raise ValueError("the time needs a zone, for instance +00:00")
            clock.set(instant, freeze=bool(wanted.get("freeze", False)))
        elif wanted.get("reset"):
            clock.reset()
        else:
            raise ValueError("say advance, set or reset")
        return self._clock()

    def _calls(self, order: Order) -> list[dict[str, Any]]:
        wanted = parse_qs(order.query).get("function", [None])[0]
        return [
            {"function": function, "service": service, "operation": operation, "count": count}
            for (function, service, operation), count in sorted(self._cloud.calls.counts().items())
            if wanted in (None, function)
        ]

    def _functions(self) -> dict[str, Any]:
        return {
            name: {"name": spec.name, "peakMemory": self._cloud.peak_memory(name)}
            for name, spec in self._cloud.functions.items()
        }

    def _kill(self, order: Order) -> dict[str, Any]:
        when = str(order.document.get("when", "before"))
        point = self._cloud.kill_at(order.rest, int(order.document["k"]), when=when)
        return {"function": point.function, "k": point.k, "when": point.when.value}

    def _invoke(self, order: Order) -> dict[str, Any]:
        if order.query == "async":
            self._cloud.invoke_async(order.rest, order.document)
            return {"accepted": True}
        result = self._cloud.invoke(order.rest, order.document)
        return {"payload": result.payload, "error": result.error}
