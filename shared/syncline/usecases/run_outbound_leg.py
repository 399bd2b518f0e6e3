"""The legs of an outbound run: all is planned, then written and settled batch by batch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from syncline.engine.ledger import Ledger
from syncline.engine.moments import canonical_instant
from syncline.engine.outgoing_rules import OutgoingRules
from syncline.engine.plan import Action, Plan, SendKind
from syncline.errors import ConfigurationError, RetryableError
from syncline.kinds.registry import KINDS
from syncline.ports import (
    Answers,
    JsonObject,
    Row,
    RowAnswer,
    RunMode,
    Waiting,
    WriteRequest,
)
from syncline.ports import Run as StoredRun
from syncline.usecases.abandon_jobs import DIRECT, abandon, jobs_of
from syncline.usecases.apply_batch import journal_name, plan_from_entry
from syncline.usecases.leg import HandoverError
from syncline.usecases.pairs import PLAN_ANEW
from syncline.usecases.plan_leg import FIRST, TIMES, PlanLeg
from syncline.usecases.resolve_outgoing import (
    CALLED,
    EDITED,
    SEND,
    SETTLE,
    SUSPECTS,
    outgoing_rules,
)
from syncline.usecases.settle_batch import SettleBatch, waiting_list

_ORDER: Final = (SendKind.CREATE, SendKind.UPDATE, SendKind.DELETE)


NO_BULK: Final = "bulk_unsupported"
STOPPED: Final = "stopped"
"""Option of a run that goes on after it had ended: it settles its creations, and changes no record
by a plan that may have been overtaken. Its value becomes the batch at hand when it ended."""
_NONE: Final = -1
REFUSED: Final = "refused"
"""In place of a job's cursor, as DIRECT: none of the rows can be written."""
_SET_A_KEY: Final = " Name an external-id field for it in 'creation_keys' of the connection."
_UNKNOWN: Final = RowAnswer(
    None,
    code="creation_unknown",
    message="The CRM no longer knows the job that was to create it: look whether it is there. "
    "If so, give this record its id as External Id; if not, edit this record",
)


@dataclass(frozen=True, slots=True)
class SameAnswer:
    """The Answers of a job that has none of its own."""

    answer: RowAnswer | None

    def take(self, row: Row) -> RowAnswer | None:  # noqa: ARG002  the same for every row
        return self.answer

    def close(self) -> None:
        """There is nothing to let go of."""


