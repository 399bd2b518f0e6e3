"""What keeps a leg from going on: the org or the connection is not the one it was begun with."""

from syncline.errors import ConfigurationError
from syncline.ports import Crm, JobState, Run
from syncline.usecases.resolve_job import JobSetup


def refuse_another_org(setup: JobSetup, crm: Crm, state: JobState) -> None:
    """A connection belongs to the org it was first tested with, and a job to the one that its first
    run was begun in, whatever connections it has had since: ids of another mean nothing, and all
    would seem to be deleted."""
    found = crm.org_id()
    mine = state.org.partition("|")[2]
    for owner, org in (("connection", setup.connection.org_id), ("job", mine)):
        if org and org != found:
            raise ConfigurationError(
                f"the credentials lead to org {found}, and the {owner} belongs to {org}",
                code="org_changed",
                field="credentials",
                remedy=f"give credentials of that org, or make a new {owner} for the other",
            )


def refuse_another_connection(setup: JobSetup, run: Run) -> None:
    """What a run has begun with one connection it cannot end with another."""
    begun = run.frame.get("connection", setup.job.connection)
    if begun != setup.job.connection:
        raise ConfigurationError(
            f"the run was begun with the connection '{begun}', and its job has another now",
            code="connection_changed",
            field="connection",
            remedy=f"give the job '{begun}' again until the run has ended, or cancel the run",
        )
