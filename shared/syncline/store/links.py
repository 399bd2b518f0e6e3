"""Cross-references on DynamoDB: a link by CRM id with its baseline, and who holds a platform id."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from uuid import uuid4

from syncline.aws.claims import Claim, Claims, Taken
from syncline.aws.database import Database, check
from syncline.engine.edited import Edited, EditPlace
from syncline.engine.records import Link, LinkState
from syncline.ports import LinkWrite, Trail
from syncline.store.edits import Edits
from syncline.store.link_items import STATES, LinkKeys, link_from, link_statement, waiting_kind
from syncline.store.trails import Trails
from syncline.store.waiting import Filing, Waiting


class DynamoLinks:
    """The Links port for one workspace and connection; trails and edits go after `kept`.

    The order of writes is such that a crash between any two is mended by writing again: claim,
    file under the parent, link, give claims up, look whether the parent came meanwhile. A link that
    keeps its counterpart costs one write and no read.
    """

    def __init__(
        self, database: Database, table: str, *, workspace: str, connection: str, kept: timedelta
    ) -> None:
        self._database = database
        self._keys = LinkKeys(table, workspace, connection)
        self._claims = Claims(database, table)
        self._waiting = Waiting(database, self._keys)
        self._trails = Trails(database, self._keys, kept=kept)
        self._edits = Edits(database, self._keys, kept=kept)

    def get(self, crm_ids: Collection[str]) -> Mapping[str, Link]:
        found = self._database.get(self._keys.table, [self._keys.link(each) for each in crm_ids])
        return {key.sk: link_from(item) for key, item in found.items()}

    def claimed(self, object: str, platform_ids: Collection[str]) -> Mapping[str, str]:
        keys = [self._keys.platform(object, each) for each in platform_ids]
        return {key.sk: holder for key, holder in self._claims.holders(keys).items()}

    def write(self, writes: Sequence[LinkWrite]) -> Sequence[bool]:
        statements = [link_statement(self._keys, write) for write in writes]
        check(statements)
        taken = self._take(writes)
        able = [index for index, write in enumerate(writes) if self._may(write, taken)]
        parked = [filing for write in writes for filing in _filings(write.link)]
        self._waiting.file(parked)
        done = self._database.execute([statements[index] for index in able])
        answers = dict(zip(able, done, strict=True))
        refused = [write for index, write in enumerate(writes) if not answers.get(index)]
        stored = self.get([write.link.crm_id for write in refused]) if refused else {}
        final = [
            answers.get(index, False) or (index in answers and _is_done(write, stored))
            for index, write in enumerate(writes)
        ]
        self._give_up(writes, final, taken, stored)
        self._look_for_parents(parked)
        return final

    def linked(self, object: str, *, prefix: str, after: str = "") -> Iterator[str]:
        """The partition holds every link of the connection; the ids' prefix bounds the query."""
        found = self._database.query(
            self._keys.table, self._keys.link("").pk, prefix=prefix, after=after or None, ask=STATES
        )
        wanted = (object, LinkState.LINKED.value)
        return (str(item["sk"]) for item in found if (item["object"], item["state"]) == wanted)

    def release(self, parents: Collection[str]) -> int:
        return self._waiting.release(parents)

    def released(
        self, object: str, *, limit: int, after: tuple[str, str] | None = None
    ) -> Sequence[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for parent, children in self._waiting.released(object, after):
            while len(found) < limit and (some := list(islice(children, limit - len(found)))):
                links = self.get(some)
                found += [(parent, child) for child in some if _waits(links.get(child), parent)]
            if len(found) == limit:
                break
        return found

    def settle(self, object: str, children: Mapping[str, str], *, waiting: bool = False) -> None:
        self._waiting.settle(waiting_kind(object) if waiting else object, children)

    def wait(self, object: str, children: Mapping[str, str], *, parent_object: str) -> None:
        """Filed first, then the parents are looked for: one that comes in between is seen here,
        or sees the filing. A crash in between is mended by waiting again."""
        by, kind = str(uuid4()), waiting_kind(object)
        filings = [Filing(parent, kind, child, by) for child, parent in children.items()]
        self._waiting.file(filings)
        linked = self.claimed(parent_object, set(children.values()))
        self._waiting.mark_arrived([each for each in filings if each.parent in linked])

    def called(
        self, object: str, *, limit: int, after: tuple[str, str] | None = None
    ) -> Sequence[tuple[str, str]]:
        arrived = self._waiting.released(waiting_kind(object), after)
        found = ((parent, child) for parent, children in arrived for child in children)
        return list(islice(found, limit))

    def trails(self, object: str, ids: Collection[str]) -> Mapping[str, Trail]:
        return self._trails.get(object, ids)

    def leave_trails(self, object: str, trails: Mapping[str, Trail], *, at: str) -> None:
        self._trails.put(object, trails, at)

    def edited(self, places: Collection[EditPlace]) -> Mapping[EditPlace, Edited]:
        return self._edits.get(places)

    def note_edited(self, edits: Mapping[EditPlace, Edited], *, at: str) -> None:
        self._edits.put(edits, at)

    def _take(self, writes: Sequence[LinkWrite]) -> dict[Claim, Taken]:
        """Claims that are not held already: what `before` held, the version guards."""
        wanted = []
        for write in writes:
            claim = self._keys.claim(write.link)
            before = self._keys.claim(write.before) if write.before else None
            if claim and (before is None or before.key != claim.key):
                wanted.append(claim)
        return self._claims.take(wanted)

    def _may(self, write: LinkWrite, taken: Mapping[Claim, Taken]) -> bool:
        claim = self._keys.claim(write.link)
        return claim is None or taken.get(claim) is not Taken.REFUSED

    def _give_up(
        self,
        writes: Sequence[LinkWrite],
        final: Sequence[bool],
        taken: Mapping[Claim, Taken],
        stored: Mapping[str, Link],
    ) -> None:
        old: list[Claim] = []
        new: list[Claim] = []
        for write, ok in zip(writes, final, strict=True):
            now = stored.get(write.link.crm_id, write.link if ok else None)
            kept = self._keys.claim(now) if now else None
            claim = self._keys.claim(write.link)
            before = self._keys.claim(write.before) if write.before else None
            if claim and taken.get(claim) is Taken.NEW and (kept is None or kept.key != claim.key):
                new.append(claim)
            if ok and before and (kept is None or kept.key != before.key):
                old.append(before)
        self._claims.give_back(new)
        self._claims.give_up(old)

    def _look_for_parents(self, parked: Sequence[Filing]) -> None:
        """A parent may have been linked between the decision to park and the filing."""
        links = self.get(sorted({filing.parent for filing in parked}))
        arrived = [filing for filing in parked if _is_live(links.get(filing.parent))]
        self._waiting.mark_arrived(arrived)


def _filings(link: Link) -> Iterator[Filing]:
    """A parked link is filed under its parent."""
    if link.state is LinkState.PARKED and link.parent:
        yield Filing(link.parent, link.object, link.crm_id, by=f"{link.crm_id}@{link.version}")


def _is_done(write: LinkWrite, stored: Mapping[str, Link]) -> bool:
    """This very write has been stored before."""
    link = stored.get(write.link.crm_id)
    if link is None:
        return False
    return link == write.link or (link.last is not None and link.last == write.link.last)


def _waits(link: Link | None, parent: str) -> bool:
    return link is not None and link.state is LinkState.PARKED and link.parent == parent


def _is_live(link: Link | None) -> bool:
    return link is not None and link.state is LinkState.LINKED
