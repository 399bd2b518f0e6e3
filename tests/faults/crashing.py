"""Kills a use case before or after its k-th call through a port.

A crash is a BaseException, and after it every further call fails the same way: no `finally` and no
`except Exception` of ours can tidy up what a dead process could not.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Side = Literal["before", "after"]
SIDES: Final[tuple[Side, Side]] = ("before", "after")

_LOCAL: Final = frozenset({"now", "requests", "org_id"})
"""Calls that leave no process: a clock and a counter cannot be where it dies."""


class CrashError(BaseException):
    """The process is dead."""


@dataclass(slots=True)
class Fuse:
    """Counts calls and burns at one of them. `trace` names the calls, in order."""

    at: int | None = None
    side: Side = "before"
    dead: bool = False
    trace: list[str] = field(default_factory=list)

    def call(self, name: str, act: Callable[[], Any]) -> Any:
        """One call through a port."""
        if self.dead:
            raise CrashError(name)
        here = len(self.trace) == self.at
        self.trace.append(name)
        if here and self.side == "before":
            self._burn(name)
        answer = act()
        if here:
            self._burn(name)
        return answer

    def _burn(self, name: str) -> None:
        self.dead = True
        raise CrashError(name)


@dataclass(slots=True)
class Meanwhile(Fuse):
    """Does something at one of the calls instead of dying."""

    act: Callable[[], object] = lambda: None
    place: int = 0

    def call(self, name: str, act: Callable[[], Any]) -> Any:
        if len(self.trace) == self.place:
            self.place = -1
            self.act()
        return Fuse.call(self, name, act)


class Fused:
    """A port whose calls go through a fuse; what it streams goes through it item by item."""

    def __init__(self, port: Any, fuse: Fuse) -> None:
        self._port = port
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        if not callable(method):
            return method
        label = f"{type(self._port).__name__}.{name}"

        def call(*args: Any, **named: Any) -> Any:
            if name in _LOCAL:
                return method(*args, **named)
            answer = self._fuse.call(label, lambda: method(*args, **named))
            return self._streamed(answer, label) if isinstance(answer, Iterator) else answer

        return call

    def _streamed(self, items: Iterator[Any], label: str) -> Iterator[Any]:
        end = object()
        while (item := self._fuse.call(f"{label}.next", lambda: next(items, end))) is not end:
            yield item
