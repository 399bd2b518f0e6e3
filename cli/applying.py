"""Applies a file: looks, compares, and then saves what differs, in the order things need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from cli.api import Api, Who, path_of
from cli.difference import FOUND_BY_API, Change, changes
from cli.documents import Document, parted_name
from cli.errors import RefusedError, UsageError
from cli.schema import Schemas

Verb = Literal["create", "change", "compare", "none"]
_VISIBLE: Final = ("flow", "client_id")


@dataclass(frozen=True, slots=True)
class Step:
    """What one thing of the file needs.

    `compare`: all that can be seen is equal, but it comes with secrets; the API compares them
    when it is saved, and keeps what it has where they are equal.
    """

    kind: str
    name: str
    verb: Verb
    path: str
    body: Mapping[str, Any]
    changes: tuple[Change, ...] = ()
    who: Who = "token"
    note: str | None = None

    def to_json(self, result: str | None = None) -> dict[str, Any]:
        """For a program; the body is left out, for it may hold secrets."""
        return {
            "kind": self.kind, "name": self.name, "verb": self.verb,
            "changes": [change.to_json() for change in self.changes], "result": result,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """All steps of a file, and what is stored and not in it."""

    steps: tuple[Step, ...]
    others: tuple[str, ...]

    @property
    def visible(self) -> bool:
        """Whether a person has something to agree to."""
        return any(step.verb in ("create", "change") for step in self.steps)

    @property
    def pending(self) -> tuple[Step, ...]:
        """The steps that must be sent."""
        return tuple(step for step in self.steps if step.verb != "none")


@dataclass(frozen=True, slots=True)
class Comparer:
    """Compares a file with what one workspace has."""

    api: Api
    workspace: str
    schemas: Schemas
    who: Who = "token"
    """A file that configures its workspace is the administrator's, whole: the token at hand may
    belong to another workspace."""

    def __call__(self, document: Document) -> Difference:
        """Reads everything the file names; sends nothing that changes anything."""
        there = self._workspace(document)
        stored: dict[str, dict[str, Any]] = {"connections": {}, "jobs": {}, "attributes": {}}
        if there is None or there.verb != "create":
            stored = {kind: self._stored(kind) for kind in stored}
        steps = [
            *([there] if there else ()),
            *self._connections(document, stored["connections"]),
            *self._jobs(document, stored["jobs"]),
            *self._attributes(document, stored["attributes"]),
        ]
        named = {(step.kind, step.name) for step in steps}
        others = tuple(
            f"{kind[:-1]} {name}" for kind, found in stored.items() for name in found
            if (kind[:-1], name) not in named
        )  # fmt: skip
        return Difference(tuple(steps), others)

    def _workspace(self, document: Document) -> Step | None:
        if document.workspace is None:
            return None
        path = path_of("workspaces", self.workspace)
        try:
            stored = self.api.get(path, who="administrator")
        except RefusedError as error:
            if error.name == "administrator_only":
                raise _administrator_needed(error) from error
            if error.name != "unknown_workspace":
                raise
            stored = None
        body = document.workspace
        told = self._changes("Workspace", stored, body)
        verb = _verb(stored, told)
        return Step("workspace", self.workspace, verb, path, body, told, who="administrator")

    def _stored(self, kind: str) -> dict[str, Any]:
        path = path_of("workspaces", self.workspace, kind)
        found = {item["name"]: item[kind[:-1]] for item in self.api.items(path, who=self.who)}
        return {name: body for name, body in found.items() if not body.get("system")}

    def _connections(self, document: Document, stored: Mapping[str, Any]) -> Iterator[Step]:
        for name, body in document.connections.items():
            path = path_of("workspaces", self.workspace, "connections", name)
            yield self._connection(name, path, body, stored.get(name), document.unset.get(name))

    def _connection(
        self,
        name: str,
        path: str,
        body: Mapping[str, Any],
        stored: Mapping[str, Any] | None,
        unset: tuple[str, ...] | None,
    ) -> Step:
        wanted = self._wanted(body, stored)
        told = changes(_comparable(stored, body), wanted)
        if not unset:
            verb = _verb(stored, told)
            secrets = verb == "none" and "credentials" in body
            verb = "compare" if secrets else verb
            return Step("connection", name, verb, path, body, told, who=self.who)
        if stored is None or any(change.field.startswith("credentials") for change in told):
            raise UsageError(
                f"connection '{name}' needs its credentials, and ${{{unset[0]}}} is not set",
                f"Set it in the environment: export {unset[0]}=…",
            )
        kept = {key: value for key, value in body.items() if key != "credentials"}
        note = f"its stored credentials stay: ${{{unset[0]}}} is not set"
        verb = _verb(stored, told)
        return Step("connection", name, verb, path, kept, told, who=self.who, note=note)

    def _wanted(self, body: Mapping[str, Any], stored: Mapping[str, Any] | None) -> dict[str, Any]:
        """As it would be shown afterwards: of known credentials only what the API tells."""
        wanted = self.schemas.completed("Connection", body) if stored else dict(body)
        for name in FOUND_BY_API:
            if body.get(name) is None:
                wanted.pop(name, None)
        wanted.pop("credentials", None)
        credentials = body.get("credentials")
        if not isinstance(credentials, Mapping):
            return wanted if credentials is None else {**wanted, "credentials": credentials}
        credentials = {"flow": "client_credentials", **credentials}
        known = {key: credentials.get(key) for key in _VISIBLE}
        if stored and stored.get("credentials") == known:
            credentials = known
        return {**wanted, "credentials": credentials}

    def _changes(
        self, model: str, stored: Mapping[str, Any] | None, body: Mapping[str, Any]
    ) -> tuple[Change, ...]:
        """Of something new, what the file says; else against what it will be with its defaults."""
        return changes(stored, self.schemas.completed(model, body) if stored else body)

    def _jobs(self, document: Document, stored: Mapping[str, Any]) -> Iterator[Step]:
        for name, body in document.jobs.items():
            before = stored.get(name)
            told = self._changes("Job", before, body)
            path = path_of("workspaces", self.workspace, "jobs", name)
            yield Step("job", name, _verb(before, told), path, body, told, who=self.who)

    def _attributes(self, document: Document, stored: Mapping[str, Any]) -> Iterator[Step]:
        """After the jobs, for only what an inbound job maps can be switched on."""
        for name, body in document.attributes.items():
            before = stored.get(name)
            told = self._changes("Attribute", before, body)
            path = path_of("workspaces", self.workspace, "attributes", *parted_name(name))
            yield Step("attribute", name, _verb(before, told), path, body, told, who=self.who)


def _comparable(
    stored: Mapping[str, Any] | None, body: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """Without what the file may leave to the API."""
    if stored is None:
        return None
    silent = {name for name in FOUND_BY_API if body.get(name) is None}
    if body.get("credentials") is None:
        silent.add("credentials")
    return {name: value for name, value in stored.items() if name not in silent}


def _verb(stored: Mapping[str, Any] | None, told: tuple[Change, ...]) -> Verb:
    if stored is None:
        return "create"
    return "change" if told else "none"


def _administrator_needed(error: RefusedError) -> RefusedError:
    remedy = (
        "Set SYNCLINE_ADMINISTRATOR_TOKEN, or give the workspace in the file as a name alone"
        " (`workspace: acme`), so that it is not configured."
    )
    return RefusedError({**error.problem, "remedy": remedy, "errors": []})
