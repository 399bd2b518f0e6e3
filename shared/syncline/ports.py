"""What use cases need from outside, as Protocols. Adapters and `memory/` implement them.

Every method may raise RetryableError. A write answers per item, in the order asked; an item whose
condition did not hold is `False`, never an exception, and never stops its neighbours.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from syncline.engine.dialect import Dialect
from syncline.engine.edited import Edited, EditPlace
from syncline.engine.plan import SendKind
from syncline.engine.records import Change, Link, PlatformRecord, Upserted, Value, Values
from syncline.engine.told import Told

JsonObject = Mapping[str, Any]
Cursor = Mapping[str, Any]
"""Where reading goes on: opaque to everyone but the adapter that made it, storable as JSON."""


# --- the CRM side -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FieldDescription:
    """One field as the connected user sees it. `type` is the CRM's own word ("datetime")."""

    name: str
    type: str
    label: str
    length: int = 0
    nillable: bool = True
    createable: bool = False
    updateable: bool = False
    defaulted_on_create: bool = False
    filterable: bool = True
    sortable: bool = True
    reference_to: tuple[str, ...] = ()
    relationship_name: str | None = None
    picklist: tuple[str, ...] = ()
    restricted: bool = False
    external_id: bool = False
    unique: bool = False
    case_sensitive: bool = False


@dataclass(frozen=True, slots=True)
class ObjectDescription:
    """A live describe: what is not in `fields` is absent or hidden from the connected user."""

    name: str
    label: str
    key_prefix: str | None
    fields: Mapping[str, FieldDescription]
    """Keyed by the lower-case field name, for names in the CRM are case-insensitive."""
    mergeable: bool = False
    createable: bool = False
    updateable: bool = False
    deletable: bool = False
    replicateable: bool = True
    relationships: Mapping[str, str] = field(default_factory=dict)
    """Lower-case relationship name → the lower-case name of its reference field."""


@dataclass(frozen=True, slots=True)
class OrgIdentity:
    """Who we are where. A connection is bound to `org_id` for good."""

    org_id: str
    user_id: str
    username: str


class Phase(StrEnum):
    """The order in which a run reads changes: merges before deletes."""

    LIVE = "live"
    MERGED = "merged"
    DELETED = "deleted"
    PURGED = "purged"
    """Deleted records that have left the recycle bin, from the CRM's own log of deletions."""


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What to read of one object. `since` is inclusive; None reads everything.

    `fields` are the CRM paths of the mapping (`Subject`, `Owner.Email`); a change's row is aligned
    with them. `where` is the user's filter, already validated; adapters wrap it in parentheses.
    """

    object: str
    fields: tuple[str, ...]
    phase: Phase = Phase.LIVE
    since: str | None = None
    where: str | None = None
    batch_size: int = 1000
    first_only: bool = False
    """Only the first batch is wanted (preview): the adapter reads no more than that."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some changes, and the cursor that continues behind them."""

    changes: Sequence[Change]
    cursor: Cursor
    total: int | None = None
    """How many records the whole read will give, where the CRM said so."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The CRM prepares the answer (a Bulk job): come back with this cursor, do not sleep."""

    cursor: Cursor
    seconds: int = 60


@dataclass(frozen=True, slots=True)
class Ids:
    """Some ids of records, and the cursor that continues behind them."""

    ids: Sequence[str]
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """What a number of rows have in common.

    `fields` are all CRM fields any of them may carry. `key_field` names an external-id field that
    creations are upserted by, with the row's key as its value, so that repeating one is harmless.
    `count` is how many rows there are in all: it decides which way is cheaper.
    """

    object: str
    kind: SendKind
    fields: tuple[str, ...]
    count: int
    key_field: str | None = None

    @property
    def repeatable(self) -> bool:
        """Whether doing it twice ends as doing it once; a creation without a key field does not."""
        return self.kind is not SendKind.CREATE or self.key_field is not None


