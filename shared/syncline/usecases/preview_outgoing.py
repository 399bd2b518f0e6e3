"""The preview of an outbound job: the first records that a full run would send, or refuse."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from syncline.engine.outgoing_rules import OutgoingRules
from syncline.engine.plan import Action, SendKind
from syncline.engine.records import PlatformRecord
from syncline.kinds.kind import Direction
from syncline.ports import (
    Clock,
    Configuration,
    Crm,
    Cursor,
    JobState,
    JsonObject,
    Links,
    PlatformRecords,
    Run,
)
from syncline.usecases.pairs import partner
from syncline.usecases.plan_leg import planner_of
from syncline.usecases.plan_outgoing import PlanOutgoing
from syncline.usecases.previewed import Preview, PreviewField, PreviewRow
from syncline.usecases.resolve_job import JobSetup
from syncline.usecases.resolve_outgoing import (
    Counterpart,
    make_outgoing_frame,
    outgoing_rules,
)
from syncline.usecases.settle_batch import waiting_list
from syncline.usecases.suspects import Suspects

_AT_ONCE: Final = 200
_LOOKED_AT: Final = 2000
"""Edited records that are looked at in search of those to show: an API must answer in seconds."""


@dataclass(slots=True)
class _Read:
    """How far a preview has read. `whole`: there is nothing behind."""

    ids: set[str]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class PreviewOutgoing:
    """Every record that would be written is compared with Salesforce's own; a run does so with
    those that changed there, and decides the same. Records that would be left are not shown."""

    setup: JobSetup
    crm: Crm
    links: Links
    records: PlatformRecords
    configuration: Configuration
    clock: Clock

    def __call__(self, run: Run, limit: int) -> Preview:
        frame = self._frame(run)
        rules = outgoing_rules(self.setup, frame, self.crm.dialect)
        rules = replace(rules, apply_parent_rule=False)
        planner = planner_of(self, rules, frame, Suspects(None))
        read = _Read(set())
        actions = list(islice(self._planned(planner, frame, read), limit))
        records = self.records.get(rules.object, [action.key for action in actions])
        rows = tuple(_row(action, records[action.key], rules) for action in actions)
        total = len(read.ids) if read.whole else None
        return Preview(Direction.OUTBOUND, rows=rows, total=total)

    def _frame(self, run: Run) -> JsonObject:
        """Nothing is known of what changed in the CRM, so nothing is asked of states of jobs."""
        other = partner(self.configuration, self.setup)
        return make_outgoing_frame(
            self.setup,
            self.crm,
            run,
            JobState(),
            counterpart=Counterpart(other, JobState()) if other else None,
            now=self.clock.now(),
        )

    def _planned(self, planner: PlanOutgoing, frame: JsonObject, read: _Read) -> Iterator[Action]:
        """In the order of a run: whose account was linked since, then what people edited."""
        for ids in self._batches(planner.rules.object, frame["since"]):
            fresh = [id for id in dict.fromkeys(ids) if id not in read.ids]
            read.ids.update(fresh)
            yield from planner(fresh).actions
            if len(read.ids) >= _LOOKED_AT:
                return
        read.whole = True

    def _batches(self, object: str, since: str) -> Iterator[Sequence[str]]:
        after: tuple[str, str] | None = None
        filed = waiting_list(object, self.setup.name)
        while waiting := self.links.called(filed, limit=_AT_ONCE, after=after):
            after = waiting[-1]
            yield [child for _, child in waiting]
        cursor: Cursor | None = None
        while True:
            ids, cursor = self.records.edited(object, since=since, limit=_AT_ONCE, cursor=cursor)
            yield ids
            if cursor is None:
                return


def _row(action: Action, record: PlatformRecord, rules: OutgoingRules) -> PreviewRow:
    return PreviewRow(
        crm_id=action.crm_id,
        platform_id=action.key,
        verb=str(action.verb),
        reason=action.reason,
        detail=action.detail,
        values=record.values,
        fields=tuple(_fields(action, rules)),
    )


def _fields(action: Action, rules: OutgoingRules) -> Iterator[PreviewField]:
    if action.send is None or action.send.kind is SendKind.DELETE:
        return
    sources = {line.crm: line.attribute for line in rules.lines}
    before = {name: before for name, before, _ in action.changes}
    for name, after in action.send.values.items():
        attribute = sources.get(name)
        yield PreviewField(name, attribute, before.get(attribute or ""), after)
