"""What the first leg of a run resolves for all of them, by the direction of its job."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from syncline.kinds.kind import Direction
from syncline.ports import Configuration, Crm, JobState, Run, Runs
from syncline.usecases.bulk_frame import make_bulk_frame
from syncline.usecases.pairs import partner
from syncline.usecases.resolve_job import JobSetup, make_frame
from syncline.usecases.resolve_outgoing import Counterpart, make_outgoing_frame
from syncline.usecases.write_lines import written_back


@dataclass(frozen=True, slots=True)
class Frames:
    """`now` is our own time: outbound runs go by it."""

    configuration: Configuration
    runs: Runs
    now: datetime

    def __call__(self, setup: JobSetup, crm: Crm, run: Run) -> dict[str, Any]:
        """As JSON."""
        return {**_MAKERS[setup.kind.direction](self, setup, crm, run), "org": crm.org_id()}

    def linked_by_partner(self, setup: JobSetup) -> int:
        """Both jobs of a pair make links, and either may have to delete what the other linked."""
        other = partner(self.configuration, setup)
        return self.runs.state(setup.workspace_name, other.name).linked if other else 0

    def inbound(self, setup: JobSetup, crm: Crm, run: Run) -> dict[str, Any]:
        state, linked = self.runs.state(run.workspace, run.job), self.linked_by_partner(setup) > 0
        timed = written_back(self.configuration, run.workspace, setup.kind.object)
        return make_frame(setup, crm, run, state, linked=linked) | {"timed": sorted(timed)}

    def outbound(self, setup: JobSetup, crm: Crm, run: Run) -> dict[str, Any]:
        state, other = self.runs.state(run.workspace, run.job), partner(self.configuration, setup)
        known = self.runs.state(run.workspace, other.name) if other else JobState()
        counterpart = Counterpart(other, known) if other else None
        return make_outgoing_frame(setup, crm, run, state, counterpart=counterpart, now=self.now)

    def write_back(self, setup: JobSetup, crm: Crm, run: Run) -> dict[str, Any]:
        return make_bulk_frame(setup, crm, run, self.configuration, self.runs)


_MAKERS: Final[Mapping[Direction, Callable[[Frames, JobSetup, Crm, Run], dict[str, Any]]]] = {
    Direction.INBOUND: Frames.inbound,
    Direction.OUTBOUND: Frames.outbound,
    Direction.WRITE_BACK: Frames.write_back,
}