@dataclass(frozen=True, slots=True)
class Row:
    """One record to write. `key` is ours (a platform id); `id` the CRM's, None for a creation.

    Of an update only what is in `values` changes; None clears.
    """

    key: str
    id: str | None
    values: Values


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """What became of one row. `code` empty: it was written. `again` says that the same row may
    succeed later; then nothing is wrong with it."""

    id: str | None
    created: bool = False
    code: str = ""
    """Our stable word ("record_deleted", "duplicate_detected", "refused" …)."""
    message: str = ""
    """The CRM's own words, which may hold a value: for the record's history, never for a log."""
    fields: tuple[str, ...] = ()
    again: bool = False

    @property
    def done(self) -> bool:
        """Whether the record was written."""
        return not self.code


class Answers(Protocol):
    """The answers of a finished job of writing, held on disk: memory stays flat."""

    def take(self, row: Row) -> RowAnswer | None:
        """The answer to this row, given once. None: the CRM never came to it, or all that fit are
        taken. Rows of a creation without a key field are known by their content alone, so equal
        ones are interchangeable."""

    def close(self) -> None:
        """Lets go of the disk."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a looked-up value names: the id, and the value as the CRM spells it."""

    id: str
    value: str


class Crm(Protocol):
    """One connected org. Failures: ConfigurationError (credentials, refused query, object hidden),
    RateLimitedError, RetryableError."""

    @property
    def dialect(self) -> Dialect:
        """Which sort of CRM it is. Costs no request."""

    def identity(self) -> OrgIdentity:
        """Logs in if needed."""

    def org_id(self) -> str:
        """The org's id. Logs in if needed, and costs no request of its own."""

    def describe(self, object: str) -> ObjectDescription:
        """ConfigurationError(code="unknown_object") when it is absent or hidden."""

    def check_query(self, request: ReadRequest) -> None:
        """Asks the CRM to judge the query. ConfigurationError(code="query_refused") with its own
        words, field "filter"."""

    def now(self) -> datetime:
        """The CRM's own clock, from its last answer (one cheap request if there was none)."""

    def changes(self, request: ReadRequest, cursor: Cursor | None) -> Iterator[Batch | Waiting]:
        """Streams changes behind the cursor. Ends when the phase is wholly read; a Waiting is
        always the last item. Memory is bounded by one batch."""

    def find(self, request: ReadRequest, keys: Sequence[str]) -> Sequence[Upserted]:
        """The live records among the ids, many per request; `phase`, `since` are ignored."""

    def ids(self, object: str, cursor: Cursor | None) -> Iterator[Ids | Waiting]:
        """Of all records behind the cursor that the user can see, deleted and archived ones too,
        ascending by code point; those already given may be given again. A Waiting is always the
        last item; memory is bounded by one page."""

    def present(self, object: str, ids: Collection[str]) -> set[str]:
        """Those of the ids that `ids` would give now, many per request."""

    def requests(self) -> int:
        """API requests that this object has used so far."""

    def people(
        self, object: str, field: str, values: Collection[str]
    ) -> Mapping[str, Sequence[Person]]:
        """Folded value → the live records of the object that have it, many values per request;
        inactive users are left out. Values that name nobody are absent."""

    def people_of(
        self, object: str, field: str, ids: Collection[str]
    ) -> Mapping[str, Sequence[str]]:
        """Record id → that field ("Email", "Id") of the people who are on the record beside the one
        that a field of its own names, who may be among them. In an order that does not change, many
        ids per request; records without any are absent. Of objects that have no such people, and
        where the org shows none, nothing is found."""

    def wants_job(self, request: WriteRequest) -> bool:
        """Whether the rows are for `submit`: because that costs fewer requests, or because they
        are creations that only a job can make once (no `key_field`)."""

    def write(self, request: WriteRequest, rows: Sequence[Row]) -> Sequence[RowAnswer]:
        """Writes at once, many rows per request, each standing alone; one answer per row, in
        their order. Repeating it is harmless. A fault of a whole request is raised; rows that it
        had written are then written again by whoever repeats."""

    def submit(self, request: WriteRequest, rows: Iterable[Row]) -> Cursor:
        """Uploads the rows as a job that does nothing yet: store the cursor, then `collect`."""

    def collect(self, request: WriteRequest, cursor: Cursor) -> Waiting | Answers:
        """Lets the job begin at its first visit; its answers once it has ended. ConfigurationError
        (code="job_refused") when the CRM refused all of it, RetryableError (code="job_lost") when
        it is gone without an answer."""

    def abandon(self, cursor: Cursor) -> None:
        """A submitted job writes nothing more, whether it has begun or not; what it has written
        stays, and `collect` still tells of it. One that has ended, or that nobody knows any more,
        is a success."""


