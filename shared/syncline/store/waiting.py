"""Children that wait for their parent: filed under it, found when it has arrived.

Three kinds of item: the child under its parent, a mark that a parent is awaited, a mark that an
awaited parent has arrived. A mark carries `by`, which every new filing changes; marks are taken
away only as they were read before the last child was seen to be gone, so a child that is filed
meanwhile keeps them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from syncline.aws.database import Database
from syncline.aws.replacing import replace_all
from syncline.aws.statements import Delete, Insert, Key
from syncline.store.link_items import LinkKeys


@dataclass(frozen=True, slots=True)
class Filing:
    """A child of some kind under its parent. No two filings have the same `by`, but those of one
    moment may."""

    parent: str
    kind: str
    child: str
    by: str


class Waiting:
    """The waiting children of one workspace and connection: parked links and platform records."""

    def __init__(self, database: Database, keys: LinkKeys) -> None:
        self._database = database
        self._keys = keys

    def file(self, filings: Collection[Filing]) -> None:
        """The child first: who sees the mark sees it."""
        self._ensure(
            {self._keys.child(each.parent, each.kind, each.child): each.child for each in filings}
        )
        self._mark((self._keys.awaited(each.parent), each.by) for each in filings)

    def mark_arrived(self, filings: Iterable[Filing]) -> None:
        """Those whose parents arrived while they were being filed."""
        self._mark((self._keys.released(each.parent), each.by) for each in filings)

    def release(self, parents: Collection[str]) -> int:
        wanted = [self._keys.awaited(parent) for parent in sorted(set(parents))]
        awaited = [key.sk for key in self._database.get(self._keys.table, wanted)]
        self._ensure({self._keys.released(parent): "arrived" for parent in awaited})
        return len(awaited)

    def released(
        self, kind: str, after: tuple[str, str] | None
    ) -> Iterator[tuple[str, Iterator[str]]]:
        """Each arrived parent with its children of that kind, read as they are asked for."""
        for mark in self._database.query(self._keys.table, f"{self._keys.scope}|released"):
            parent = str(mark["sk"])
            if after is None or parent >= after[0]:
                behind = after[1] if after is not None and parent == after[0] else None
                yield parent, self._behind(parent, kind, behind)

    def _behind(self, parent: str, kind: str, child: str | None) -> Iterator[str]:
        """Sort keys of a kind begin alike, so the query begins where the last one ended."""
        prefix = f"{kind}|"
        after = None if child is None else prefix + child
        found = self._children(parent, prefix=prefix, after=after)
        return (key.removeprefix(prefix) for key in found)

    def settle(self, kind: str, children: Mapping[str, str]) -> None:
        parents = sorted(set(children.values()))
        marks = [self._keys.awaited(parent) for parent in parents]
        marks += [self._keys.released(parent) for parent in parents]
        read = self._database.get(self._keys.table, marks)
        self._database.execute(
            [
                Delete(self._keys.table, self._keys.child(parent, kind, child))
                for child, parent in children.items()
            ]
        )
        done = {parent for parent in parents if next(self._children(parent), None) is None}
        self._database.execute(
            [
                Delete(self._keys.table, key, {"by": item["by"]})
                for key, item in read.items()
                if key.sk in done
            ]
        )

    def _children(
        self, parent: str, *, prefix: str = "", after: str | None = None
    ) -> Iterator[str]:
        found = self._database.query(
            self._keys.table, self._keys.waiting(parent), prefix=prefix, after=after
        )
        return (str(item["sk"]) for item in found)

    def _ensure(self, wanted: Mapping[Key, str]) -> None:
        self._database.execute(
            [Insert(self._keys.table, _item(key, by)) for key, by in wanted.items()]
        )

    def _mark(self, wanted: Iterable[tuple[Key, str]]) -> None:
        replace_all(self._database, self._keys.table, [_item(key, by) for key, by in wanted])


def _item(key: Key, by: str) -> dict[str, str]:
    return {"pk": key.pk, "sk": key.sk, "by": by}
