"""One record's whole story (X5): its journal entries, newest first."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from syncline.config.models import Connection
from syncline.engine.dialect import Dialect
from syncline.engine.records import Link
from syncline.kinds.registry import DIALECTS
from syncline.ports import (
    Configuration,
    Journal,
    JsonObject,
    Links,
    LinksFactory,
    Run,
    Runs,
    Trail,
)

Silence = Literal["unheard", "expired", "silent"]
"""Why there is no story: nothing leads to the record, its journal is gone, nothing was written."""
Place = tuple[str, str, str]
"""Connection, and the entries told last of the link's and of the trail's; empty where none was."""
_Told = tuple[str, Dialect]
"""A connection and its sort of CRM."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One thing that happened. `entry` is where it is journalled; `run` is None for a person's
    decision, made `by` somebody, and for a run that is no longer stored. `at` is when the run
    started or the person decided. `crm_id` is None while the CRM has no such record; `place` is
    where the story goes on."""

    connection: str
    dialect: Dialect
    entry: str
    run: Run | None
    run_id: str
    crm_id: str | None
    at: str | None
    by: str | None
    stored: Mapping[str, Any]
    place: Place = ("", "", "")


@dataclass(frozen=True, slots=True)
class _Known:
    """What leads to the record's story with one connection."""

    connection: str
    dialect: Dialect
    crm_id: str | None
    last: str | None
    asides: Sequence[str]


@dataclass(frozen=True, slots=True)
class TellHistory:
    """Walks from the cross-reference's last journal entry back through `previous`, and tells the
    decisions of the record's trail, which no cross-reference remembers, in their place.

    A record that several connections know has a story with each, told connection by connection.
    """

    configuration: Configuration
    links: LinksFactory
    journal: Journal
    runs: Runs

    def __call__(
        self, workspace: str, object: str, id: str, *, after: Place | None = None
    ) -> Iterator[Chapter]:
        """`id` is a platform id or a CRM id, in whatever form people copy it; `after` the
        place of the chapter told last. Empty if no sync ever touched the record."""
        reader = _Reader(workspace, self.journal, self.runs)
        for known in self._known(workspace, object, id):
            if after is not None and known.connection < after[0]:
                continue
            here = after if after and after[0] == known.connection else (known.connection, "", "")
            yield from _story(reader, known, here)

    def silence(self, workspace: str, object: str, id: str) -> Silence:
        """Why there is nothing to tell."""
        known = list(self._known(workspace, object, id))
        if not known:
            return "unheard"
        return "expired" if any(each.last or each.asides for each in known) else "silent"

    def _known(self, workspace: str, object: str, id: str) -> Iterator[_Known]:
        """The connections that know the record."""
        for connection, stored in self.configuration.all(workspace, "connection"):
            place = (connection, DIALECTS[Connection.model_validate(stored.body).crm])
            links, ids = self.links(workspace, connection), place[1].ids
            spelled = dict.fromkeys((id, ids.restore_case(ids.long_id(id)) or id))
            found = (_find(links, place, object, each) for each in spelled)
            known = next((each for each in found if each is not None), None)
            if known is not None:
                yield known


def _find(links: Links, place: _Told, object: str, id: str) -> _Known | None:
    """By its live link, by the one it had last, or by what was decided while it had none."""
    trails = dict(links.trails(object, [id]))
    former = trails[id].crm_id if id in trails else None
    crm_id = links.claimed(object, [id]).get(id) or former or id
    link = links.get([crm_id]).get(crm_id)
    if link is None or link.object != object:
        return _of_trail(place, trails[id]) if id in trails else None
    others = {each for each in (link.crm_id, link.platform_id) if each} - {id}
    trails |= links.trails(object, others)
    return _of_link(place, link, trails)


def _of_trail(place: _Told, trail: Trail) -> _Known:
    return _Known(*place, trail.crm_id, None, [each.entry for each in trail.asides])


def _of_link(place: _Told, link: Link, trails: Mapping[str, Trail]) -> _Known:
    asides = [each.entry for trail in trails.values() for each in trail.asides]
    return _Known(*place, link.crm_id, link.last, asides)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Chapters from the journal; each run is looked up once."""

    workspace: str
    journal: Journal
    runs: Runs
    _seen: dict[str, Run | None] = field(default_factory=dict)

    def chapter(self, known: _Known, pointer: str) -> Chapter | None:
        """None where the journal no longer keeps it."""
        run_id, batch, attempt, index = pointer.split("/")
        entry = self.journal.get(self.workspace, run_id, f"{batch}/{attempt}")
        actions: Sequence[JsonObject] = entry.get("actions", ()) if entry else ()
        if entry is None or int(index) >= len(actions):
            return None
        if run_id not in self._seen:
            self._seen[run_id] = self.runs.get(self.workspace, run_id)
        run = self._seen[run_id]
        at, by = entry.get("at") or _began(run), entry.get("by")
        stored = actions[int(index)]
        place = (known.connection, known.dialect, pointer)
        return Chapter(*place, run, run_id, known.crm_id, at, by, stored)


def _story(reader: _Reader, known: _Known, here: Place) -> Iterator[Chapter]:
    """From a place on, newest first. What is in both is told once."""
    _, linked, aside = here
    behind = _asides(reader, known)
    entries = [each.entry for each in behind]
    if aside:
        behind = behind[entries.index(aside) + 1 :] if aside in entries else []
    chain = ((each, True) for each in _chain(reader, known, linked))
    told = ((each, False) for each in behind)
    last = None
    for chapter, of_link in heapq.merge(chain, told, key=_when, reverse=True):
        if chapter.entry == last:
            continue
        last = chapter.entry
        linked = last if of_link else linked
        aside = last if last in entries else aside
        yield replace(chapter, place=(known.connection, linked, aside))


def _asides(reader: _Reader, known: _Known) -> list[Chapter]:
    found = (reader.chapter(known, entry) for entry in known.asides)
    kept = [(each, False) for each in found if each is not None]
    return [each for each, _ in sorted(kept, key=_when, reverse=True)]


def _chain(reader: _Reader, known: _Known, told: str) -> Iterator[Chapter]:
    pointer = known.last
    if told:
        before = reader.chapter(known, told)
        pointer = before.stored.get("previous") if before else None
    while pointer is not None and (chapter := reader.chapter(known, pointer)) is not None:
        yield chapter
        pointer = chapter.stored.get("previous")


def _when(told: tuple[Chapter, bool]) -> tuple[str, str]:
    """Of one moment, what is of the link comes first, for merging is stable."""
    return told[0].at or "", told[0].entry


def _began(run: Run | None) -> str | None:
    return (run.started_at or run.created_at) if run else None
