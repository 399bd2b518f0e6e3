"""What somebody else does in the middle of a use case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from syncline.ports import Batch
from tests.faults.crashing import Fuse


@dataclass(slots=True)
class Interrupting(Fuse):
    """`deeds` are done once each, right after the first call of their name; of reading page by page
    after the first page with rows."""

    deeds: dict[str, Callable[[], object]] = field(default_factory=dict)

    def call(self, name: str, act: Callable[[], Any]) -> Any:
        answer = Fuse.call(self, name, act)
        if name in self.deeds and (_has_rows(answer) or not name.endswith(".next")):
            self.deeds.pop(name)()
        return answer


def _has_rows(answer: Any) -> bool:
    return isinstance(answer, Batch) and bool(answer.changes)
