"""Deletes a job and its schedule; its records, cross-references and history stay."""

from dataclasses import dataclass

from syncline.ports import Configuration, Runs, Schedules
from syncline.usecases.find import find_job
from syncline.usecases.findings import RunUnfinishedError


@dataclass(frozen=True, slots=True)
class DeleteJob:
    """The schedule goes first: a crash leaves a job without one, never the reverse."""

    configuration: Configuration
    schedules: Schedules
    runs: Runs

    def __call__(self, workspace: str, name: str) -> None:
        """NotFoundError; RunUnfinishedError while it runs."""
        find_job(self.configuration, workspace, name)
        unfinished = self.runs.state(workspace, name).run
        if unfinished is not None:
            raise RunUnfinishedError(name, unfinished)
        self.schedules.delete_job(workspace, name)
        self.configuration.delete(workspace, "job", name)
