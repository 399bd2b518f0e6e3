"""A person decides what both sides changed: which side's value each contested attribute keeps."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NoReturn

from syncline.engine.made_anew import has_moved, orphaned
from syncline.engine.merge import CONTESTED
from syncline.engine.moments import precise_instant, to_the_second
from syncline.engine.plan import Action, Plan, Verb, pointed
from syncline.engine.records import Link, LinkState, PlatformRecord, Values
from syncline.errors import ConflictError
from syncline.kinds.kind import Direction
from syncline.kinds.registry import KINDS
from syncline.ports import (
    Clock,
    Configuration,
    Conflict,
    ConflictPlace,
    ConflictsFactory,
    Journal,
    JsonObject,
    LinksFactory,
    LinkWrite,
    RecordsFactory,
    RecordWrite,
)
from syncline.usecases.apply_batch import journal_name, plan_to_entry
from syncline.usecases.find import find_jobs
from syncline.usecases.findings import Finding, InvalidInputError
from syncline.usecases.list_conflicts import find_conflict
from syncline.usecases.resolution import (
    Choice,
    Decided,
    Standing,
    moved_on,
    resolving_action,
    standing_of_conflict,
    standing_of_hold,
)
from syncline.usecases.resolve_job import load_job
from syncline.usecases.write_lines import written_to

_ATTEMPTS: Final = 4
RESOLUTIONS: Final = "resolutions"
"""Where the journal keeps decisions: as if they were runs, so that the story finds them."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What was decided. `senders` are the jobs that carry the platform's values to the CRM;
    `write_back` among them is no job, but what does so without one."""

    conflict: Conflict
    choices: Mapping[str, Choice]
    values: Values
    """What the platform has of the contested attributes now."""
    entry: str
    senders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """What is known of the record now."""

    link: Link | None
    record: PlatformRecord
    standing: Standing


@dataclass(frozen=True, slots=True)
class ResolveConflict:
    """Needs no CRM. Its value is taken over, or acknowledged so that the platform's is an
    uncontested change that the next outbound run sends.

    What the platform keeps of an attribute that is written back waits in the record's outbox then,
    and the next sweep tells the writer. The decision is journalled, then applied: record,
    cross-reference, conflict. The same call after a crash goes on with its own entry.
    """

    configuration: Configuration
    records: RecordsFactory
    links: LinksFactory
    conflicts: ConflictsFactory
    journal: Journal
    clock: Clock

    def __call__(
        self,
        workspace: str,
        place: ConflictPlace,
        choose: Choice | Mapping[str, Choice],
        *,
        by: str,
    ) -> Resolved:
        """`choose` is one choice for all contested attributes or one for each; `by` is who.

        NotFoundError (unknown_conflict); InvalidInputError for an attribute that is not contested
        or has no choice; ConflictError when the values are others by now: then the conflict is
        brought up to date, so that looking again shows them.
        """
        conflict = find_conflict(self.conflicts, workspace, place)
        choices = complete_choices(choose, conflict)
        run = _resolution_id(conflict, choices)
        for attempt in range(_ATTEMPTS):
            name = journal_name(0, attempt)
            entry = self.journal.get(workspace, run, name)
            if entry is None:
                planned = self._plan(workspace, conflict, choices, by)
                entry = self.journal.put(workspace, run, name, planned)
            pointer = f"{run}/{name}/0"
            action = pointed(Action.from_json(entry["actions"][0]), pointer)
            if self._apply(workspace, conflict, action):
                self.conflicts(workspace).remove([conflict.place])
                senders = self._senders(workspace, conflict) + _writers(action)
                return Resolved(conflict, choices, _kept(conflict, action), pointer, senders)
        raise ConflictError("the record keeps changing; try again", code="version_conflict")

    def _plan(
        self, workspace: str, conflict: Conflict, choices: Mapping[str, Choice], by: str
    ) -> JsonObject:
        """The entry of the journal."""
        found = self._find(workspace, conflict)
        now = precise_instant(self.clock.now())
        if moved_on(conflict, found.standing):
            self._show_anew(workspace, conflict, found)
        written = written_to(self.configuration, workspace, conflict.connection, conflict.object)
        receipt = _resolution_id(conflict, choices).rpartition(".")[2]
        decided = Decided(conflict, found.standing, choices, written, receipt)
        action = resolving_action(decided, found.link, found.record, now)
        return plan_to_entry(Plan(read=0, left={}, actions=(action,)), at=to_the_second(now), by=by)

    def _find(self, workspace: str, conflict: Conflict) -> _Found:
        records, links = self.records(workspace), self.links(workspace, conflict.connection)
        id = conflict.platform_id
        record = records.get(conflict.object, [id]).get(id)
        link = links.get([conflict.crm_id]).get(conflict.crm_id)
        if record is None or record.deleted:
            self._drop(workspace, conflict, "the record was deleted on the platform")
        known = link and self._taken_over(workspace, link, id)
        if known is not None and not _open(known, id):
            self._drop(workspace, conflict, f"its cross-reference is {known.state} now")
        standing = self._standing(workspace, conflict, known, record)
        return _Found(link, record, standing)

    def _taken_over(self, workspace: str, link: Link, platform_id: str) -> Link:
        """The link as a record goes on with it that was made anew in place of a deleted one."""
        if link.state is not LinkState.LINKED or not has_moved(link, platform_id):
            return link
        former = self.records(workspace).get(link.object, [str(link.platform_id)])
        gone = all(each.deleted for each in former.values())
        return replace(orphaned(link), platform_id=platform_id) if gone else link

    def _standing(
        self, workspace: str, conflict: Conflict, link: Link | None, record: PlatformRecord
    ) -> Standing:
        if link is None:
            nothing = Link(conflict.crm_id, conflict.object, LinkState.LINKED, 0)
            return standing_of_conflict(nothing, record, conflict)
        job, hold = self._hold(workspace, link)
        attributes = self._mergeable(workspace, job)
        if hold is None or not attributes:
            return standing_of_conflict(link, record, conflict)
        crm = link.baseline if hold.values is None else hold.values
        return standing_of_hold(link, record, conflict, crm, attributes)

    def _hold(self, workspace: str, link: Link) -> tuple[str, Action | None]:
        """The inbound decision to hold, and its job, if nothing but other holds came after it."""
        pointer = link.last
        while pointer is not None:
            run, batch, attempt, index = pointer.split("/")
            entry = self.journal.get(workspace, run, f"{batch}/{attempt}")
            action = Action.from_json(entry["actions"][int(index)]) if entry else None
            if action is None or (action.verb, action.reason) != (Verb.HOLD, CONTESTED):
                break
            if action.key == link.crm_id:
                return run.partition(".")[0], action
            pointer = action.previous
        return "", None

    def _mergeable(self, workspace: str, job: str) -> Sequence[str]:
        """What a merge of that inbound job may change; nothing if it is gone."""
        if job not in find_jobs(self.configuration, workspace):
            return ()
        setup = load_job(self.configuration, workspace, job)
        if setup.kind.direction is not Direction.INBOUND:
            return ()
        fixed = {setup.kind.parent, *setup.kind.frozen}
        return tuple(line.platform for line in setup.lines() if line.platform not in fixed)

    def _apply(self, workspace: str, conflict: Conflict, action: Action) -> bool:
        """Whether everything is written; False where somebody else was first."""
        if action.record is not None:
            write = RecordWrite(
                action.record,
                expected=action.record.version - 1,
                before=action.record_before,
                feed=bool(action.record.edits),
            )
            if not self.records(workspace).write([write])[0]:
                return False
        links = self.links(workspace, conflict.connection)
        if action.link is None:
            return True
        before = action.link_before
        lived = before is not None and before.state is LinkState.LINKED
        if not lived or has_moved(before, conflict.platform_id):
            links.release([conflict.crm_id, conflict.platform_id])
        expected = action.link.version - 1
        return links.write([LinkWrite(action.link, expected, before=action.link_before)])[0]

    def _drop(self, workspace: str, conflict: Conflict, why: str) -> NoReturn:
        self.conflicts(workspace).remove([conflict.place])
        raise ConflictError(f"there is nothing to decide any more: {why}", code="conflict_settled")

    def _show_anew(self, workspace: str, conflict: Conflict, found: _Found) -> NoReturn:
        seen = found.link.stamp if found.link else ""
        fresh = replace(conflict, at=max(conflict.at, seen), fields=found.standing.contests)
        self.conflicts(workspace).put([fresh])
        raise ConflictError(
            "the record was changed since this conflict was noted; look at it again, it shows"
            " today's values now",
            code="conflict_changed",
        )

    def _senders(self, workspace: str, conflict: Conflict) -> tuple[str, ...]:
        return tuple(
            name
            for name, job in find_jobs(self.configuration, workspace).items()
            if job.enabled
            and job.connection == conflict.connection
            and KINDS[job.kind].direction is Direction.OUTBOUND
            and KINDS[job.kind].object == conflict.object
        )


def _kept(conflict: Conflict, action: Action) -> Values:
    """What is no longer contested has the CRM's value on both sides."""
    agreed = action.link.baseline if action.link else {}
    decided = {
        name: crm if winner == "crm" else platform
        for name, crm, platform, winner in action.contests
    }
    return {name: decided.get(name, agreed.get(name)) for name in conflict.fields}


