"""A plan of write-back as the journal keeps it: beside the actions, what settling them after a
crash must know."""

from collections.abc import Mapping
from dataclasses import asdict, astuple
from typing import Any

from syncline.engine.edited import EditOther
from syncline.engine.plan import Plan
from syncline.engine.records import outbox_from, outbox_json
from syncline.engine.told import Told
from syncline.engine.write_back import Decision
from syncline.usecases.apply_batch import plan_from_entry, plan_to_entry
from syncline.usecases.plan_write_back import WriteBackPlan, with_receipts


def bulk_entry(plan: WriteBackPlan, **extra: Any) -> dict[str, Any]:
    """JSON; `extra` is kept as it is."""
    actions = with_receipts((each.action for each in plan.decisions), plan.entries)
    told = {
        each.action.key: {name: list(astuple(told)) for name, told in each.told.items()}
        for each in plan.decisions
    }
    edits = {
        each.action.key: [asdict(edit) for edit in each.edits]
        for each in plan.decisions
        if each.edits
    }
    outboxes = {own: outbox_json(entries) for own, entries in plan.entries.items()}
    stored = Plan(read=len(actions), left={}, actions=actions)
    return plan_to_entry(stored, told=told, edits=edits, outboxes=outboxes, **extra)


def bulk_plan(entry: Mapping[str, Any]) -> WriteBackPlan:
    """What `bulk_entry` made an entry of."""
    decisions = tuple(
        Decision(
            action,
            {name: Told(*told) for name, told in entry["told"][action.key].items()},
            tuple(EditOther(**edit) for edit in entry["edits"].get(action.key, ())),
        )
        for action in plan_from_entry(entry).actions
    )
    entries = {own: outbox_from(stored) for own, stored in entry["outboxes"].items()}
    return WriteBackPlan(decisions, entries)
