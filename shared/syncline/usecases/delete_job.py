"""Deletes a job and its schedule; its records, cross-references and history stay."""

from dataclasses import dataclass

from syncline.errors import ConflictError
from syncline.ports import Configuration, Runs, Schedules
from syncline.usecases.check_write_back import left_unmapped
from syncline.usecases.find import find_connection, find_job
from syncline.usecases.findings import Finding, RunUnfinishedError
from syncline.usecases.pairs import left_behind


@dataclass(frozen=True, slots=True)
class DeleteJob:
    """The schedule goes first: a crash leaves a job without one, never the reverse."""

    configuration: Configuration
    schedules: Schedules
    runs: Runs

    def __call__(self, workspace: str, name: str) -> tuple[Finding, ...]:
        """Warnings of what is not as it was without the job. NotFoundError; RunUnfinishedError
        while it runs; ConflictError while records that it has created in the CRM are not linked,
        for only this job can do that."""
        job = find_job(self.configuration, workspace, name)
        unfinished = self.runs.state(workspace, name).run
        if unfinished is not None:
            raise RunUnfinishedError(name, unfinished)
        left = left_behind(self.runs, workspace, name, connection=job.connection)
        if (
            left is not None
            and find_connection(self.configuration, workspace, job.connection).enabled
        ):
            raise ConflictError(
                f"the run {left.id} has created records in the CRM and not linked them; start "
                "the job once more, which does it, or disable its connection if nobody is to",
                code="creations_unsettled",
            )
        findings = tuple(left_unmapped(self.configuration, workspace, name))
        self.schedules.delete_job(workspace, name)
        self.configuration.delete(workspace, "job", name)
        return findings
