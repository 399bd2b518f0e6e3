"""Reads merges, and lets a winner that has no link of its own keep its loser's (X10).

A conversion is read as a merge: the lead is the loser, what it was converted into the winner.

The loser's link is given up first and its platform record claimed by the winner second, in a batch
of its own: each is one conditional write, and the cursor between them says what is still to do.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from syncline.engine.records import Change, Inherited, Link, LinkState, Merged
from syncline.ports import Batch, Cursor, Links, PlatformRecords, ReadRequest, Waiting

_STEPS: Final = 5
"""Merges of merges that are followed."""
_Heir = tuple[str, str, str, str]
"""Winner, loser, platform id, the merge's stamp."""
Merges = Callable[[ReadRequest, Cursor | None], Iterator[Batch | Waiting]]


@dataclass(frozen=True, slots=True)
class Inheritance:
    """`object` is the platform's, `read` gives the merges of a request."""

    read: Merges
    links: Links
    records: PlatformRecords
    object: str

    def __call__(self, request: ReadRequest, cursor: Cursor | None) -> Iterator[Batch | Waiting]:
        """The merges of the request; behind each batch of them those that inherit."""
        if cursor is not None and "heirs" in cursor:
            yield self._inherited(cursor)
            cursor = cursor["at"] or None
        for item in self.read(request, cursor):
            heirs = () if isinstance(item, Waiting) else self._heirs(item.changes)
            if isinstance(item, Waiting) or not heirs:
                yield item
                continue
            between = {"heirs": [list(heir) for heir in heirs], "at": dict(item.cursor)}
            losers = {loser for _, loser, _, _ in heirs}
            yield replace(item, changes=_moving(item.changes, losers), cursor=between)
            yield self._inherited(between)

    def _inherited(self, cursor: Cursor) -> Batch:
        heirs = cursor["heirs"]
        links = self.links.get([loser for _, loser, _, _ in heirs])
        changes = [
            Inherited(winner, replace(links[loser], platform_id=platform_id), stamp)
            for winner, loser, platform_id, stamp in heirs
            if loser in links
        ]
        return Batch(changes, cursor["at"])

    def _heirs(self, changes: Sequence[Change]) -> Sequence[_Heir]:
        """One loser for each winner without a link, the one merged first."""
        merges = {each.key: each for each in changes if isinstance(each, Merged)}
        links = dict(self.links.get(merges.keys()))
        losing = {key: link for key, link in links.items() if _is_live(link)}
        if not losing:
            return ()
        winners = self._winners(losing, merges, links)
        heirs: dict[str, _Heir] = {}
        for merge in sorted(merges.values(), key=lambda each: (each.stamp, each.key)):
            winner = winners.get(merge.key)
            if winner is not None and not _is_live(links.get(winner)):
                platform_id = str(losing[merge.key].platform_id)
                heirs.setdefault(winner, (winner, merge.key, platform_id, merge.stamp))
        return self._possible(list(heirs.values()))

    def _winners(
        self, losing: Mapping[str, Link], merges: Mapping[str, Merged], links: dict[str, Link]
    ) -> Mapping[str, str]:
        """Loser → who lives on in the end; `links` gains those of all on the way."""
        ends = {key: merges[key].winner for key in losing}
        for _ in range(_STEPS):
            links.update(self.links.get([end for end in ends.values() if end not in links]))
            following = {key: _next(end, merges, links) for key, end in ends.items()}
            if following == ends:
                break
            ends = following
        return ends

    def _possible(self, heirs: Sequence[_Heir]) -> Sequence[_Heir]:
        """Not where the platform's record is gone, or another one stands for the winner."""
        if not heirs:
            return ()
        records = self.records.get(self.object, [platform_id for _, _, platform_id, _ in heirs])
        folded = [winner.lower() for winner, _, _, _ in heirs]
        own = self.records.find(self.object, "external_id", folded)
        return [
            heir
            for heir in heirs
            if (record := records.get(heir[2])) is not None
            and not record.deleted
            and own.get(heir[0].lower(), heir[2]) == heir[2]
        ]


def _next(end: str, merges: Mapping[str, Merged], links: Mapping[str, Link]) -> str:
    if end in merges:
        return merges[end].winner
    link = links.get(end)
    return link.winner if link and link.state is LinkState.ALIAS and link.winner else end


def _is_live(link: Link | None) -> bool:
    return link is not None and link.state is LinkState.LINKED


def _moving(changes: Sequence[Change], losers: set[str]) -> list[Change]:
    return [
        replace(each, moves=True) if isinstance(each, Merged) and each.key in losers else each
        for each in changes
    ]
