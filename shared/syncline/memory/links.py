"""The Links port in memory.

Claims come before links and are given up after them, for the whole batch, as in the real store.
"""

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from syncline.engine.edited import Edited, EditPlace
from syncline.engine.records import Link, LinkState
from syncline.errors import InvariantError
from syncline.memory.table import Table
from syncline.ports import Aside, LinkWrite, Trail

Claim = tuple[str, str]
"""Object and platform id."""


@dataclasses.dataclass(frozen=True, slots=True)
class LinkTables:
    """Where the links of all connections of a cloud are kept."""

    links: Table = dataclasses.field(default_factory=Table)
    claims: Table = dataclasses.field(default_factory=Table)
    waiting: Table = dataclasses.field(default_factory=Table)
    """Keyed by parent, object and child; the object of a platform record is `waiting_kind`."""
    arrived: Table = dataclasses.field(default_factory=Table)
    """Parents that children wait for and that are linked now."""
    trails: Table = dataclasses.field(default_factory=Table)
    edited: Table = dataclasses.field(default_factory=Table)


class MemoryLinks:
    """Cross-references of one workspace and connection."""

    def __init__(self, scope: tuple[str, str], tables: LinkTables) -> None:
        self._scope = scope
        self._tables = tables

    def get(self, crm_ids: Collection[str]) -> Mapping[str, Link]:
        found = ((key, self._link(key)) for key in crm_ids)
        return {key: link for key, link in found if link is not None}

    def claimed(self, object: str, platform_ids: Collection[str]) -> Mapping[str, str]:
        found = ((key, self._tables.claims.get(self._claim((object, key)))) for key in platform_ids)
        return {key: holder for key, holder in found if holder is not None}

    def write(self, writes: Sequence[LinkWrite]) -> Sequence[bool]:
        if len({write.link.crm_id for write in writes}) != len(writes):
            raise InvariantError("the same link twice in one batch", code="repeated_key")
        for write in writes:
            self._tables.links.check((write.link.crm_id,), dataclasses.asdict(write.link))
        fresh: set[Claim] = set()
        claimed = [self._take(write.link, fresh) for write in writes]
        for write in writes:
            self._file(write.link)
        answers = [ok and self._store(write) for ok, write in zip(claimed, writes, strict=True)]
        for write, ok in zip(writes, answers, strict=True):
            self._give_up(write, ok, fresh)
        self._mark_arrived(writes)
        return answers

    def linked(self, object: str, *, prefix: str, after: str = "") -> Iterator[str]:
        for key, stored in self._tables.links.under(self._scope):
            link = link_from(stored)
            mine = link.object == object and link.state is LinkState.LINKED
            if mine and key[-1].startswith(prefix) and key[-1] > after:
                yield key[-1]

    def release(self, parents: Collection[str]) -> int:
        awaited = [key for key in sorted(set(parents)) if self._children(key)]
        for parent in awaited:
            self._tables.arrived.insert((*self._scope, parent), True)
        return len(awaited)

    def released(
        self, object: str, *, limit: int, after: tuple[str, str] | None = None
    ) -> Sequence[tuple[str, str]]:
        found = [each for each in self._arrived(object, after) if self._waits(*each)]
        return found[:limit]

    def settle(self, object: str, children: Mapping[str, str], *, waiting: bool = False) -> None:
        kind = waiting_kind(object) if waiting else object
        for child, parent in children.items():
            self._tables.waiting.remove((*self._scope, parent, kind, child))
        for parent in sorted(set(children.values())):
            if not self._children(parent):
                self._tables.arrived.remove((*self._scope, parent))

    def wait(self, object: str, children: Mapping[str, str], *, parent_object: str) -> None:
        for child, parent in children.items():
            key = (*self._scope, parent, waiting_kind(object), child)
            self._tables.waiting.insert(key, True)
        self.release(self.claimed(parent_object, set(children.values())))

    def called(
        self, object: str, *, limit: int, after: tuple[str, str] | None = None
    ) -> Sequence[tuple[str, str]]:
        return self._arrived(waiting_kind(object), after)[:limit]

    def trails(self, object: str, ids: Collection[str]) -> Mapping[str, Trail]:
        found = ((id, self._tables.trails.get((*self._scope, object, id))) for id in ids)
        return {id: _trail(stored) for id, stored in found if stored is not None}

    def leave_trails(self, object: str, trails: Mapping[str, Trail], *, at: str) -> None:  # noqa: ARG002  memory forgets nothing
        for id, trail in trails.items():
            self._tables.trails.put((*self._scope, object, id), dataclasses.asdict(trail))

    def edited(self, places: Collection[EditPlace]) -> Mapping[EditPlace, Edited]:
        found = ((place, self._tables.edited.get((*self._scope, *place))) for place in places)
        return {place: Edited(**stored) for place, stored in found if stored is not None}

    def note_edited(self, edits: Mapping[EditPlace, Edited], *, at: str) -> None:  # noqa: ARG002  as above
        for place, edit in edits.items():
            self._tables.edited.put((*self._scope, *place), dataclasses.asdict(edit))

    def _link(self, crm_id: str) -> Link | None:
        stored = self._tables.links.get((*self._scope, crm_id))
        return None if stored is None else link_from(stored)

    def _claim(self, claim: Claim) -> tuple[str, ...]:
        return (*self._scope, *claim)

    def _children(self, parent: str) -> list[tuple[str, str]]:
        return [(key[-2], key[-1]) for key, _ in self._tables.waiting.under((*self._scope, parent))]

    def _arrived(self, kind: str, after: tuple[str, str] | None) -> list[tuple[str, str]]:
        """(parent, child) under the parents that are linked, in order, behind `after`."""
        parents = [key[-1] for key, _ in self._tables.arrived.under(self._scope)]
        found = sorted(
            (parent, child)
            for parent in parents
            for each, child in self._children(parent)
            if each == kind
        )
        return [each for each in found if after is None or each > after]

    def _waits(self, parent: str, child: str) -> bool:
        link = self._link(child)
        return link is not None and link.state is LinkState.PARKED and link.parent == parent

    def _take(self, link: Link, fresh: set[Claim]) -> bool:
        claim = claim_of(link)
        if claim is None:
            return True
        if self._tables.claims.insert(self._claim(claim), link.crm_id):
            fresh.add(claim)
        return bool(self._tables.claims.get(self._claim(claim)) == link.crm_id)

    def _file(self, link: Link) -> None:
        if link.state is LinkState.PARKED and link.parent:
            self._tables.waiting.insert((*self._scope, link.parent, link.object, link.crm_id), True)

    def _store(self, write: LinkWrite) -> bool:
        stored, link = self._link(write.link.crm_id), write.link
        if (stored.version if stored else 0) == write.expected:
            self._tables.links.put((*self._scope, link.crm_id), dataclasses.asdict(link))
            return True
        return stored is not None and (
            stored == link or (link.last is not None and stored.last == link.last)
        )

    def _give_up(self, write: LinkWrite, ok: bool, fresh: set[Claim]) -> None:
        mine = {claim_of(write.link)} & fresh
        if ok and write.before:
            mine |= {claim_of(write.before)}
        stored = self._link(write.link.crm_id)
        for claim in mine - {None, claim_of(stored) if stored else None}:
            key = self._claim(claim or ("", ""))
            if self._tables.claims.get(key) == write.link.crm_id:
                self._tables.claims.remove(key)

    def _mark_arrived(self, writes: Sequence[LinkWrite]) -> None:
        """A parent may have arrived between the decision to park and the filing."""
        parents = {w.link.parent for w in writes if w.link.state is LinkState.PARKED}
        links = self.get([parent for parent in parents if parent])
        self.release([key for key, link in links.items() if link.state is LinkState.LINKED])


def waiting_kind(object_name: str) -> str:
    """Under which platform records wait, apart from the CRM's parked ones of the same object."""
    return f"platform:{object_name}"


def claim_of(link: Link) -> Claim | None:
    """The platform record that a link holds; only a live one holds any."""
    if link.state is LinkState.LINKED and link.platform_id:
        return (link.object, link.platform_id)
    return None


def _trail(stored: Mapping[str, Any]) -> Trail:
    return Trail(stored["crm_id"], tuple(Aside(**each) for each in stored["asides"]))


def link_from(stored: Mapping[str, Any]) -> Link:
    return Link(**{**stored, "state": LinkState(stored["state"])})
