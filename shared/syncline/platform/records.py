"""The platform's records on DynamoDB, with the lookups that they are found by."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from syncline.aws.claims import Claim, Claims, Taken
from syncline.aws.database import Database, check
from syncline.aws.statements import Key
from syncline.engine.records import PlatformRecord, is_stored
from syncline.platform.feed import ChangeFeed
from syncline.platform.outbox_index import OutboxIndex
from syncline.platform.record_items import RecordKeys, record_from, record_statement
from syncline.ports import Cursor, RecordWrite

Stored = Mapping[Key, PlatformRecord]

_PAGE_MARGIN: Final = 1


class DynamoRecords:
    """The PlatformRecords port for one workspace.

    Lookups are taken before a record is written and given up after, so that a crash in between is
    mended by writing again. A record that keeps its lookups costs one write and no read.
    """

    def __init__(self, database: Database, table: str, *, workspace: str) -> None:
        self._database = database
        self._keys = RecordKeys(table, workspace)
        self._claims = Claims(database, table)
        self._feed = ChangeFeed(database, self._keys)
        self._outboxes = OutboxIndex(database, self._keys)

    def get(self, object: str, ids: Collection[str]) -> Mapping[str, PlatformRecord]:
        found = self._read([self._keys.record(object, each) for each in ids])
        return {record.id: record for record in found.values()}

    def find(self, object: str, attribute: str, values: Collection[str]) -> Mapping[str, str]:
        keys = [self._keys.lookup(object, attribute, value.lower()) for value in values]
        return {key.sk: holder for key, holder in self._claims.holders(keys).items()}

    def write(self, writes: Sequence[RecordWrite]) -> Sequence[bool]:
        statements = [record_statement(self._keys, write) for write in writes]
        check(statements)
        taken = self._take(writes)
        able = [index for index, write in enumerate(writes) if self._may(write, taken)]
        done = self._database.execute([statements[index] for index in able])
        answers = dict(zip(able, done, strict=True))
        refused = [write for index, write in enumerate(writes) if not answers.get(index)]
        stored = self._read([self._key(write) for write in refused])
        final = [
            answers.get(index, False) or (index in answers and self._is_done(write, stored))
            for index, write in enumerate(writes)
        ]
        self._give_up(writes, final, taken, stored)
        return final

    def page(
        self, object: str, *, limit: int, after: str | None = None
    ) -> tuple[Sequence[PlatformRecord], str | None]:
        found: list[PlatformRecord] = []
        items = self._database.query(
            self._keys.table,
            self._keys.objects(object),
            after=after,
            ask={"Limit": limit + 2 * _PAGE_MARGIN},
        )
        for item in items:
            if not item.get("deleted"):
                found.append(record_from(object, item))
            if len(found) > limit:
                return found[:limit], found[limit - 1].id
        return found, None

    def edited(
        self, object: str, *, since: str, limit: int, cursor: Cursor | None = None
    ) -> tuple[Sequence[str], Cursor | None]:
        return self._feed.read(object, since=since, limit=limit, cursor=cursor)

    def waiting(
        self, object: str, *, bulk: bool, limit: int, connection: str | None = None
    ) -> Sequence[str]:
        return self._outboxes.read(object, bulk=bulk, limit=limit, connection=connection)

    def waiting_each(self, object: str, *, bulk: bool, limit: int) -> Mapping[str, Sequence[str]]:
        return self._outboxes.read_each(object, bulk=bulk, limit=limit)

    def _read(self, keys: Collection[Key]) -> Stored:
        found = self._database.get(self._keys.table, keys)
        return {key: record_from(key.pk.partition("|")[2], item) for key, item in found.items()}

    def _key(self, write: RecordWrite) -> Key:
        return self._keys.record(write.record.object, write.record.id)

    def _take(self, writes: Sequence[RecordWrite]) -> dict[Claim, Taken]:
        """Lookups that are not held already: what `before` held, the version guards."""
        wanted: list[Claim] = []
        for write in writes:
            before = self._keys.claims(write.before)
            claims = self._keys.claims(write.record)
            wanted += [claim for key, claim in claims.items() if key not in before]
        return self._claims.take(wanted)

    def _may(self, write: RecordWrite, taken: Mapping[Claim, Taken]) -> bool:
        claims = self._keys.claims(write.record).values()
        return all(taken.get(claim) is not Taken.REFUSED for claim in claims)

    def _is_done(self, write: RecordWrite, stored: Stored) -> bool:
        now = stored.get(self._key(write))
        return now is not None and is_stored(write.record, write.before, now)

    def _give_up(
        self,
        writes: Sequence[RecordWrite],
        final: Sequence[bool],
        taken: Mapping[Claim, Taken],
        stored: Stored,
    ) -> None:
        old: list[Claim] = []
        new: list[Claim] = []
        for write, ok in zip(writes, final, strict=True):
            now = stored.get(self._key(write), write.record if ok else None)
            kept = self._keys.claims(now)
            asked = self._keys.claims(write.record)
            new += [
                claim
                for key, claim in asked.items()
                if key not in kept and taken.get(claim) is Taken.NEW
            ]
            before = self._keys.claims(write.before) if ok else {}
            old += [claim for key, claim in before.items() if key not in kept]
        self._claims.give_back(new)
        self._claims.give_up(old)