@dataclass(slots=True)
class OutboundLeg(PlanLeg):
    """Beside what planning found, `options` of the run hold the `jobs` that were submitted, each by
    its cursor."""

    _answers: dict[SendKind, Answers] = field(default_factory=dict)

    def work(self) -> StoredRun:
        if PLAN_ANEW in self.run.options:
            self._plan_anew()
        if self.run.options.get(STOPPED) is True:
            self._leave_the_rest()
        rules = outgoing_rules(self.setup, self.run.frame, self.crm.dialect)
        phases = {
            SUSPECTS: self.find_suspects,
            CALLED: self.plan_called,
            EDITED: self.plan_edited,
            SEND: self._submit,
            SETTLE: self._settle,
        }
        try:
            self.walk({name: partial(do, rules) for name, do in phases.items()})
        finally:
            for answers in self._answers.values():
                answers.close()
        return self.run

    def _plan_anew(self) -> None:
        """A plan that lay still may have been overtaken on either side: as long as nothing of it
        was sent it is made again, in batches behind the old ones, the last of which may be
        journalled and not counted. Else what is sent is settled, and the rest is the next run's."""
        unsent = not self.run.options.get("jobs")
        told = {name: each for name, each in self.run.options.items() if name != PLAN_ANEW}
        if self.run.mode is RunMode.PLAN:
            self.checkpoint(replace(self.run, options=told))
            return
        if not unsent or self.run.phase > self.run.frame["phases"].index(SEND):
            self.checkpoint(replace(self.run, options={STOPPED: True} | told))
            return
        for name in ("sends", "fields", "planned"):
            told.pop(name, None)
        behind = self.run.batch + 1
        told |= {FIRST: behind, TIMES: told.get(TIMES, 0) + 1}
        self.checkpoint(replace(self.run, phase=0, batch=behind, cursor=None, options=told))

    def _leave_the_rest(self) -> None:
        """What is written at once has been sent up to the batch at hand, or not even that: a
        creation of that one is repeated, behind it none was begun, and none before settling. Jobs
        that were not collected are stopped; what they have written is settled."""
        abandon(self.crm, list(jobs_of(self.run).values()))
        settling = self.run.phase >= self.run.frame["phases"].index(SETTLE)
        at_hand = (self.run.cursor or {}).get("settled", self.first) if settling else _NONE
        self.checkpoint(replace(self.run, options={**self.run.options, STOPPED: at_hand}))

    def _request(self, kind: SendKind) -> WriteRequest | None:
        """What is written in that way in the whole run, if anything is."""
        count = self.run.options.get("sends", {}).get(kind, 0)
        if not count:
            return None
        frame, delete = self.run.frame, kind is SendKind.DELETE
        return WriteRequest(
            object=frame["object"],
            kind=kind,
            fields=() if delete else tuple(self.run.options.get("fields", ())),
            count=count,
            key_field=frame["key_field"] if kind is SendKind.CREATE else None,
        )

    def _submit(self, _rules: OutgoingRules) -> None:
        """Whatever is cheaper as one job becomes one; its cursor is stored before it may begin."""
        for kind in _ORDER:
            request = self._request(kind)
            jobs = self.run.options.get("jobs", {})
            if request is None or kind in jobs or not self.crm.wants_job(request):
                continue
            if STOPPED in self.run.options:
                return
            options = {**self.run.options, "jobs": {**jobs, kind: self._submitted(request)}}
            self.checkpoint(replace(self.run, options=options))

    def _submitted(self, request: WriteRequest) -> JsonObject:
        """Some objects are not for the Bulk API: what may be repeated is then written at once; a
        creation without a key must not be, so each record says why it was not made."""
        try:
            return dict(self.crm.submit(request, self._rows(request.kind)))
        except ConfigurationError as exc:
            if exc.code != NO_BULK:
                raise
            return {DIRECT: True} if request.repeatable else {REFUSED: exc.message}

    def _rows(self, kind: SendKind) -> Iterator[Row]:
        for number in range(self.first, self.run.options.get("planned", 0)):
            yield from map(self._row, sent_by(self._planned(number)[0].actions, kind))

    def _planned(self, number: int) -> tuple[Plan, Mapping[str, str]]:
        entry = self.journal.get(self.run.workspace, self.run.id, journal_name(number, 0))
        if entry is None:
            return Plan(read=0, left={}, actions=()), {}
        return plan_from_entry(entry), entry.get("called", {})

    def _collect(self) -> None:
        """Every job must have ended before the first batch is settled."""
        for kind, cursor in sorted(self.run.options.get("jobs", {}).items()):
            request = self._request(SendKind(kind))
            if request is None or SendKind(kind) in self._answers or DIRECT in cursor:
                continue
            found = self._collected(request, cursor)
            if isinstance(found, Waiting):
                jobs = {**self.run.options["jobs"], kind: dict(found.cursor)}
                self.checkpoint(replace(self.run, options={**self.run.options, "jobs": jobs}))
                raise HandoverError(found.seconds)
            self._answers[SendKind(kind)] = found
            if not request.repeatable:
                self._take_settled(found)

    def _take_settled(self, answers: Answers) -> None:
        """Answers that are collected anew start full: equal rows of batches that are settled have
        had theirs."""
        for number in range(self.first, (self.run.cursor or {}).get("settled", self.first)):
            for action in sent_by(self._planned(number)[0].actions, SendKind.CREATE):
                answers.take(self._row(action))

    def _collected(self, request: WriteRequest, cursor: JsonObject) -> Waiting | Answers:
        """A job that gives no answers must not stop its run: each record says what became of it."""
        if REFUSED in cursor:
            return SameAnswer(RowAnswer(None, code=NO_BULK, message=cursor[REFUSED] + _SET_A_KEY))
        try:
            return self.crm.collect(request, cursor)
        except ConfigurationError as exc:
            if exc.code != "job_refused":
                raise
            return SameAnswer(RowAnswer(None, code="job_refused", message=exc.message))
        except RetryableError as exc:
            if exc.code != "job_lost":
                raise
            return SameAnswer(None if request.repeatable else _UNKNOWN)

    def _settle(self, rules: OutgoingRules) -> None:
        self._collect()
        settle = self._settler(rules)
        done = (self.run.cursor or {}).get("settled", self.first)
        for number in range(done, self.run.options.get("planned", 0)):
            self.pause_if_due()
            plan, called = self._planned(number)
            answers = self._answers_to(number, plan.actions)
            ended = settle(number, plan, answers, canonical_instant(self.crm.now()))
            self._forget(called, ended)
            counts = ended.ledger()
            counts.check()
            ledger = Ledger.from_json(self.run.ledger)
            ledger.add(counts)
            ledger.check()
            cursor = {"settled": number + 1}
            self.checkpoint(replace(self.run, cursor=cursor, ledger=ledger.to_json()))

    def _settler(self, rules: OutgoingRules) -> SettleBatch:
        return SettleBatch(
            workspace=self.run.workspace,
            run=self.run.id,
            job=self.run.job,
            begun=self.run.started_at or self.run.created_at,
            connection=self.setup.job.connection,
            links=self.links,
            records=self.records,
            journal=self.journal,
            conflicts=self.conflicts,
            rules=rules,
            parent_object=self.setup.kind.parent_object,
            releases=any(kind.parent_object == rules.object for kind in KINDS.values()),
        )

    def _answers_to(self, number: int, actions: Sequence[Action]) -> dict[str, RowAnswer | None]:
        """By platform id, of what was sent."""
        found: dict[str, RowAnswer | None] = {}
        at_hand = self.run.options.get(STOPPED, number)
        for kind in _ORDER:
            sending, request = sent_by(actions, kind), self._request(kind)
            if not sending or request is None:
                continue
            late = STOPPED in self.run.options and (kind, number) != (SendKind.CREATE, at_hand)
            if late and kind not in self._answers:
                continue
            rows = [self._row(action) for action in sending]
            if kind in self._answers:
                given = [self._answers[kind].take(row) for row in rows]
            else:
                given = list(self.crm.write(request, rows))
            found.update({a.key: each for a, each in zip(sending, given, strict=True)})
        return found

    def _row(self, action: Action) -> Row:
        send = action.send
        assert send is not None  # noqa: S101 - sent_by chose it
        created = send.kind is SendKind.CREATE
        key = self.setup.creation_key(action.key) if created else action.key
        return Row(key, send.id, send.values)

    def _forget(self, called: Mapping[str, str], ended: Plan) -> None:
        """What was called and has not to wait again is filed no longer."""
        waiting = {a.key for a in ended.actions if a.waits_for or a.reason == "try_again"}
        done = {child: parent for child, parent in called.items() if child not in waiting}
        if done:
            filed = waiting_list(self.setup.kind.object, self.run.job)
            self.links.settle(filed, done, waiting=True)


def sent_by(actions: Sequence[Action], kind: SendKind) -> Sequence[Action]:
    """What is written in that way, in the order of the plan."""
    return [each for each in actions if each.send is not None and each.send.kind is kind]
