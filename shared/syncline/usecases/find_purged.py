"""Finds linked records that the CRM does not have at all any more, by comparing ids (id sweep).

Of a record that has left the recycle bin the CRM's log of deletions tells for some days only. So a
full sync goes through both lists of ids, each in its order and a page at a time, and asks once more
for every linked id that the CRM did not give. An order that is not quite ours, or a record made
meanwhile, therefore costs a question and never a record.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import Any, Final

from syncline.engine.records import Deleted
from syncline.ports import Batch, Crm, Cursor, Links, Waiting
from syncline.usecases.leg import DeletionGuardError
from syncline.usecases.plan_batch import PlanBatch

KEPT: Final = 5000
"""Purged records that are noted before the first deletion; the note is part of the run's item."""
_ASKED_AT_ONCE: Final = 400


@dataclass(slots=True)
class _Place:
    """How far the comparison is: a cursor's content."""

    at: Cursor | None = None
    """Behind this the CRM goes on."""
    after: str = ""
    """Behind this id the links go on."""
    seen: bool = False
    """Whether the CRM gave any id."""
    whole: bool = False
    """Whether all has been compared."""
    gone: list[str] = field(default_factory=list)
    """Found, and not yet told."""

    def cursor(self) -> Mapping[str, Any]:
        return asdict(self)


class _Linked:
    """The linked ids, each given once."""

    def __init__(self, ids: Iterator[str]) -> None:
        self._ids = ids
        self.next = next(ids, None)

    def until(self, last: str | None) -> Iterator[str]:
        """Up to and with `last`; all where it is None."""
        while self.next is not None and (last is None or self.next <= last):
            found, self.next = self.next, next(self._ids, None)
            yield found


@dataclass(frozen=True, slots=True)
class FindPurged:
    """`guard` raises for too many deletions and is asked before the first of them; None deletes as
    it finds. `confirmed`: a person has said that all of them may be gone."""

    crm: Crm
    links: Links
    planner: PlanBatch
    object: str
    prefix: str
    guard: Callable[[int], None] | None = None
    confirmed: bool = False
    batch_size: int = 1000

    def __call__(self, cursor: Cursor | None) -> Iterator[Batch | Waiting]:
        """Deletions without a stamp, and batches without changes that only move the cursor.

        DeletionGuardError where there are too many, or where the CRM shows none at all.
        """
        place = _Place(**(cursor or {}))
        if not place.whole:
            yield from self._compare(place)
        if place.whole:
            yield from self._tell(place)

    def _compare(self, place: _Place) -> Iterator[Batch | Waiting]:
        name = self.planner.rules.object
        linked = _Linked(self.links.linked(name, prefix=self.prefix, after=place.after))
        for page in self.crm.ids(self.object, place.at):
            if isinstance(page, Waiting):
                yield replace(page, cursor=replace(place, at=page.cursor).cursor())
                return
            there = set(page.ids)
            last = max(there, default="")
            yield from self._note(place, (id for id in linked.until(last) if id not in there))
            place.at, place.after = page.cursor, max(place.after, last)
            place.seen = place.seen or bool(there)
            yield Batch((), place.cursor())
        if not place.seen and linked.next is not None and not self.confirmed:
            raise _none_seen(self.object)
        yield from self._note(place, linked.until(None))
        place.whole = True

    def _note(self, place: _Place, missing: Iterator[str]) -> Iterator[Batch]:
        while some := list(islice(missing, _ASKED_AT_ONCE)):
            there = self.crm.present(self.object, some)
            place.gone += [id for id in some if id not in there]
            place.after = some[-1]
            if self.guard is None:
                yield from self._told(place, least=self.batch_size)
            elif len(place.gone) > KEPT:
                raise _too_many(self.object, self.crm.dialect.title)

    def _tell(self, place: _Place) -> Iterator[Batch]:
        if self.guard is not None:
            chunks = (place.gone[at : at + self.batch_size] for at in self._starts(place))
            self.guard(sum(self.planner(_deletions(chunk)).deletions() for chunk in chunks))
        yield from self._told(place, least=1)

    def _starts(self, place: _Place) -> range:
        return range(0, len(place.gone), self.batch_size)

    def _told(self, place: _Place, *, least: int) -> Iterator[Batch]:
        while len(place.gone) >= least:
            some, place.gone = place.gone[: self.batch_size], place.gone[self.batch_size :]
            yield Batch(_deletions(some), place.cursor())


def _deletions(ids: list[str]) -> list[Deleted]:
    return [Deleted(id, stamp="") for id in ids]


def _none_seen(object: str) -> DeletionGuardError:
    return DeletionGuardError(
        f"the connected user sees none of the {object} records that are linked; nothing was "
        f"deleted. Give the user access to {object} records again and resume the run, or resume it "
        "with confirm_deletes if they are all gone",
        code="nothing_visible",
    )


def _too_many(object: str, title: str) -> DeletionGuardError:
    return DeletionGuardError(
        f"more than {KEPT:,} linked {object} records are not in {title} any more, or the "
        "connected user does not see them; resume the run with confirm_deletes if that is meant",
        code="deletion_guard",
    )
