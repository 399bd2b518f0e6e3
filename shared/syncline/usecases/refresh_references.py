"""Micro-sync (X7): after write-back has made a reference lead elsewhere, what else the platform
shows through it is read anew at once, as the next inbound run would."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from syncline.engine.findings import Finding, View
from syncline.engine.narrowed import narrowed
from syncline.engine.records import LinkState
from syncline.engine.rules import Rules
from syncline.engine.told import APPLIED
from syncline.engine.write_lines import Mode, WriteLine
from syncline.errors import ConfigurationError, NotFoundError, RetryableError
from syncline.ports import (
    Clock,
    Configuration,
    Conflicts,
    Crm,
    JobState,
    Journal,
    Links,
    ObjectDescription,
    Phase,
    PlatformRecords,
    Run,
    RunMode,
    RunStatus,
)
from syncline.usecases.apply_batch import ApplyBatch, journal_name, plan_to_entry
from syncline.usecases.outlets import Outlet, outlet_of
from syncline.usecases.plan_batch import PlanBatch
from syncline.usecases.resolve_job import JobSetup, load_job, make_frame, request_of, rules_of
from syncline.usecases.send_write_back import Ending
from syncline.usecases.write_lines import written_back

_WRITTEN: Final = "written"
_CHANGED: Final = "changed"
REFRESHED: Final = "refreshed"
"""Why something was taken over: what it is read through was made to lead elsewhere."""
Names = Mapping[str, frozenset[str]]
"""CRM id → the attributes to read anew."""


@dataclass(frozen=True, slots=True)
class Refreshing:
    """What is read anew of some records; `__call__` is what a PlanBatch narrows its rows by."""

    rules: Rules
    names: Names

    def __call__(self, findings: Sequence[Finding], view: View) -> Sequence[Finding]:
        found = []
        for finding in findings:
            link = view.links.get(finding.key)
            record = view.records.get(link.platform_id or "") if link else None
            names = self.names.get(finding.key, frozenset())
            found.append(narrowed(finding, link, record, self.rules, names))
        return found


@dataclass(frozen=True, slots=True)
class RefreshReferences:
    """For one writer of one connection: `run` is where it journals, `begun` when it began."""

    workspace: str
    run: str
    begun: str
    configuration: Configuration
    crm: Crm
    links: Links
    records: PlatformRecords
    journal: Journal
    conflicts: Conflicts
    clock: Clock

    def __call__(self, batch: int, endings: Sequence[Ending], outlets: Sequence[Outlet]) -> int:
        """`endings` are settled. `batch` is the number of the writer's next batch; returns that of
        the one after what may be journalled here, one for each outlet at most. One query for many
        records, none where nothing else is read through what was written.

        It is decided field by field, also where the job decides records as a whole: the rest of the
        record is not looked at.

        An org that fails now, or a job whose mapping does not fit it any more, ends this early:
        what was written stays settled, and the next inbound run, which reads every record that we
        wrote, brings the rest and says what is wrong.
        """
        for outlet in outlets:
            mine = [e for e in endings if outlet_of(outlets, e.action.crm_id or "") is outlet]
            written = {e.action.crm_id or "": lines for e in mine if (lines := _led(e, outlet))}
            if not written:
                continue
            try:
                batch = self._refresh(batch, outlet, written)
            except (RetryableError, ConfigurationError, NotFoundError):
                return batch + 1
        return batch

    def _refresh(
        self, batch: int, outlet: Outlet, written: Mapping[str, Sequence[WriteLine]]
    ) -> int:
        setup = load_job(self.configuration, self.workspace, outlet.job)
        described = self.crm.describe(setup.crm_object)
        names = {id: _beside(setup, described, lines) for id, lines in written.items()}
        wanted = self._open({id: found for id, found in names.items() if found})
        if not wanted:
            return batch
        frame = self._frame(setup)
        request = request_of(setup, frame, Phase.LIVE)
        rows = self.crm.find(request, sorted(wanted))
        rules = replace(rules_of(setup, frame, self.crm.dialect), whole_record=False)
        planner = PlanBatch(
            self.links, self.records, rules, self.clock, narrow=Refreshing(rules, wanted)
        )
        plan = planner(rows)
        if not plan.actions:
            return batch
        for action in plan.actions:
            action.reason = REFRESHED if action.reason == _CHANGED else action.reason
        entry = plan_to_entry(plan, at=self.begun)
        stored = self.journal.put(self.workspace, self.run, journal_name(batch, 0), entry)
        self._apply(setup, planner)(batch, stored)
        return batch + 1

    def _open(self, names: Names) -> dict[str, frozenset[str]]:
        """Without records that are set aside: a person decides about them as a whole."""
        links = self.links.get(list(names)) if names else {}
        return {
            id: names[id]
            for id, link in links.items()
            if link.state is LinkState.LINKED and not link.reason
        }

    def _frame(self, setup: JobSetup) -> dict[str, Any]:
        begun = Run(
            self.workspace, setup.name, self.run, RunMode.INCREMENTAL, RunStatus.RUNNING, self.begun
        )
        timed = written_back(self.configuration, self.workspace, setup.kind.object)
        return make_frame(setup, self.crm, begun, JobState()) | {"timed": sorted(timed)}

    def _apply(self, setup: JobSetup, planner: PlanBatch) -> ApplyBatch:
        return ApplyBatch(
            workspace=self.workspace,
            run=self.run,
            links=self.links,
            records=self.records,
            journal=self.journal,
            conflicts=self.conflicts,
            connection=setup.job.connection,
            job=setup.name,
            object=setup.kind.object,
            at=self.begun,
            planner=planner,
        )


def _led(ending: Ending, outlet: Outlet) -> Sequence[WriteLine]:
    """The lines of what was written just now that go by a reference."""
    return [
        outlet.lines[name]
        for name, told in ending.told.items()
        if (told.outcome, told.reason) == (APPLIED, _WRITTEN)
        and name in outlet.lines
        and outlet.lines[name].mode is not Mode.FIELD
    ]


def _beside(
    setup: JobSetup, described: ObjectDescription, lines: Sequence[WriteLine]
) -> frozenset[str]:
    """The attributes that the job reads through the same references; none if those are only the
    ones that were written."""
    references = {line.reference.lower() for line in lines}
    written = {line.attribute for line in lines}
    found = {name for name, path in _read(setup) if _root(path, described) in references}
    return frozenset(found) if found - written else frozenset()


def _read(setup: JobSetup) -> Iterator[tuple[str, str]]:
    return ((line.platform, line.salesforce) for line in setup.lines())


def _root(path: str, described: ObjectDescription) -> str:
    """The reference field that a path begins with, in lower case."""
    first, _, rest = path.lower().partition(".")
    return described.relationships.get(first, "") if rest else first
