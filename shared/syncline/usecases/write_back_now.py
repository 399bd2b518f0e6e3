"""Immediate write-back: drains the outboxes of one object in one connection, as far as changes go
out as they come."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Final

from syncline.engine.moments import canonical_instant
from syncline.engine.told import REFUSED, Told
from syncline.errors import ConfigurationError, NotFoundError, RateLimitedError, RetryableError
from syncline.ports import (
    Clock,
    Configuration,
    ConflictsFactory,
    Crm,
    CrmFactory,
    Drain,
    Journal,
    LinksFactory,
    PlatformRecords,
    ReceiptsFactory,
    RecordsFactory,
    Runs,
    Turnstile,
    WriteBackQueues,
)
from syncline.usecases.abandon_jobs import abandon_left
from syncline.usecases.drain_batch import DrainBatch, Story
from syncline.usecases.find import find_connection
from syncline.usecases.known_outlets import KnownOutlets
from syncline.usecases.outlets import Outlet
from syncline.usecases.refresh_references import RefreshReferences
from syncline.usecases.refused_changes import INTERNAL
from syncline.usecases.tell_trouble import TellTrouble
from syncline.usecases.write_lines import sent_elsewhere
from syncline.usecases.writers_turn import Place, at_work, named, outbound_states

WRITE_BACK: Final = "write_back_"
"""Begins the names that drains of a connection are journalled under; no job has such a name."""
BATCH: Final = 200
"""Records planned, written and settled together: as many as one Collections request takes."""
_MOST: Final = 1000
"""Records that one drain takes up beside those it was told of."""
_MARGIN: Final = timedelta(seconds=15)
_LONGEST: Final = 60
_AGAIN: Final = 30
_LONGEST_AGAIN: Final = 900
TRIES: Final = 4
"""Delayed messages about an org that does not answer; from then on the sweeper looks after it."""


@dataclass(frozen=True, slots=True)
class Drained:
    """`records` were looked at; `later` says why the rest waits, if it does."""

    records: int = 0
    later: str = ""


@dataclass(frozen=True, slots=True)
class WriteBackNow:
    """One writer at a time works on an object of a connection; who comes second puts his message
    off. What fails stays in the outboxes, so a message that was taken has lost nothing."""

    configuration: Configuration
    crm: CrmFactory
    links: LinksFactory
    records: RecordsFactory
    runs: Runs
    journal: Journal
    conflicts: ConflictsFactory
    receipts: ReceiptsFactory
    queues: WriteBackQueues
    turnstile: Turnstile
    outlets: KnownOutlets
    tell: TellTrouble
    clock: Clock
    _stopped: set[str] = field(default_factory=set)
    """Jobs of the CRM, as abandon_left names them."""

    def __call__(self, drain: Drain, *, holder: str, deadline: datetime) -> Drained:
        """`holder` is unique to this invocation; it works until `deadline` at most."""
        place = named(_place(drain))
        entered = self.turnstile.enter(place, holder, now=self.clock.now(), until=deadline)
        if not entered:
            return self._later(drain, min(2 ** (drain.delays + 1), _LONGEST), "another_writer")
        try:
            self._check_enabled(drain)
            return self._drain(drain, holder, deadline)
        except NotFoundError as exc:
            return self._refuse(drain, holder, exc)
        except RateLimitedError as exc:
            return self._later(drain, min(exc.retry_after_seconds, 900), exc.code)
        except (RetryableError, ConfigurationError) as exc:
            return self._fault(drain, exc)
        finally:
            self.turnstile.leave(place, holder)

    def give_up(self, drain: Drain, *, holder: str, deadline: datetime) -> Drained:
        """Ends on its receipts what waits of the drain's records: an error of ours, which is none
        of these records', keeps it from being written every time. Nothing else writes meanwhile."""
        place = named(_place(drain))
        if not self.turnstile.enter(place, holder, now=self.clock.now(), until=deadline):
            return self._later(drain, _LONGEST, "another_writer")
        try:
            one = self._batches(drain, f"{holder} gave up", None, ())
            ended: list[str] = []
            for start in range(0, len(drain.ids), BATCH):
                ended += one.refuse(drain.ids[start : start + BATCH], INTERNAL)
            if ended:
                self.tell.gave_up(drain, ended)
        finally:
            self.turnstile.leave(place, holder)
        return Drained(len(ended))

    def _check_enabled(self, drain: Drain) -> None:
        """NotFoundError, ConfigurationError."""
        connection = find_connection(self.configuration, drain.workspace, drain.connection)
        if not connection.enabled:
            raise ConfigurationError(
                f"The connection '{drain.connection}' is disabled.",
                code="connection_disabled",
                field="enabled",
                remedy="Enable it; or switch write-back of its attributes off.",
            )

    def _count(self, drain: Drain) -> int:
        return len(_beside(self.records(drain.workspace), drain))

    def _later(self, drain: Drain, delay: int, why: str) -> Drained:
        self.queues.send([replace(drain, delays=drain.delays + 1)], delay=delay)
        return Drained(later=why)

    def _fault(self, drain: Drain, exc: RetryableError | ConfigurationError) -> Drained:
        if isinstance(exc, ConfigurationError) or drain.delays >= TRIES:
            self.tell.failed(drain, exc, waiting=partial(self._count, drain))
        if drain.delays >= TRIES:
            return Drained(later=exc.code)
        return self._later(drain, 30 * 2**drain.delays, exc.code)

    def _drain(self, drain: Drain, holder: str, deadline: datetime) -> Drained:
        place = _place(drain)
        scheduled = outbound_states(self.configuration, self.runs, place)
        if at_work(scheduled):
            return self._later(drain, _LONGEST, "outbound_run")
        crm = self.crm(drain.workspace, drain.connection)
        abandon_left(self.runs, crm, place, scheduled, stopped=self._stopped)
        outlets = self.outlets(crm, place)
        one = self._batches(drain, holder, crm, outlets)
        one.anew = partial(self.outlets, crm, place, anew=True)
        ids = self._waiting(drain, one)
        for start in range(0, len(ids), BATCH):
            if start and self.clock.now() + _MARGIN > deadline:
                self.queues.send([replace(drain, ids=tuple(ids[start:]), delays=0)])
                return Drained(start, "out_of_time")
            one(ids[start : start + BATCH])
        if one.left:
            delay = min(_AGAIN * 2**drain.delays, _LONGEST_AGAIN)
            self._later(replace(drain, ids=tuple(one.left)), delay, "try_again")
        if one.broken:
            self.tell.gave_up(drain, one.broken)
        elif crm.requests():
            self.tell.works(drain)
        self._raise_of(drain, one)
        return Drained(len(ids))

    def _raise_of(self, drain: Drain, one: DrainBatch) -> None:
        """A message about a record that cannot even be refused is no success: it is set aside."""
        for own in drain.ids:
            if own in one.stuck:
                raise one.stuck[own]

    def _refuse(self, drain: Drain, holder: str, exc: NotFoundError) -> Drained:
        """What leads nowhere any more ends on its receipts."""
        one = self._batches(drain, holder, None, ())
        ids = self._waiting(drain, one)
        one.refuse(ids, Told(REFUSED, exc.code, exc.message))
        return Drained(len(ids))

    def _waiting(self, drain: Drain, one: DrainBatch) -> list[str]:
        """What it was told of, and what waits beside it."""
        return list(dict.fromkeys([*drain.ids, *_beside(one.records, drain)]))

    def _batches(
        self, drain: Drain, holder: str, crm: Crm | None, outlets: Sequence[Outlet]
    ) -> DrainBatch:
        now = canonical_instant(self.clock.now())
        moment = now.replace("-", "").replace(":", "")
        nonce = sha256(f"{holder}|{drain.object}".encode()).hexdigest()[:8]
        run = f"{WRITE_BACK}{drain.connection}.{moment}{nonce}"
        story = Story(drain.workspace, drain.connection, drain.object, run, now)
        one = DrainBatch(
            story=story,
            outlets=outlets,
            links=self.links(drain.workspace, drain.connection),
            records=self.records(drain.workspace),
            receipts=self.receipts(drain.workspace),
            journal=self.journal,
            conflicts=self.conflicts(drain.workspace),
            crm=crm,
        )
        if crm is not None:
            one.refresh = self._refreshing(one, crm)
            one.kept = sent_elsewhere(self.configuration, *_place(drain))
        return one

    def _refreshing(self, one: DrainBatch, crm: Crm) -> RefreshReferences:
        return RefreshReferences(
            workspace=one.story.workspace,
            run=one.story.run,
            begun=one.story.begun,
            configuration=self.configuration,
            crm=crm,
            links=one.links,
            records=one.records,
            journal=one.journal,
            conflicts=one.conflicts,
            clock=self.clock,
        )


def _beside(records: PlatformRecords, drain: Drain) -> Sequence[str]:
    """What waits for the same connection."""
    connection = drain.connection
    return records.waiting(drain.object, bulk=False, limit=_MOST, connection=connection)


def _place(drain: Drain) -> Place:
    return drain.workspace, drain.connection, drain.object