# --- the platform side ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecordWrite:
    """The whole new state of a platform record. `expected` 0 means: must not exist.

    `record.version` is `expected + 1`. `before` is the record as read, so that the adapter knows
    which lookups go. `feed` asks for an entry in the change feed, at engine.records.fed_at(record)
    (edits by people that another reader must see, never the sync's own writes).
    """

    record: PlatformRecord
    expected: int
    before: PlatformRecord | None = None
    feed: bool = False


class PlatformRecords(Protocol):
    """The platform's records of one workspace."""

    def get(self, object: str, ids: Collection[str]) -> Mapping[str, PlatformRecord]:
        """The records among the ids, tombstones included; consistent."""

    def find(self, object: str, attribute: str, values: Collection[str]) -> Mapping[str, str]:
        """Folded lookup value → record id, for attributes that are lookups of the object."""

    def write(self, writes: Sequence[RecordWrite]) -> Sequence[bool]:
        """False where the expected version did not hold or a lookup belongs to another record.

        Repeating a write is safe: a stored record whose `sync` pointer is the one asked for (not
        None) was written by this very entry and answers True, even if a person edited it since.
        """

    def page(
        self, object: str, *, limit: int, after: str | None = None
    ) -> tuple[Sequence[PlatformRecord], str | None]:
        """Live records in id order, and the id to go on after."""

    def edited(
        self, object: str, *, since: str, limit: int, cursor: Cursor | None = None
    ) -> tuple[Sequence[str], Cursor | None]:
        """Ids of records that people edited or deleted at or after `since`, from the change feed,
        and the cursor to go on with (None: that was all). Each id once, whatever is edited while
        it is read; no scan. The feed may be some seconds late, so callers read from before their
        last time."""

    def waiting(
        self, object: str, *, bulk: bool, limit: int, connection: str | None = None
    ) -> Sequence[str]:
        """Ids of records whose outbox holds something for that writer, about the longest waiting
        first; of a connection where one is named, and then fewer than there are where very much of
        others waits longer. No scan. It may be some seconds late, so whoever was told ids reads
        those too. A record with entries for both writers is listed for the immediate one."""

    def waiting_each(self, object: str, *, bulk: bool, limit: int) -> Mapping[str, Sequence[str]]:
        """Connection → at most `limit` such ids, in one pass over all that waits, however much
        others have waiting; under no name those of which the list does not say where they go."""


# --- cross-references -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkWrite:
    """The whole new state of a link, of version `expected + 1`. `expected` 0: must not exist.

    A LINKED link also claims its platform id: one live CRM id for each platform record, insert if
    absent, before the link itself. A PARKED link is also filed under its parent.
    """

    link: Link
    expected: int
    before: Link | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """A decision that no cross-reference remembers. `told` is what it comes to: the same decision
    about the same state of the record is noted once. `entry` is where it is journalled."""

    told: str
    entry: str


