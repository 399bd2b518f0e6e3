"""Jobs that nobody configures: each connection has one for its bulk write-back (W9).

Their names hold underscores, which no name that a user gives may have.
"""

from dataclasses import dataclass
from typing import Final

from syncline.config.models import Connection, Job, Notify
from syncline.errors import ConflictError
from syncline.kinds.registry import BULK_WRITE_BACK
from syncline.ports import Configuration

_TITLE: Final = "Bulk Write-Back"


@dataclass(frozen=True, slots=True)
class SystemJob:
    """The bulk write-back of one connection, as its settings make it."""

    name: str
    connection: str
    enabled: bool
    notify: Notify
    kind: str = BULK_WRITE_BACK
    title: str = _TITLE

    @property
    def job(self) -> Job:
        """As runs know jobs. Not validated: nobody may configure a job of that kind."""
        return Job.model_construct(
            kind=self.kind,
            connection=self.connection,
            title=self.title,
            enabled=self.enabled,
            notify=self.notify,
        )


def bulk_job_name(connection: str) -> str:
    """Under which name the runs of its bulk write-back are stored."""
    return f"{BULK_WRITE_BACK}_{connection}"


def system_jobs(configuration: Configuration, workspace: str) -> list[SystemJob]:
    """One for each connection, in name order."""
    return [
        _made(name, Connection.model_validate(stored.body))
        for name, stored in configuration.all(workspace, "connection")
    ]


def system_job(configuration: Configuration, workspace: str, name: str) -> SystemJob | None:
    """None for a name that is not one's, or of a connection that does not exist."""
    if not is_system_job(name):
        return None
    connection = name.removeprefix(bulk_job_name(""))
    stored = configuration.get(workspace, "connection", connection)
    return None if stored is None else _made(connection, Connection.model_validate(stored.body))


def is_system_job(name: str) -> bool:
    """Whether only a system job could have that name."""
    return name.startswith(bulk_job_name(""))


def refuse_system_job(name: str) -> None:
    """ConflictError for a job that people cannot change, start or try out."""
    if not is_system_job(name):
        return
    raise ConflictError(
        f"'{name}' is a job of the system: it runs by itself when many changes are to be written "
        "back, and cannot be changed, deleted, planned or started; whom it notifies is set by "
        "'bulk_write_back' of its connection",
        code="system_job",
    )


def _made(connection: str, settings: Connection) -> SystemJob:
    return SystemJob(
        name=bulk_job_name(connection),
        connection=connection,
        enabled=settings.enabled,
        notify=settings.bulk_write_back,
    )
