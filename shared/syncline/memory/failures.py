"""The Failures port in memory."""

from collections.abc import Collection, Mapping
from dataclasses import asdict

from syncline.memory.table import Table
from syncline.ports import Failure


class MemoryFailures:
    """Failures by message id; nothing is forgotten."""

    def __init__(self) -> None:
        self.notes = Table()

    def note(self, failures: Mapping[str, Failure]) -> None:
        for message, failure in failures.items():
            self.notes.put((message,), asdict(failure))

    def get(self, messages: Collection[str]) -> Mapping[str, Failure]:
        found = {message: self.notes.get((message,)) for message in messages}
        return {message: Failure(**stored) for message, stored in found.items() if stored}