@dataclass(frozen=True, slots=True)
class Trail:
    """What leads to a record's story beside its link: `crm_id` of the last link that it had, and
    what was decided while it had none, newest first."""

    crm_id: str | None = None
    asides: tuple[Aside, ...] = ()


class Links(Protocol):
    """The cross-references of one workspace and connection."""

    def get(self, crm_ids: Collection[str]) -> Mapping[str, Link]:
        """Consistent; ids that nothing is known of are absent."""

    def claimed(self, object: str, platform_ids: Collection[str]) -> Mapping[str, str]:
        """Platform id → the CRM id that holds its one live link."""

    def write(self, writes: Sequence[LinkWrite]) -> Sequence[bool]:
        """False where the expected version did not hold, or the platform id is claimed by
        another CRM id. Repeating a write is safe: a stored link whose `last` pointer is the one
        asked for (not None) was written by this very entry and answers True."""

    def linked(self, object: str, *, prefix: str, after: str = "") -> Iterator[str]:
        """The CRM ids that begin with `prefix`, come behind `after` and have a live link to a
        record of that platform object, ascending by code point; read as they are asked for."""

    def release(self, parents: Collection[str]) -> int:
        """Marks those of the arrived parents that children wait for. Returns how many."""

    def released(
        self, object: str, *, limit: int, after: tuple[str, str] | None = None
    ) -> Sequence[tuple[str, str]]:
        """(parent, child) of parked children of that object whose parent has been marked, in
        order, behind `after`."""

    def settle(self, object: str, children: Mapping[str, str], *, waiting: bool = False) -> None:
        """Forgets the entries child id → parent id, and marks with no child left: of parked
        children, or of those filed by `wait`. One id may be both, where somebody gave platform
        records the ids of the CRM; so neither forgets the other."""

    def wait(self, object: str, children: Mapping[str, str], *, parent_object: str) -> None:
        """Files platform records under the platform ids of parents that are not linked yet, by
        child id → parent id, for `called`; `object` names the list, such as `task/JOB`. A parent
        that has been linked meanwhile is marked. `release` is asked with platform ids for these;
        what is called stays filed until it is settled, so whoever still has to wait is simply
        left. Repeating it is harmless."""

    def called(
        self, object: str, *, limit: int, after: tuple[str, str] | None = None
    ) -> Sequence[tuple[str, str]]:
        """(parent, child) of the platform records filed by `wait` whose parent was released, in
        order, behind `after`. The link is not looked at: an entry may be out of date."""

    def trails(self, object: str, ids: Collection[str]) -> Mapping[str, Trail]:
        """By platform id or CRM id; records without one are absent. Of two writers that meet, the
        last one's trail stays."""

    def leave_trails(self, object: str, trails: Mapping[str, Trail], *, at: str) -> None:
        """Replaces whole trails. They are forgotten when the journal forgets what was written at
        that time."""

    def edited(self, places: Collection[EditPlace]) -> Mapping[EditPlace, Edited]:
        """What was noted of those fields of CRM records; others are absent. Consistent."""

    def note_edited(self, edits: Mapping[EditPlace, Edited], *, at: str) -> None:
        """Replaces what was noted of the same fields. Forgotten as trails are."""


# --- conflicts ----------------------------------------------------------------------------------


ConflictPlace = tuple[str, str, str]
"""Connection, platform object and platform id: a record has one conflict with each connection."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A record that both sides changed and that its job holds for a person to decide."""

    connection: str
    object: str
    platform_id: str
    crm_id: str
    job: str
    run: str
    at: str
    fields: Mapping[str, tuple[Value, Value]]
    """Attribute → the CRM's value and the platform's."""

    @property
    def place(self) -> ConflictPlace:
        return self.connection, self.object, self.platform_id


