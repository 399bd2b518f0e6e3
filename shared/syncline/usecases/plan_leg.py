"""The planning of an outbound run: what may have changed in the CRM, then a plan for everything."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from syncline.engine.ledger import Ledger
from syncline.engine.outgoing_rules import OutgoingRules
from syncline.engine.plan import Action, Plan, Verb
from syncline.ports import Crm, JsonObject, Links, PlatformRecords, RunMode, Waiting
from syncline.usecases.apply_batch import (
    changed_since_plan,
    journal_name,
    plan_from_entry,
    plan_to_entry,
)
from syncline.usecases.leg import HandoverError, Leg
from syncline.usecases.plan_outgoing import PlanOutgoing
from syncline.usecases.resolve_job import JobSetup
from syncline.usecases.settle_batch import waiting_list
from syncline.usecases.suspects import Suspects, list_suspects

_CALLED_AT_ONCE: Final = 200
FIRST: Final = "first"
"""Option of a run that planned anew: the number of its first batch."""
TIMES: Final = "times"
"""Option of such a run: how often it did."""


@dataclass(slots=True)
class PlanLeg(Leg):
    """`options` of the run hold what planning found: `planned` batches, `sends` by kind of write,
    and the CRM `fields` that are sent."""

    def find_suspects(self, _rules: OutgoingRules) -> None:
        """One change query; its ids are stored apart, for all legs."""
        frame = self.run.frame
        since = frame["suspects_since"]
        if since is None or self.run.mode is RunMode.APPLY:
            return
        listed = list_suspects(self.crm, frame["object"], since=since, cursor=self.run.cursor)
        if isinstance(listed, Waiting):
            self.checkpoint(replace(self.run, cursor=listed.cursor))
            raise HandoverError(listed.seconds)
        name = journal_name(0, self.run.options.get(TIMES, 0))
        self.journal.put(self.run.workspace, self._aside, name, {"ids": listed})

    @property
    def first(self) -> int:
        """The first batch that counts: those before it were planned, never sent, and given up."""
        return int(self.run.options.get(FIRST, 0))

    @property
    def _aside(self) -> str:
        """Where the run keeps what is no plan."""
        return f"{self.run.id}.suspects"

    def _suspects(self) -> Suspects:
        name = journal_name(0, self.run.options.get(TIMES, 0))
        stored = self.journal.get(self.run.workspace, self._aside, name)
        return Suspects(stored["ids"] if stored else None)

    def _planner(self, rules: OutgoingRules) -> PlanOutgoing:
        return planner_of(self, rules, self.run.frame, self._suspects())

    def plan_called(self, rules: OutgoingRules) -> None:
        """Records whose account was linked since, and those that were to be tried again (X8)."""
        if self.run.mode is RunMode.APPLY:
            return
        planner, seen = self._planner(rules), self._called()
        filed = waiting_list(self.setup.kind.object, self.run.job)
        stored = self.run.cursor or {}
        after = tuple(stored["after"]) if stored else None
        while waiting := self.links.called(filed, limit=_CALLED_AT_ONCE, after=after):
            self.pause_if_due()
            after = waiting[-1]
            children = {child: parent for parent, child in waiting}
            fresh = [child for child in children if child not in seen]
            seen.update(children)
            self._take(planner(fresh), {"after": list(after)}, children)

    def plan_edited(self, rules: OutgoingRules) -> None:
        """What is edited while the feed is read may come to stand in it anew, behind the page that
        has it; planned twice it would be created twice, so it is left to the next run."""
        if self.run.mode is RunMode.APPLY:
            self._take_stored_plan(rules)
            return
        planner, place, called = self._planner(rules), self.run.cursor, self._called()
        while place is None or place.get("feed") is not None:
            self.pause_if_due()
            ids, following = self.records.edited(
                rules.object,
                since=self.run.frame["since"],
                limit=self.batch_size,
                cursor=place and place["feed"],
            )
            fresh = [each for each in ids if each not in called]
            plan = planner(fresh, before=self.run.frame["started"] if place else None)
            place = {"feed": following}
            self._take(plan, place, {})

    def _called(self) -> set[str]:
        """What this run has planned already: an edit of it is in the feed all the same, and planned
        twice it would be created twice."""
        found: set[str] = set()
        for number in range(self.first, self.run.batch):
            name = journal_name(number, 0)
            entry = self.journal.get(self.run.workspace, self.run.id, name) or {}
            if not entry.get("called"):
                break
            found.update(entry["called"])
        return found

    def _take(self, plan: Plan, cursor: JsonObject, called: Mapping[str, str]) -> None:
        """Journals the plan of a batch and moves the checkpoint behind it."""
        self.guard(plan.deletions() + self.run.options.get("sends", {}).get("delete", 0))
        name = journal_name(self.run.batch, 0)
        entry = plan_to_entry(plan, called=dict(called), cursor=dict(cursor))
        stored = self.journal.put(self.run.workspace, self.run.id, name, entry)
        kept = plan_from_entry(stored)
        sends = dict(self.run.options.get("sends", {}))
        fields = set(self.run.options.get("fields", ()))
        for action in kept.actions:
            if action.send is not None:
                sends[action.send.kind] = sends.get(action.send.kind, 0) + 1
                fields.update(action.send.values)
        found = {"sends": sends, "fields": sorted(fields), "planned": self.run.batch + 1}
        ledger = Ledger.from_json(self.run.ledger)
        if self.run.mode is RunMode.PLAN:
            ledger.add(kept.ledger())
        self.checkpoint(
            replace(
                self.run,
                batch=self.run.batch + 1,
                cursor=stored["cursor"],
                ledger=ledger.to_json(),
                options={**self.run.options, **found},
            )
        )

    def _take_stored_plan(self, rules: OutgoingRules) -> None:
        """Exactly what the stored plan says; records that would be planned otherwise are held."""
        assert self.run.plan is not None  # noqa: S101 - start_run sets it for this mode
        planner = planner_of(self, rules, self.run.frame, Suspects(None))
        after = (self.run.cursor or {}).get("name", "")
        while names := self.journal.names(self.run.workspace, self.run.plan, after=after):
            for name in names:
                self.pause_if_due()
                after = name
                entry = self.journal.get(self.run.workspace, self.run.plan, name)
                if entry is not None:
                    plan = self._still_so(planner, plan_from_entry(entry))
                    self._take(plan, {"name": name}, entry.get("called", {}))

    def _still_so(self, planner: PlanOutgoing, plan: Plan) -> Plan:
        records = self.records.get(planner.rules.object, [action.key for action in plan.actions])
        now = {action.key: action for action in planner.decide(list(records.values()))}
        actions = tuple(
            action if _same(action, now.get(action.key)) else changed_since_plan(action)
            for action in plan.actions
        )
        return replace(plan, actions=actions)


class Sides(Protocol):
    """What a plan is made from: a leg's, or a preview's."""

    @property
    def setup(self) -> JobSetup: ...
    @property
    def crm(self) -> Crm: ...
    @property
    def links(self) -> Links: ...
    @property
    def records(self) -> PlatformRecords: ...


def planner_of(
    sides: Sides, rules: OutgoingRules, frame: JsonObject, suspects: Suspects
) -> PlanOutgoing:
    """Of runs and of previews."""
    setup = sides.setup
    keys = (line.salesforce for line in setup.lines() if line.platform == "external_id")
    return PlanOutgoing(
        links=sides.links,
        records=sides.records,
        crm=sides.crm,
        rules=rules,
        frame=frame,
        people=setup.kind.people,
        parent_object=setup.kind.parent_object,
        key_path=next(keys, sides.crm.dialect.id_field),
        suspects=suspects,
    )


def _same(planned: Action, now: Action | None) -> bool:
    if now is None:
        return planned.verb is Verb.LEAVE
    told = (planned.verb, planned.reason, planned.send, tuple(map(tuple, planned.changes)))
    return told == (now.verb, now.reason, now.send, tuple(map(tuple, now.changes)))
