"""The preview of an inbound job: the first records that Salesforce gives, planned as in a run."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from syncline.engine.plan import Action
from syncline.engine.records import Change, Upserted, Value
from syncline.engine.rules import Rules
from syncline.errors import RecordRejectedError
from syncline.kinds.kind import Direction
from syncline.ports import Batch, Clock, Crm, JobState, Links, Phase, PlatformRecords, Run
from syncline.usecases.further_people import further_people
from syncline.usecases.plan_batch import PlanBatch
from syncline.usecases.previewed import Preview, PreviewField, PreviewRow
from syncline.usecases.resolve_job import JobSetup, make_frame, request_of, rules_of


@dataclass(frozen=True, slots=True)
class PreviewIncoming:
    """Records that would be left as they are, are shown, too: they were read."""

    setup: JobSetup
    crm: Crm
    links: Links
    records: PlatformRecords
    clock: Clock

    def __call__(self, run: Run, limit: int) -> Preview:
        frame = make_frame(self.setup, self.crm, run, JobState())
        batch = self._first(frame, limit)
        rules = replace(rules_of(self.setup, frame, self.crm.dialect), apply_parent_rule=False)
        changes = batch.changes[:limit]
        people = further_people(self.setup, self.crm, frame)
        plan = PlanBatch(self.links, self.records, rules, self.clock, people)(changes)
        actions = {action.key: action for action in plan.actions}
        rows = tuple(_row(change, actions.get(change.key), rules) for change in changes)
        return Preview(Direction.INBOUND, rows=rows, total=batch.total)

    def _first(self, frame: Mapping[str, Any], limit: int) -> Batch:
        request = request_of(self.setup, frame, Phase.LIVE)
        request = replace(request, batch_size=limit, first_only=True)
        for item in self.crm.changes(request, None):
            if isinstance(item, Batch):
                return item
        return Batch(changes=(), cursor={}, total=0)


def _row(change: Change, action: Action | None, rules: Rules) -> PreviewRow:
    values: dict[str, Value] = {}
    if isinstance(change, Upserted):
        try:
            values = rules.mapper(change.row)
        except RecordRejectedError:
            values = {}
    made = action.record.values if action and action.record else {}
    values |= {name: made[name] for name in rules.frozen if name in made}
    changes = action.changes if action else ()
    return PreviewRow(
        crm_id=change.key,
        platform_id=action.platform_id if action else None,
        verb=str(action.verb) if action else "leave",
        reason=action.reason if action else "unchanged",
        detail=action.detail if action else "",
        values=values,
        fields=tuple(PreviewField(name, name, before, after) for name, before, after in changes),
    )