class Conflicts(Protocol):
    """The held records of one workspace, at most one conflict for each and connection."""

    def put(self, conflicts: Sequence[Conflict]) -> None:
        """Replaces what was held of the same record."""

    def get(self, place: ConflictPlace) -> Conflict | None: ...

    def page(self, *, limit: int, after: ConflictPlace | None = None) -> Sequence[Conflict]:
        """In the order of their places, behind `after`, which need not be one of them."""

    def remove(self, places: Collection[ConflictPlace]) -> None:
        """Absent ones are a success."""


# --- runs, leases, checkpoints ----------------------------------------------------------------


class RunStatus(StrEnum):
    """The life of a run; the last four are final but for PAUSED, which can be resumed."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    PARTIAL = "partial"
    FAILED = "failed"
    PAUSED = "paused"
    CANCELLED = "cancelled"


class RunMode(StrEnum):
    """INCREMENTAL reads since the watermark; FULL everything; PLAN stores what a run would do;
    APPLY does exactly what the stored plan says."""

    INCREMENTAL = "incremental"
    FULL = "full"
    PLAN = "plan"
    APPLY = "apply"


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a job and its checkpoint, one item. `leg` fences every write."""

    workspace: str
    job: str
    id: str
    """`<job>.<time-ordered suffix>`; sorts by start within a job."""
    mode: RunMode
    status: RunStatus
    created_at: str
    trigger: str = "manual"
    leg: int = 0
    batch: int = 0
    """Number of the batch that is open or next; batches below are closed."""
    phase: int = 0
    cursor: Cursor | None = None
    frame: JsonObject = field(default_factory=dict)
    """What the first leg resolved once for all legs: fields, types, since, started (CRM clock)."""
    ledger: JsonObject = field(default_factory=dict)
    started_at: str | None = None
    ended_at: str | None = None
    error: JsonObject | None = None
    plan: str | None = None
    cancel: bool = False
    options: JsonObject = field(default_factory=dict)
    requests: int = 0
    """CRM API requests of all closed legs."""


@dataclass(frozen=True, slots=True)
class JobState:
    """What lasts between the runs of a job."""

    watermark: str | None = None
    mapping: str = ""
    """Fingerprint of the mapping the watermark was reached with."""
    run: str | None = None
    """The unfinished run, if any; one at a time."""
    begun: str | None = None
    """The CRM's time at the start of the first run that did not end well since the watermark:
    what it linked may have been deleted since, so removals are asked for from there."""
    linked: int = 0
    """Live links the job knows of: what the deletion guard's share is a share of."""
    org: str = ""
    """Connection of the last complete run, and the org that the first run was begun in
    (`main|00D…`): what the job knows is of that org for good."""
    left: Mapping[str, str] = field(default_factory=dict)
    """Connection → the run that ended with creations in the CRM whose answers are not settled, or
    with a job there that nobody has stopped."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Who works on a job until when."""

    workspace: str
    job: str
    run: str
    leg: int
    until: datetime


class Runs(Protocol):
    """Runs, leases and job states of all workspaces."""

    def create(self, run: Run) -> bool:
        """False if the id exists."""

    def asked(self, before: datetime) -> Iterator[Run]:
        """Runs of all workspaces that were created, or ended and were reopened, before then, and
        that no leg has been begun of since (sweeper)."""

    def get(self, workspace: str, run: str) -> Run | None: ...

    def page(
        self, workspace: str, job: str, *, limit: int, before: str | None = None
    ) -> Sequence[Run]:
        """Newest first."""

    def state(self, workspace: str, job: str) -> JobState: ...

    def begin_leg(self, run: Run, *, now: datetime, until: datetime) -> Run | None:
        """In one transaction: takes the job's lease if it is free, expired at `now` or held by an
        earlier leg of this run that handed over; makes this run the job's unfinished one (or
        finds it so); sets leg+1 and RUNNING. None if somebody else holds the lease or the run
        has moved on from `run.leg`."""

    def checkpoint(self, run: Run, *, until: datetime | None = None) -> bool:
        """Stores the run (cursor, batch, ledger …) if its leg still is `run.leg` and it is
        RUNNING; extends the lease when `until` is given. Keeps a `cancel` set meanwhile.
        False: another leg has taken over, stop at once."""

    def handover(self, run: Run) -> bool:
        """Checkpoint, and the lease ends now: the next leg may start."""

    def finish(self, run: Run, state: JobState) -> bool:
        """In one transaction: the run's final status, the job's new state with run=None, and the
        lease deleted; fenced by leg."""

    def request_cancel(self, workspace: str, run: str) -> Run | None:
        """Sets the flag that the run looks at between batches."""

    def reopen(self, run: Run) -> bool:
        """PAUSED, FAILED or CANCELLED → RUNNING, with `run.options` (a person's confirmation);
        False if another run is unfinished."""

    def expired(self, now: datetime) -> Iterator[Lease]:
        """Leases that ended before `now` and were never given back (sweeper)."""

    def abandon(self, lease: Lease, run: Run, state: JobState) -> bool:
        """The sweeper's finish: stores the FAILED run and the job's new state with run=None, and
        deletes the lease if it still is this one."""


