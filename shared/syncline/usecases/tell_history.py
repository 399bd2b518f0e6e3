"""One record's whole story (X5): its journal entries, newest first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from syncline.engine.records import Link
from syncline.ports import Configuration, Journal, JsonObject, LinksFactory, Run, Runs

Silence = Literal["unlinked", "expired", "silent"]
"""Why there is no story: nothing leads to the record, its journal is gone, nothing was written."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One thing that happened. `entry` is where it is journalled; `run` is None for a person's
    decision, made `by` somebody, and for a run that is no longer stored. `at` is when the run
    started or the person decided."""

    connection: str
    entry: str
    run: Run | None
    run_id: str
    crm_id: str
    at: str | None
    by: str | None
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
        for connection, link in self._known(workspace, object, id):
            if after is not None and connection < after[0]:
                continue
            pointer = link.last
            if after is not None and connection == after[0]:
                told = self._stored(workspace, after[1])
                pointer = told[1].get("previous") if told else None
            yield from self._walk(workspace, (connection, link.crm_id), pointer, runs)

    def silence(self, workspace: str, object: str, id: str) -> Silence:
        """Why there is nothing to tell."""
        links = [link for _, link in self._known(workspace, object, id)]
        if not links:
            return "unlinked"
        return "expired" if any(link.last for link in links) else "silent"

    def _known(self, workspace: str, object: str, id: str) -> Iterator[tuple[str, Link]]:
        """The connections that know the record, with its cross-reference there."""
        for connection, _ in self.configuration.all(workspace, "connection"):
            links = self.links(workspace, connection)
            crm_id = links.claimed(object, [id]).get(id, id)
            link = links.get([crm_id]).get(crm_id)
            if link is not None and link.object == object:
                yield connection, link

    def _walk(
        self,
        workspace: str,
        known: tuple[str, str],
        pointer: str | None,
        runs: dict[str, Run | None],
    ) -> Iterator[Chapter]:
        connection, crm_id = known
        while pointer is not None:
            found = self._stored(workspace, pointer)
            if found is None:
                return
            entry, stored = found
            run_id = pointer.split("/")[0]
            if run_id not in runs:
                runs[run_id] = self.runs.get(workspace, run_id)
            run, by = runs[run_id], entry.get("by")
            at = entry.get("at") or _began(run)
            yield Chapter(connection, pointer, run, run_id, crm_id, at, by, stored)
            pointer = stored.get("previous")

    def _stored(self, workspace: str, pointer: str) -> tuple[JsonObject, JsonObject] | None:
        """The entry and the action in it; None where the journal no longer keeps it."""
        run, batch, attempt, index = pointer.split("/")
        entry = self.journal.get(workspace, run, f"{batch}/{attempt}")
        actions = entry.get("actions", ()) if entry else ()
        return (entry, actions[int(index)]) if entry and int(index) < len(actions) else None


def _began(run: Run | None) -> str | None:
    return (run.started_at or run.created_at) if run else None
