"""Creates or changes a job, validated whole before anything is stored, with its schedule."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from syncline.config.models import Job
from syncline.errors import ConfigurationError
from syncline.ports import Configuration, Schedules, Stored
from syncline.usecases.find import find_workspace
from syncline.usecases.findings import Finding, InvalidInputError
from syncline.usecases.save_document import Result, save_document

Validate = Callable[..., tuple[Finding, ...]]
"""ValidateMapping, called with workspace, job name and draft."""


@dataclass(frozen=True, slots=True)
class SavedJob:
    """`findings` are the warnings; with an error nothing would have been saved."""

    result: Result
    job: Job
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class SaveJob:
    """The job first, its schedule second: a schedule never starts a job that does not exist, and
    saving again after a crash in between sets the schedule.

    The schedule is therefore set even where the job did not change. A schedule that AWS refuses
    takes the job back to what it was.
    """

    configuration: Configuration
    schedules: Schedules
    validate: Validate

    def __call__(self, workspace: str, name: str, job: Job) -> SavedJob:
        """InvalidInputError with every finding; ConflictError if saved by two at once."""
        find_workspace(self.configuration, workspace)
        stored = self.configuration.get(workspace, "job", name)
        _refuse_other_kind(stored, job)
        findings = self.validate(workspace, name, draft=job)
        refuse_errors(findings)
        body = job.model_dump(mode="json")
        place = (workspace, "job", name)
        result = save_document(self.configuration, place=place, stored=stored, body=body)
        try:
            self._schedule(workspace, name, job)
        except ConfigurationError as exc:
            self._take_back(place, stored, body)
            raise _refused_schedule(exc) from exc
        return SavedJob(result, job, findings)

    def _schedule(self, workspace: str, name: str, job: Job) -> None:
        if job.schedule.every == "manual":
            self.schedules.delete_job(workspace, name)
            return
        schedule = job.schedule.model_dump(mode="json")
        schedule["enabled"] = job.schedule.enabled and job.enabled
        self.schedules.put_job(workspace, name, kind=job.kind, schedule=schedule)

    def _take_back(
        self, place: tuple[str, str, str], stored: Stored | None, body: dict[str, Any]
    ) -> None:
        now = self.configuration.get(*place)
        if now is None or now.body != body:
            return
        if stored is None:
            self.configuration.delete(*place)
        else:
            self.configuration.put(*place, stored.body, expected=now.version)


def refuse_errors(findings: tuple[Finding, ...]) -> None:
    """InvalidInputError if a finding is an error; code query_refused if all are refusals."""
    errors = [finding for finding in findings if finding.severity == "error"]
    if not errors:
        return
    refused = all(finding.code == "query_refused" for finding in errors)
    raise InvalidInputError(
        errors[0].message if len(errors) == 1 else f"{len(errors)} things of this job are wrong",
        code="query_refused" if refused else "invalid_mapping",
        findings=errors,
    )


def _refuse_other_kind(stored: Stored | None, job: Job) -> None:
    if stored is None or stored.body["kind"] == job.kind:
        return
    finding = Finding(
        code="identity_fixed",
        field="/kind",
        message=f"the job is of kind '{stored.body['kind']}', and a job keeps its kind",
        remedy="Save it under another name, or delete the job first.",
        value=job.kind,
    )
    raise InvalidInputError(finding.message, code="identity_fixed", findings=[finding])


def _refused_schedule(exc: ConfigurationError) -> InvalidInputError:
    finding = Finding(
        code=exc.code,
        field="/schedule",
        message=exc.message,
        remedy=exc.remedy or "Correct the schedule.",
    )
    return InvalidInputError(exc.message, code="schedule_refused", findings=[finding])
