"""Entries that one owner may hold: a platform id's one live link, a lookup value's one record.

An index cannot enforce uniqueness; an item inserted if absent can. A claim is taken before the item
that needs it is written and given up after; a claim left by a crash is found again by its owner.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from syncline.aws.database import Database
from syncline.aws.statements import Delete, Insert, Key, Update


@dataclass(frozen=True, slots=True)
class Claim:
    """`owner` holds the key. `by` names the write that wants it, so that giving a new claim back
    never takes one that another write of the same owner stands on meanwhile."""

    key: Key
    owner: str
    by: str


class Taken(Enum):
    """What became of a wish."""

    NEW = "new"
    HELD = "held"
    REFUSED = "refused"


class Claims:
    """Claims in one table. Owner and writer are the attributes `owner` and `by`."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def take(self, claims: Sequence[Claim]) -> dict[Claim, Taken]:
        """Of several owners that want one key at once, the first gets it."""
        first: dict[Key, Claim] = {}
        for claim in claims:
            first.setdefault(claim.key, claim)
        wanted = list(first.values())
        fresh = self._database.execute([self._insert(claim) for claim in wanted])
        taken = {claim: Taken.NEW for claim, ok in zip(wanted, fresh, strict=True) if ok}
        exist = [claim for claim in wanted if claim not in taken]
        held = self._database.execute([self._adopt(claim) for claim in exist])
        for claim, ok in zip(exist, held, strict=True):
            taken[claim] = Taken.HELD if ok else Taken.REFUSED
        later = [claim for claim in claims if claim not in taken]
        return taken | (self.take(later) if later else {})

    def holders(self, keys: Iterable[Key]) -> dict[Key, str]:
        found = self._database.get(self._table, list(keys))
        return {key: str(item["owner"]) for key, item in found.items()}

    def give_back(self, claims: Iterable[Claim]) -> None:
        """Claims just taken for a write that was refused."""
        self._delete({claim.key: claim for claim in claims}.values(), with_writer=True)

    def give_up(self, claims: Iterable[Claim]) -> None:
        """Claims that their owner no longer needs, whichever write took them."""
        self._delete({claim.key: claim for claim in claims}.values(), with_writer=False)

    def _delete(self, claims: Iterable[Claim], *, with_writer: bool) -> None:
        self._database.execute(
            [
                Delete(
                    self._table,
                    claim.key,
                    {"owner": claim.owner, **({"by": claim.by} if with_writer else {})},
                )
                for claim in claims
            ]
        )

    def _insert(self, claim: Claim) -> Insert:
        item = {"pk": claim.key.pk, "sk": claim.key.sk, "owner": claim.owner, "by": claim.by}
        return Insert(self._table, item)

    def _adopt(self, claim: Claim) -> Update:
        return Update(self._table, claim.key, set={"by": claim.by}, where={"owner": claim.owner})
