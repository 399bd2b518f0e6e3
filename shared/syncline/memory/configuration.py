"""Configuration documents, API tokens and credentials in memory."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from syncline.memory.table import Table
from syncline.ports import JsonObject, Stored, TokenRecord


class MemoryConfiguration:
    """Documents by workspace, type and name, each with its version."""

    def __init__(self) -> None:
        self.documents = Table()

    @property
    def writes(self) -> int:
        return self.documents.writes

    def get(self, workspace: str, type: str, name: str) -> Stored | None:
        stored = self.documents.get((workspace, type, name))
        return None if stored is None else Stored(**stored)

    def put(
        self, workspace: str, type: str, name: str, body: JsonObject, *, expected: int
    ) -> Stored | None:
        current = self.get(workspace, type, name)
        if current == Stored(body=body, version=expected + 1):
            return current
        if (current.version if current else 0) != expected:
            return None
        stored = {"body": body, "version": expected + 1}
        self.documents.put((workspace, type, name), stored)
        return self.get(workspace, type, name)

    def delete(self, workspace: str, type: str, name: str) -> bool:
        existed = (workspace, type, name) in self.documents
        self.documents.remove((workspace, type, name))
        return existed

    def all(self, workspace: str, type: str) -> Sequence[tuple[str, Stored]]:
        found = self.documents.under((workspace, type))
        return [(key[-1], Stored(**stored)) for key, stored in found]

    def dump(self) -> dict[str, Any]:
        return self.documents.dump()


class MemoryTokens:
    """API tokens by hash."""

    def __init__(self) -> None:
        self.tokens = Table()

    @property
    def writes(self) -> int:
        return self.tokens.writes

    def add(self, token: TokenRecord) -> None:
        self.tokens.put((token.hash,), dataclasses.asdict(token))

    def by_hash(self, hash: str) -> TokenRecord | None:
        stored = self.tokens.get((hash,))
        return None if stored is None else _token(stored)

    def all(self, workspace: str) -> Sequence[TokenRecord]:
        found = (_token(stored) for _, stored in self.tokens.under(()))
        return sorted((each for each in found if each.workspace == workspace), key=lambda t: t.id)

    def revoke(self, workspace: str, token: str, *, at: str) -> bool:
        for each in self.all(workspace):
            if each.id == token:
                if each.revoked_at is None:
                    self.add(dataclasses.replace(each, revoked_at=at))
                return True
        return False

    def dump(self) -> dict[str, Any]:
        return self.tokens.dump()


class MemorySecrets:
    """Credentials by workspace and connection. It has no dump: what is secret is not compared."""

    def __init__(self) -> None:
        self._secrets = Table()

    @property
    def writes(self) -> int:
        return self._secrets.writes

    def get(self, workspace: str, connection: str) -> JsonObject | None:
        stored: JsonObject | None = self._secrets.get((workspace, connection))
        return stored

    def put(self, workspace: str, connection: str, value: JsonObject) -> None:
        self._secrets.put((workspace, connection), value)

    def delete(self, workspace: str, connection: str) -> None:
        self._secrets.remove((workspace, connection))


def _token(stored: JsonObject) -> TokenRecord:
    return TokenRecord(**{**stored, "scopes": tuple(stored["scopes"])})
