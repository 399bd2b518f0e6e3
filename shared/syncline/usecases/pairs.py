"""The job of the other direction: what both of a pair must know of each other (T2)."""

from collections.abc import Iterator

from syncline.config.models import Job
from syncline.ports import Configuration
from syncline.usecases.resolve_job import JobSetup, load_job


def partners(configuration: Configuration, setup: JobSetup) -> Iterator[JobSetup]:
    """The jobs of the counterpart kind on the same connection, enabled ones only."""
    if setup.kind.counterpart is None:
        return
    for name, stored in configuration.all(setup.workspace_name, "job"):
        job = Job.model_validate(stored.body)
        if (
            job.kind == setup.kind.counterpart
            and job.connection == setup.job.connection
            and job.enabled
        ):
            yield load_job(configuration, setup.workspace_name, name)


def partner(configuration: Configuration, setup: JobSetup) -> JobSetup | None:
    """The one that syncs the same CRM object, if there is one."""
    same = (each for each in partners(configuration, setup) if each.crm_object == setup.crm_object)
    return next(same, None)