class Journal(Protocol):
    """Plans of batches, written before they are applied; the history of every record."""

    def put(self, workspace: str, run: str, name: str, entry: JsonObject) -> JsonObject:
        """Insert if absent: returns what is stored now, ours or the one that was first.
        `name` is `<batch>/<attempt>` zero-padded by the caller."""

    def get(self, workspace: str, run: str, name: str) -> JsonObject | None: ...

    def names(
        self, workspace: str, run: str, *, after: str = "", limit: int = 1000
    ) -> Sequence[str]:
        """Names in order, for listing a run's records without reading them all at once."""


# --- write-back -------------------------------------------------------------------------------


Results = Mapping[str, Mapping[str, Told]]
"""Connection → attribute → what became of it."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender of a change event can look up. Final when every connection in `to` has said
    what became of each of its attributes."""

    id: str
    """Made from the idempotency key, so the same key leads to the same receipt."""
    digest: str
    """Of the change as sent: another change under the same key is refused."""
    object: str
    record: str
    at: str
    accepted_at: str
    origin: str
    actor: str
    to: Mapping[str, tuple[str, ...]]
    """Connection → the attributes that go there."""
    bulk: bool = False
    results: Results = field(default_factory=dict)

    @property
    def final(self) -> bool:
        return self.to.keys() <= self.results.keys()


@dataclass(frozen=True, slots=True)
class BatchReceipt:
    """The receipt of a request that was too large to be captured before its answer."""

    id: str
    digest: str
    count: int
    accepted_at: str
    captured: int = 0
    """So many of its changes have receipts of their own by now, in their order."""
    seen: str = ""
    """What is known of receipts that are final, a letter for each of the first changes; it may know
    less than there is, and never says anything else than the receipts."""


class Receipts(Protocol):
    """The receipts of one workspace; forgotten when the journal forgets."""

    def open(self, receipts: Sequence[Receipt]) -> Sequence[Receipt]:
        """Inserts what is absent; what is stored now, in the order asked, ours or the one that
        was first."""

    def get(self, ids: Collection[str]) -> Mapping[str, Receipt]:
        """Consistent; unknown ones are absent."""

    def settle(self, results: Mapping[str, Results]) -> None:
        """Receipt id → what became of it. The first word of a connection on a receipt stays, so
        repeating it is harmless; a receipt that is forgotten already is a success."""

    def open_batch(self, batch: BatchReceipt) -> BatchReceipt:
        """Inserted if absent; what is stored now. Until it is captured it is listed."""

    def get_batch(self, id: str) -> BatchReceipt | None: ...

    def advance(self, id: str, captured: int) -> None:
        """`captured` never goes back."""

    def note_seen(self, id: str, seen: str) -> None:
        """Replaces what is known of its receipts; a batch that is forgotten is a success."""

    def listed(self, *, before: str) -> Sequence[BatchReceipt]:
        """Those of which something is not captured yet, and that were accepted, or put off, to a
        time before that; no scan."""

    def put_off(self, id: str, *, at: str) -> None:
        """A batch that is listed is listed as of that time."""


