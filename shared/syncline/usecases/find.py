"""Finds what a request names, or says which name is unknown."""

from typing import Final, NoReturn

from syncline.config.models import Connection, Job, Workspace
from syncline.errors import NotFoundError
from syncline.kinds.objects import OBJECTS
from syncline.ports import Configuration, Run, Runs, Stored
from syncline.usecases.system_jobs import system_job


def unknown(what: str, name: str) -> NoReturn:
    """Raises the NotFoundError of that sort of thing, code `unknown_<what>`."""
    raise NotFoundError(
        f"there is no {what} '{name}' here",
        code=f"unknown_{what}",
        field=what,
        remedy=_REMEDIES.get(what, f"Correct the name of the {what}, or create it first."),
    )


_REMEDIES: Final = {
    "receipt": "Give the id that the answer to the changes named; receipts go when runs do.",
    "run": "Give the id of a run that the job lists; runs are kept for a time.",
    "conflict": "List the conflicts: it may be settled already.",
}
"""Of what nobody can create."""


def find_document(configuration: Configuration, workspace: str, type: str, name: str) -> Stored:
    """NotFoundError if it does not exist."""
    stored = configuration.get(workspace, type, name)
    if stored is None:
        unknown(type, name)
    return stored


def find_workspace(configuration: Configuration, workspace: str) -> Workspace:
    stored = find_document(configuration, workspace, "workspace", workspace)
    return Workspace.model_validate(stored.body)


def find_connection(configuration: Configuration, workspace: str, name: str) -> Connection:
    stored = find_document(configuration, workspace, "connection", name)
    return Connection.model_validate(stored.body)


def find_job(configuration: Configuration, workspace: str, name: str) -> Job:
    """One that people configured, or one of the system's."""
    own = system_job(configuration, workspace, name)
    if own is not None:
        return own.job
    return Job.model_validate(find_document(configuration, workspace, "job", name).body)


def find_jobs(configuration: Configuration, workspace: str) -> dict[str, Job]:
    """All jobs that people configured in a workspace, by name."""
    return {
        name: Job.model_validate(stored.body)
        for name, stored in configuration.all(workspace, "job")
    }


def find_run(runs: Runs, workspace: str, run: str, *, what: str = "run") -> Run:
    found = runs.get(workspace, run)
    if found is None:
        unknown(what, run)
    return found


def object_attributes(workspace: Workspace, object: str) -> dict[str, str]:
    """Attribute → type of a platform object, the workspace's own included. NotFoundError."""
    known = OBJECTS.get(object)
    if known is None:
        unknown("object", object)
    return {**known.attributes, **workspace.attributes.get(object, {})}
