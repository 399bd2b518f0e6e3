"""Validate Mapping (T2, T12): a job against the live org and its pair, every finding at once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from syncline.config.models import Job
from syncline.errors import ConfigurationError, NotFoundError
from syncline.kinds.kind import Direction
from syncline.kinds.registry import DIALECTS, KINDS
from syncline.ports import Configuration, Crm, CrmFactory, ObjectDescription, ReadRequest
from syncline.usecases.check_lines import check_lines
from syncline.usecases.check_outbound import check_outbound
from syncline.usecases.check_pair import check_pair
from syncline.usecases.check_write_back import check_write_back
from syncline.usecases.find import find_jobs
from syncline.usecases.findings import Finding
from syncline.usecases.resolve_job import JobSetup, load_job

_JUDGED: Final = frozenset({"query_refused", "unknown_field"})
"""Refusals of the query itself; any other says that the org could not be asked."""


@dataclass(frozen=True, slots=True)
class ValidateMapping:
    """Like the preview, it does not apply the parent-account rule (T10)."""

    configuration: Configuration
    crm: CrmFactory

    def __call__(
        self, workspace: str, name: str, *, draft: Job | None = None
    ) -> tuple[Finding, ...]:
        """Empty: the job can run. `draft` stands in for the stored job.

        NotFoundError if the workspace or job is unknown; ConfigurationError and RetryableError
        if the org cannot be asked.
        """
        try:
            setup = load_job(self.configuration, workspace, name, draft=draft)
        except NotFoundError as exc:
            if exc.code != "unknown_connection" or draft is None:
                raise
            return (_unknown_connection(exc, draft),)
        if setup.kind.crm != setup.connection.crm:
            return (_other_crm(setup),)
        crm = self.crm(workspace, setup.job.connection)
        try:
            described = crm.describe(setup.crm_object)
        except ConfigurationError as exc:
            if exc.code != "unknown_object":
                raise
            return (_refusal(exc, "/salesforce_object", value=setup.crm_object),)
        pair = check_pair(self.configuration, setup, described)
        jobs = find_jobs(self.configuration, workspace).values()
        on = check_write_back(self.configuration, setup)
        return (*_check(setup, crm, described, jobs), *pair, *on)


def _check(
    setup: JobSetup, crm: Crm, described: ObjectDescription, jobs: Iterable[Job]
) -> Iterator[Finding]:
    findings = check_lines(
        kind=setup.kind,
        lines=setup.lines(),
        attributes=setup.attribute_types(),
        described=described,
        crm=crm,
        creates=setup.job.creates,
    )
    if setup.kind.direction is Direction.OUTBOUND:
        findings += check_outbound(setup, described, jobs)
    yield from findings
    faulty = any(finding.severity == "error" for finding in findings)
    mapped = tuple(line.salesforce for line in setup.lines())
    paths = (crm.dialect.id_field,) if faulty else mapped
    yield from _ask(crm, setup, paths)


def _ask(crm: Crm, setup: JobSetup, paths: Sequence[str]) -> Iterator[Finding]:
    """Lets the CRM judge the query, without the mapping's fields where those are wrong already."""
    fields = tuple(dict.fromkeys(paths))
    request = ReadRequest(object=setup.crm_object, fields=fields, where=setup.job.condition)
    try:
        crm.check_query(request)
    except ConfigurationError as exc:
        if exc.code not in _JUDGED:
            raise
        judged_filter = setup.job.condition is not None and exc.field != "mapping"
        field = "/filter" if judged_filter else "/mapping"
        yield _refusal(exc, field, value=setup.job.condition if judged_filter else None)


def _refusal(exc: ConfigurationError, field: str, *, value: str | None) -> Finding:
    return Finding(
        code=exc.code,
        field=field,
        message=exc.message,
        remedy=exc.remedy or "Correct it and validate again.",
        value=value,
    )


def _other_crm(setup: JobSetup) -> Finding:
    there = setup.connection.crm
    fitting = sorted(kind.name for kind in KINDS.values() if kind.crm == there)
    return Finding(
        code="kind_of_another_crm",
        field="/kind",
        message=f"the kind '{setup.job.kind}' is for {DIALECTS[setup.kind.crm].title}, and the "
        f"connection '{setup.job.connection}' leads to {DIALECTS[there].title}",
        remedy=f"Use one of {', '.join(fitting)}, or another connection.",
        value=setup.job.kind,
    )


def _unknown_connection(exc: NotFoundError, draft: Job) -> Finding:
    return Finding(
        code=exc.code,
        field="/connection",
        message=exc.message,
        remedy="Create the connection first, or name one that exists.",
        value=draft.connection,
    )
