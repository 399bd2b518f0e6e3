"""A connection as it may be seen: everything but its secrets."""

from dataclasses import dataclass
from typing import Any

from syncline.ports import Configuration, Stored
from syncline.usecases.find import find_document


@dataclass(frozen=True, slots=True)
class ShowConnection:
    configuration: Configuration

    def __call__(self, workspace: str, name: str) -> dict[str, Any]:
        """NotFoundError if it does not exist."""
        stored = find_document(self.configuration, workspace, "connection", name)
        return self._shown(workspace, name, stored)

    def all(self, workspace: str) -> list[tuple[str, dict[str, Any]]]:
        """In name order."""
        return [
            (name, self._shown(workspace, name, stored))
            for name, stored in self.configuration.all(workspace, "connection")
        ]

    def _shown(self, workspace: str, name: str, stored: Stored) -> dict[str, Any]:
        note = self.configuration.get(workspace, "credentials", name)
        shown = {key: note.body[key] for key in ("flow", "client_id")} if note else None
        return {**stored.body, "credentials": shown}