class Bodies(Protocol):
    """Requests of one workspace that are stored once and captured later."""

    def put(self, id: str, body: JsonObject) -> None:
        """Repeating it is harmless: equal ids hold equal bodies."""

    def get(self, id: str) -> JsonObject | None: ...


@dataclass(frozen=True, slots=True)
class Drain:
    """Asks a writer to look at the outboxes of some records. It names them and never a value, so a
    message that comes twice, late or beside another asks for nothing that is not there.

    `delays` counts how often it was put off because another writer was at work.
    """

    workspace: str
    connection: str
    object: str
    ids: tuple[str, ...]
    bulk: bool = False
    delays: int = 0


@dataclass(frozen=True, slots=True)
class Expand:
    """Asks that the changes of a stored body be captured, from the given one on."""

    workspace: str
    batch: str
    start: int = 0


class WriteBackQueues(Protocol):
    """The queues of the two writers."""

    def send(self, requests: Sequence[Drain | Expand], *, delay: int = 0) -> None:
        """Many per call; a Drain of many ids is cut into messages that fit. A bulk Drain goes to
        the queue of the bulk writer, anything else to the immediate one. `delay` in seconds, at
        most 900 (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html)."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that a writer gave up."""

    id: str
    bulk: bool
    """Whose it was."""
    request: Drain | Expand | None
    """None: nobody can understand it, and `flaw` says why, without what stands in it."""
    sent_at: str
    handle: str
    """Names this sight of it, for `remove`."""
    flaw: str = ""

    @property
    def workspace(self) -> str:
        """Empty where it belongs to nobody."""
        return self.request.workspace if self.request else ""


class DeadLetters(Protocol):
    """What both writers gave up, of all workspaces. Whoever looks keeps the letters from others
    who look at that moment, and from nobody afterwards."""

    def peek(self) -> Sequence[DeadLetter]:
        """Bounded, oldest first; which ones, where there are more, is not told. Takes none away."""

    def take(self, id: str, workspace: str) -> DeadLetter | None:
        """The letter of that workspace, kept from others for half a minute; "" for what belongs to
        none. None where there is no such letter, or somebody looks at it right now."""

    def remove(self, letter: DeadLetter) -> None:
        """For good. One that is gone is a success."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message could not be done the last time, and how often it was tried."""

    code: str
    reason: str
    """For people, without values."""
    at: str
    count: int


class Failures(Protocol):
    """Why messages failed, for as long as a dead letter is kept: two weeks."""

    def note(self, failures: Mapping[str, Failure]) -> None:
        """By message id; replaces what was noted."""

    def get(self, messages: Collection[str]) -> Mapping[str, Failure]:
        """Messages of which nothing is noted are absent."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that keeps immediate write-back from working, which people were told of."""

    workspace: str
    connection: str
    cause: str
    """The code of the error."""
    object: str
    """The platform object that it was met with."""
    at: str
    """When people were told."""


class Troubles(Protocol):
    """What people were told of, one for each cause and connection; forgotten after a while."""

    def known(self, workspace: str, connection: str) -> Sequence[Trouble]:
        """Consistent, in the order of their causes; may hold some that should be forgotten."""

    def note(self, trouble: Trouble) -> None:
        """Replaces what was noted of that cause."""

    def forget(self, trouble: Trouble) -> None:
        """An absent one is a success."""


