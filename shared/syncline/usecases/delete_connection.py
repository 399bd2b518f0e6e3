"""Deletes a connection that no job uses, with its credentials and what was held for a person."""

from dataclasses import dataclass

from syncline.ports import Configuration, ConflictsFactory, Secrets
from syncline.usecases.find import find_connection, find_jobs
from syncline.usecases.findings import InUseError
from syncline.usecases.list_conflicts import ListConflicts


@dataclass(frozen=True, slots=True)
class DeleteConnection:
    """The secret goes first: a crash leaves a connection that cannot log in, never a secret that
    nobody can see."""

    configuration: Configuration
    secrets: Secrets
    conflicts: ConflictsFactory

    def __call__(self, workspace: str, name: str) -> None:
        """NotFoundError; ConflictError naming the jobs that use it."""
        find_connection(self.configuration, workspace, name)
        jobs = find_jobs(self.configuration, workspace)
        users = [job for job, body in jobs.items() if body.connection == name]
        if users:
            raise InUseError(
                f"the connection is used by {', '.join(users)}; delete or change those jobs first",
                code="connection_in_use",
                jobs=users,
            )
        self.secrets.delete(workspace, name)
        self._drop_conflicts(workspace, name)
        self.configuration.delete(workspace, "credentials", name)
        self.configuration.delete(workspace, "connection", name)

    def _drop_conflicts(self, workspace: str, name: str) -> None:
        held = [each.place for each in ListConflicts(self.conflicts)(workspace, connection=name)]
        if held:
            self.conflicts(workspace).remove(held)
