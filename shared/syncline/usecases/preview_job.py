"""Load Preview (T10): the first records as they would arrive, or be sent; nothing is written."""

from dataclasses import dataclass
from typing import Final

from syncline.config.models import Job
from syncline.kinds.kind import Direction
from syncline.ports import (
    Clock,
    Configuration,
    CrmFactory,
    JobState,
    LinksFactory,
    RecordsFactory,
    Run,
    RunMode,
    RunStatus,
)
from syncline.usecases.begun_elsewhere import refuse_another_org
from syncline.usecases.preview_incoming import PreviewIncoming
from syncline.usecases.preview_outgoing import PreviewOutgoing
from syncline.usecases.previewed import Preview
from syncline.usecases.resolve_job import load_job

_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class PreviewJob:
    """The path of a full run up to its plan, without the parent-account rule."""

    configuration: Configuration
    crm: CrmFactory
    links: LinksFactory
    records: RecordsFactory
    clock: Clock

    def __call__(
        self, workspace: str, job: str, *, draft: Job | None = None, limit: int = 10
    ) -> Preview:
        """At most 200 rows. `draft` previews a job that is not saved yet."""
        setup = load_job(self.configuration, workspace, job, draft=draft)
        crm = self.crm(workspace, setup.job.connection)
        refuse_another_org(setup, crm, JobState())
        links, records = self.links(workspace, setup.job.connection), self.records(workspace)
        run, most = _full_run(workspace, job), min(limit, _MOST)
        if setup.kind.direction is Direction.INBOUND:
            return PreviewIncoming(setup, crm, links, records, self.clock)(run, most)
        preview = PreviewOutgoing(setup, crm, links, records, self.configuration, self.clock)
        return preview(run, most)


def _full_run(workspace: str, job: str) -> Run:
    return Run(
        workspace=workspace,
        job=job,
        id=f"{job}.preview",
        mode=RunMode.FULL,
        status=RunStatus.QUEUED,
        created_at="",
    )
