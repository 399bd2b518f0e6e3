"""One record's whole story (X5): its journal entries, newest first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from syncline.engine.records import Link
from syncline.ports import Configuration, Journal, Links, LinksFactory, Run, Runs


@dataclass(frozen=True, slots=True)
class Chapter:
    """One thing that happened. `entry` is where it is journalled, `next` where the one before is
    (connection and entry), None at the start of the story."""

    connection: str
    entry: str
    run: Run | None
    run_id: str
    stored: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TellHistory:
    """Walks from the cross-reference's last journal entry back through `previous`.

    A record that several connections know has a story with each, told connection by connection.
    """

    configuration: Configuration
    links: LinksFactory
    journal: Journal
    runs: Runs

    def __call__(
        self, workspace: str, object: str, id: str, *, after: tuple[str, str] | None = None
    ) -> Iterator[Chapter]:
        """`id` is a platform id or a CRM id; `after` the connection and entry told last. Empty if
        no sync ever touched the record."""
        runs: dict[str, Run | None] = {}
        for connection, _ in self.configuration.all(workspace, "connection"):
            if after is not None and connection < after[0]:
                continue
            pointer = self._start(workspace, connection, object, id)
            if after is not None and connection == after[0]:
                told = self._stored(workspace, after[1])
                pointer = told.get("previous") if told else None
            yield from self._walk(workspace, connection, pointer, runs)

    def _start(self, workspace: str, connection: str, object: str, id: str) -> str | None:
        links = self.links(workspace, connection)
        link = self._link(links, object, id)
        return link.last if link and link.object == object else None

    def _link(self, links: Links, object: str, id: str) -> Link | None:
        crm_id = links.claimed(object, [id]).get(id, id)
        return links.get([crm_id]).get(crm_id)

    def _walk(
        self, workspace: str, connection: str, pointer: str | None, runs: dict[str, Run | None]
    ) -> Iterator[Chapter]:
        while pointer is not None:
            stored = self._stored(workspace, pointer)
            if stored is None:
                return
            run_id = pointer.split("/")[0]
            if run_id not in runs:
                runs[run_id] = self.runs.get(workspace, run_id)
            yield Chapter(connection, pointer, runs[run_id], run_id, stored)
            pointer = stored.get("previous")

    def _stored(self, workspace: str, pointer: str) -> Mapping[str, Any] | None:
        """None where the journal no longer keeps the entry."""
        run, batch, attempt, index = pointer.split("/")
        entry = self.journal.get(workspace, run, f"{batch}/{attempt}")
        actions = entry.get("actions", ()) if entry else ()
        return actions[int(index)] if int(index) < len(actions) else None
