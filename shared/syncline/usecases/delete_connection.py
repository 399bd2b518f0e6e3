"""Deletes a connection that no job uses, and its credentials."""

from dataclasses import dataclass

from syncline.ports import Configuration, Secrets
from syncline.usecases.find import find_connection, find_jobs
from syncline.usecases.findings import InUseError


@dataclass(frozen=True, slots=True)
class DeleteConnection:
    """The secret goes first: a crash leaves a connection that cannot log in, never a secret that
    nobody can see."""

    configuration: Configuration
    secrets: Secrets

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
        self.configuration.delete(workspace, "credentials", name)
        self.configuration.delete(workspace, "connection", name)
