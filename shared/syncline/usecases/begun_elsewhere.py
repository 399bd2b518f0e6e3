"""What keeps a leg from going on: the org or the connection is not the one it was begun with."""

from syncline.errors import ConfigurationError
from syncline.ports import Crm, Run
from syncline.usecases.resolve_job import JobSetup


def refuse_another_org(setup: JobSetup, crm: Crm) -> None:
    """A connection belongs to the org it was first tested with: ids of another mean nothing.

    One that was never tested belongs to none, and is not asked: that would cost each leg a request.
    """
    bound = setup.connection.org_id
    if bound is not None and bound != (found := crm.identity().org_id):
        raise ConfigurationError(
            f"the credentials lead to org {found}, and the connection belongs to {bound}",
            code="org_changed",
            field="credentials",
            remedy="give credentials of that org, or make a new connection for the other",
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
