"""Children that wait for their parent: filed under it, found when it has arrived.

Three kinds of item: the child under its parent, a mark that a parent is awaited, a mark that an
awaited parent has arrived. A mark carries `by`, which every new filing changes; marks are taken
away only as they were read before the last child was seen to be gone, so a child that is filed
meanwhile keeps them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from syncline.aws.database import Database
from syncline.aws.statements import Delete, Insert, Key, Update
from syncline.engine.records import Link
from syncline.store.link_items import LinkKeys


class Waiting:
    """The waiting children of one workspace and connection."""

    def __init__(self, database: Database, keys: LinkKeys) -> None:
        self._database = database
        self._keys = keys

    def file(self, links: Iterable[Link]) -> None:
        """Files parked links under their parents. The child first: who sees the mark sees it."""
        parked = {link.crm_id: link for link in links if link.parent}
        self._ensure(
            {
                self._keys.child(link.parent or "", link.object, link.crm_id): link.crm_id
                for link in parked.values()
            }
        )
        self._mark(
            {self._keys.awaited(link.parent or ""): _filing(link) for link in parked.values()}
        )

    def mark_arrived(self, links: Iterable[Link]) -> None:
        """Those links whose parents arrived while they were being filed."""
        self._mark({self._keys.released(link.parent or ""): _filing(link) for link in links})

    def release(self, parents: Collection[str]) -> int:
        wanted = [self._keys.awaited(parent) for parent in sorted(set(parents))]
        awaited = [key.sk for key in self._database.get(self._keys.table, wanted)]
        self._ensure({self._keys.released(parent): "arrived" for parent in awaited})
        return len(awaited)

    def released(
        self, object_name: str, after: tuple[str, str] | None
    ) -> Iterator[tuple[str, Iterator[str]]]:
        """Each arrived parent with its children of that object, read as they are asked for."""
        for mark in self._database.query(self._keys.table, f"{self._keys.scope}|released"):
            parent = str(mark["sk"])
            if after is None or parent >= after[0]:
                behind = after[1] if after is not None and parent == after[0] else ""
                yield parent, self._behind(parent, object_name, behind)

    def _behind(self, parent: str, object_name: str, child: str) -> Iterator[str]:
        found = self._children(parent, f"{object_name}|")
        return (each for key in found if (each := key.rpartition("|")[2]) > child)

    def settle(self, object_name: str, children: Mapping[str, str]) -> None:
        parents = sorted(set(children.values()))
        marks = [self._keys.awaited(parent) for parent in parents]
        marks += [self._keys.released(parent) for parent in parents]
        read = self._database.get(self._keys.table, marks)
        self._database.execute(
            [
                Delete(self._keys.table, self._keys.child(parent, object_name, child))
                for child, parent in children.items()
            ]
        )
        done = {parent for parent in parents if next(self._children(parent, ""), None) is None}
        self._database.execute(
            [
                Delete(self._keys.table, key, {"by": item["by"]})
                for key, item in read.items()
                if key.sk in done
            ]
        )

    def _children(self, parent: str, prefix: str) -> Iterator[str]:
        found = self._database.query(self._keys.table, self._keys.waiting(parent), prefix=prefix)
        return (str(item["sk"]) for item in found)

    def _ensure(self, wanted: Mapping[Key, str]) -> None:
        self._database.execute([self._insert(key, by) for key, by in wanted.items()])

    def _mark(self, wanted: Mapping[Key, str]) -> None:
        """Inserts, and changes those that exist; one that goes away in between is made again."""
        left = dict(wanted)
        while left:
            made = self._database.execute([self._insert(key, by) for key, by in left.items()])
            left = {key: by for (key, by), ok in zip(left.items(), made, strict=True) if not ok}
            changed = self._database.execute(
                [Update(self._keys.table, key, set={"by": by}) for key, by in left.items()]
            )
            left = {key: by for (key, by), ok in zip(left.items(), changed, strict=True) if not ok}

    def _insert(self, key: Key, by: str) -> Insert:
        return Insert(self._keys.table, {"pk": key.pk, "sk": key.sk, "by": by})


def _filing(link: Link) -> str:
    return f"{link.crm_id}@{link.version}"