def _writers(action: Action) -> tuple[str, ...]:
    """Write-back, where the decision was put into the record's outbox."""
    before = action.record_before.outbox if action.record_before else ()
    return ("write_back",) if action.record and action.record.outbox != before else ()


def _open(link: Link, platform_id: str) -> bool:
    """Whether a decision about that pair can still be written."""
    if link.state is LinkState.LINKED:
        return link.platform_id == platform_id
    return link.state is LinkState.REJECTED


def complete_choices(
    choose: Choice | Mapping[str, Choice], conflict: Conflict
) -> dict[str, Choice]:
    """One choice for each contested attribute. InvalidInputError with every finding."""
    if isinstance(choose, str):
        return dict.fromkeys(conflict.fields, choose)
    findings = [
        *(_unknown(name, conflict) for name in choose if name not in conflict.fields),
        *(_missing(name) for name in conflict.fields if name not in choose),
    ]
    if findings:
        raise InvalidInputError(findings[0].message, code="invalid_body", findings=findings)
    return dict(choose)


def _unknown(name: str, conflict: Conflict) -> Finding:
    return Finding(
        code="not_contested",
        field=f"/choose/{name}",
        message=f"'{name}' is not contested",
        remedy=f"Choose for {', '.join(sorted(conflict.fields))}; edit anything else directly.",
    )


def _missing(name: str) -> Finding:
    return Finding(
        code="missing_choice",
        field=f"/choose/{name}",
        message=f"'{name}' is contested, too, and has no choice",
        remedy="Give 'salesforce' or 'platform' for it.",
    )


def _resolution_id(conflict: Conflict, choices: Mapping[str, Choice]) -> str:
    """The same for the same decision about the same conflict, so that a repeated call meets what
    the first one wrote."""
    told = [conflict.connection, conflict.platform_id, conflict.run, conflict.at]
    text = json.dumps([told, sorted(conflict.fields.items()), sorted(choices.items())])
    return f"{RESOLUTIONS}.{hashlib.sha256(text.encode()).hexdigest()[:24]}"
