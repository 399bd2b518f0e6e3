"""The ports that routes build their use cases from."""

from collections.abc import Sequence
from typing import Any, Protocol

from syncline.config.models import Job
from syncline.engine.records import Value, Values
from syncline.ports import (
    BatchReceipt,
    BodiesFactory,
    Clock,
    Configuration,
    ConflictsFactory,
    CrmFactory,
    DeadLetters,
    Failures,
    JobStarter,
    Journal,
    LinksFactory,
    Receipt,
    ReceiptsFactory,
    RecordsFactory,
    Runs,
    Schedules,
    Secrets,
    Tokens,
    WriteBackQueues,
)
from syncline.usecases.change_events import Announced


class PreviewedField(Protocol):
    """One field that would be written."""

    @property
    def field(self) -> str: ...
    @property
    def attribute(self) -> str | None: ...
    @property
    def before(self) -> Value: ...
    @property
    def after(self) -> Value: ...


class PreviewedRow(Protocol):
    """One record as it would arrive or be sent."""

    @property
    def crm_id(self) -> str | None: ...
    @property
    def platform_id(self) -> str | None: ...
    @property
    def verb(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def detail(self) -> str: ...
    @property
    def values(self) -> Values: ...
    @property
    def fields(self) -> Sequence[PreviewedField]: ...


class Previewed(Protocol):
    """The first records of a job."""

    @property
    def direction(self) -> str: ...
    @property
    def rows(self) -> Sequence[PreviewedRow]: ...
    @property
    def total(self) -> int | None: ...


class Previewer(Protocol):
    """The use case PreviewJob; it loads the engine, which only `inspect` needs."""

    def __call__(
        self, workspace: str, job: str, *, draft: Job | None = None, limit: int = 10
    ) -> Previewed: ...


class Announcer(Protocol):
    """The use case AnnounceChanges; it asks orgs what they accept, and loads the engine."""

    def __call__(
        self, workspace: str, changes: Sequence[Announced], *, key: str
    ) -> Sequence[Receipt] | BatchReceipt: ...


class Services(Protocol):
    """Everything outside that the API needs; each is built when it is first asked for.

    `crm`, `preview` and `announce` are there in `inspect` only, `journal` and `dead_letters` in
    `api` only.
    """

    @property
    def configuration(self) -> Configuration: ...
    @property
    def tokens(self) -> Tokens: ...
    @property
    def secrets(self) -> Secrets: ...
    @property
    def schedules(self) -> Schedules: ...
    @property
    def starter(self) -> JobStarter: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def links(self) -> LinksFactory: ...
    @property
    def records(self) -> RecordsFactory: ...
    @property
    def conflicts(self) -> ConflictsFactory: ...
    @property
    def receipts(self) -> ReceiptsFactory: ...
    @property
    def bodies(self) -> BodiesFactory: ...
    @property
    def queues(self) -> WriteBackQueues: ...
    @property
    def dead_letters(self) -> DeadLetters: ...
    @property
    def failures(self) -> Failures: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def crm(self) -> CrmFactory: ...
    @property
    def preview(self) -> Previewer: ...
    @property
    def announce(self) -> Announcer: ...


def not_here(*_args: Any, **_named: Any) -> Any:
    """Stands in for what this function never uses; a route that does is deployed wrongly."""
    raise RuntimeError("only the function `inspect` speaks to the CRM")