class Turnstile(Protocol):
    """Who writes back to one object of a connection: one writer at a time, until it ends or its
    time is up."""

    def enter(self, place: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """True if it was free, its time was up, or `holder` has it already: then until the new
        time. `place` is `<workspace>|<connection>|<object>`."""

    def leave(self, place: str, holder: str) -> None:
        """Free again, if it is still the holder's."""

    def holder(self, place: str, *, now: datetime) -> str | None:
        """Who has it, if anybody has."""


# --- telling people, starting later -----------------------------------------------------------


class Schedules(Protocol):
    """Schedules of jobs, and the one-time schedules that start legs."""

    def put_job(self, workspace: str, job: str, *, kind: str, schedule: JsonObject) -> None:
        """Creates or changes the job's schedule (a dump of config.Schedule)."""

    def delete_job(self, workspace: str, job: str) -> None:
        """Absent is a success."""

    def put_leg(self, run: Run, *, kind: str, leg: int, at: datetime) -> None:
        """Ensures a one-time start of that leg; a name that exists is moved to `at`."""

    def delete_leg(self, run: Run, *, leg: int) -> None:
        """Absent is a success."""


class JobStarter(Protocol):
    """Starts a job's Lambda at once, asynchronously."""

    def start(self, *, kind: str, event: JsonObject) -> None: ...


class Notifications(Protocol):
    """The topic that tells people."""

    def publish(self, *, subject: str, text: str, message: JsonObject) -> None:
        """`message` has workspace, job, run, status, for filter policies and programs."""


class Clock(Protocol):
    """Our own time; what the CRM says about time is asked of the CRM."""

    def now(self) -> datetime:
        """Aware, UTC."""


# --- configuration and secrets ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stored:
    """A configuration document and its version, for conditional replacement."""

    body: JsonObject
    version: int


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """An API token as stored: its SHA-256, never itself."""

    id: str
    hash: str
    workspace: str
    scopes: tuple[str, ...]
    name: str
    created_at: str
    revoked_at: str | None = None


class Configuration(Protocol):
    """Workspaces, connections, jobs: documents by (workspace, type, name)."""

    def get(self, workspace: str, type: str, name: str) -> Stored | None:
        """`type` is "workspace", "connection", "job" or "attribute". Of no workspace, "", is what
        usecases/written_objects.py lists."""

    def put(
        self, workspace: str, type: str, name: str, body: JsonObject, *, expected: int
    ) -> Stored | None:
        """None if the stored version is not `expected` (0: must not exist)."""

    def delete(self, workspace: str, type: str, name: str) -> bool: ...

    def all(self, workspace: str, type: str) -> Sequence[tuple[str, Stored]]:
        """In name order; a workspace has tens of these, not thousands."""


class Tokens(Protocol):
    """API tokens of all workspaces, found by hash."""

    def add(self, token: TokenRecord) -> None: ...

    def by_hash(self, hash: str) -> TokenRecord | None: ...

    def all(self, workspace: str) -> Sequence[TokenRecord]: ...

    def revoke(self, workspace: str, token: str, *, at: str) -> bool: ...


class Secrets(Protocol):
    """Credentials of connections, in Secrets Manager only. Values never reach a log."""

    def get(self, workspace: str, connection: str) -> JsonObject | None: ...

    def put(self, workspace: str, connection: str, value: JsonObject) -> None: ...

    def delete(self, workspace: str, connection: str) -> None: ...


class CrmFactory(Protocol):
    """Opens a connection: configuration and credentials in, a Crm out. No request is made yet."""

    def __call__(self, workspace: str, connection: str) -> Crm: ...


class LinksFactory(Protocol):
    def __call__(self, workspace: str, connection: str) -> Links: ...


class RecordsFactory(Protocol):
    def __call__(self, workspace: str) -> PlatformRecords: ...


class ConflictsFactory(Protocol):
    def __call__(self, workspace: str) -> Conflicts: ...


class ReceiptsFactory(Protocol):
    def __call__(self, workspace: str) -> Receipts: ...


class BodiesFactory(Protocol):
    def __call__(self, workspace: str) -> Bodies: ...
