"""The ports that routes build their use cases from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from syncline.config.models import Job
from syncline.engine.records import Values
from syncline.ports import (
    Clock,
    Configuration,
    CrmFactory,
    JobStarter,
    Journal,
    LinksFactory,
    RecordsFactory,
    Runs,
    Schedules,
    Secrets,
    Tokens,
)


class PreviewedRow(Protocol):
    """One record as it would arrive."""

    @property
    def crm_id(self) -> str: ...
    @property
    def verb(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def detail(self) -> str: ...
    @property
    def values(self) -> Values: ...


class Previewed(Protocol):
    """The first records of a job."""

    @property
    def rows(self) -> Sequence[PreviewedRow]: ...
    @property
    def total(self) -> int | None: ...


class Previewer(Protocol):
    """The use case PreviewJob; it loads the engine, which only `inspect` needs."""

    def __call__(
        self, workspace: str, job: str, *, draft: Job | None = None, limit: int = 10
    ) -> Previewed: ...


@dataclass(frozen=True, slots=True)
class Services:
    """Everything outside that the API needs. `crm` and `preview` only in `inspect`."""

    configuration: Configuration
    tokens: Tokens
    secrets: Secrets
    schedules: Schedules
    starter: JobStarter
    runs: Runs
    journal: Journal
    links: LinksFactory
    records: RecordsFactory
    clock: Clock
    crm: CrmFactory
    preview: Previewer


def not_here(*_args: Any, **_named: Any) -> Any:
    """Stands in for what this function never uses; a route that does is deployed wrongly."""
    raise RuntimeError("only the function `inspect` speaks to Salesforce")
