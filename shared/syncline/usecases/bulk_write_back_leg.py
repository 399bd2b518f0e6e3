"""The legs of bulk write-back: all is planned, then written and settled batch by batch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from syncline.engine.ledger import Ledger, is_trouble
from syncline.engine.moments import canonical_instant
from syncline.engine.plan import Plan, SendKind
from syncline.engine.told import APPLIED, HELD, REFUSED, Told
from syncline.engine.write_back import Decision
from syncline.errors import ConfigurationError, RetryableError
from syncline.ports import (
    Answers,
    Configuration,
    Cursor,
    Drain,
    JsonObject,
    ReceiptsFactory,
    Row,
    RowAnswer,
    Run,
    Waiting,
    WriteBackQueues,
    WriteRequest,
)
from syncline.usecases.abandon_jobs import DIRECT, abandon, jobs_of
from syncline.usecases.apply_batch import journal_name
from syncline.usecases.bulk_frame import PLAN
from syncline.usecases.bulk_plan import bulk_plan
from syncline.usecases.leg import HandoverError
from syncline.usecases.origins import ORIGINS, origins_of
from syncline.usecases.overtaken_edits import Latest, latest_edits, note_edits, without_overtaken
from syncline.usecases.pairs import PLAN_ANEW
from syncline.usecases.plan_bulk_leg import EDITS, PlanBulkLeg
from syncline.usecases.plan_leg import FIRST, TIMES
from syncline.usecases.plan_write_back import WriteBackPlan
from syncline.usecases.refresh_references import RefreshReferences
from syncline.usecases.refused_changes import sent_apart
from syncline.usecases.resolve_outgoing import SEND, SETTLE, SUSPECTS
from syncline.usecases.run_outbound_leg import NO_BULK, STOPPED
from syncline.usecases.send_write_back import Ending, SendWriteBack
from syncline.usecases.settle_write_back import SettleWriteBack
from syncline.usecases.write_lines import sent_elsewhere

DELAYS: Final = "delays"
"""Option of a run: how often in a row something of what it is about was not answered."""
_GIVEN_UP: Final = frozenset({"job_refused", "job_lost", NO_BULK})
"""What a job ends with that has told nothing of its rows: they are written without one."""
_WRITTEN: Final = (APPLIED, "written")
_AGAIN: Final = 60
_LONGEST: Final = 900


@dataclass(slots=True, kw_only=True)
class BulkWriteBackLeg(PlanBulkLeg):
    """`jobs` among the run's options: CRM object → the cursor of the job that writes its rows."""

    configuration: Configuration
    receipts: ReceiptsFactory
    queues: WriteBackQueues
    _answers: dict[str, Answers] = field(default_factory=dict)

    def work(self) -> Run:
        if PLAN_ANEW in self.run.options:
            self._plan_anew()
        phases = {
            SUSPECTS: self.find_suspects,
            PLAN: self.plan,
            SEND: self._submit,
            SETTLE: self._settle,
        }
        try:
            self.walk(phases)
        finally:
            for answers in self._answers.values():
                answers.close()
        return self.run

    def _plan_anew(self) -> None:
        """Others may have written since: what is not sent is planned again, in batches behind the
        old ones. Jobs that were not collected are stopped; what was sent and is not settled is left
        to the next run, which finds it written."""
        abandon(self.crm, list(jobs_of(self.run).values()))
        told = {n: each for n, each in self.run.options.items() if n not in (PLAN_ANEW, "jobs")}
        if self.run.phase >= self.run.frame["phases"].index(SETTLE):
            self.checkpoint(replace(self.run, options=told | {STOPPED: True}))
            return
        for name in ("sends", "fields", "planned", EDITS):
            told.pop(name, None)
        behind = self.run.batch + 1
        told |= {FIRST: behind, TIMES: told.get(TIMES, 0) + 1}
        self.checkpoint(replace(self.run, phase=0, batch=behind, cursor=None, options=told))

    def _request(self, object: str) -> WriteRequest:
        """What is written of that CRM object in the whole run."""
        options = self.run.options
        fields = tuple(options["fields"][object])
        return WriteRequest(object, SendKind.UPDATE, fields, options["sends"][object])

    def _submit(self) -> None:
        """Whatever is cheaper as one job becomes one; its cursor is stored before it may begin."""
        for object in sorted(self.run.options.get("sends", {})):
            request = self._request(object)
            if object in self.run.options.get("jobs", {}) or not self.crm.wants_job(request):
                continue
            self._note(object, self._submitted(request))

    def _submitted(self, request: WriteRequest) -> JsonObject:
        try:
            return dict(self.crm.submit(request, self._rows(request.object)))
        except ConfigurationError as exc:
            if exc.code not in _GIVEN_UP:
                raise
            return {DIRECT: True}

    def _note(self, object: str, cursor: Cursor) -> None:
        jobs = {**self.run.options.get("jobs", {}), object: dict(cursor)}
        self.checkpoint(replace(self.run, options={**self.run.options, "jobs": jobs}))

    def _rows(self, object: str) -> Iterator[Row]:
        send = self._sender()
        for number in range(self.first, self.run.options.get("planned", 0)):
            yield from send.rows(self._planned(number).decisions).get(object, ())

    def _planned(self, number: int) -> WriteBackPlan:
        entry = self.journal.get(self.run.workspace, self.run.id, journal_name(number, 0))
        return bulk_plan(entry) if entry is not None else WriteBackPlan((), {})

    def _collect(self) -> None:
        """Every job must have ended before the first batch is settled."""
        for object, cursor in sorted(self.run.options.get("jobs", {}).items()):
            if object in self._answers or DIRECT in cursor:
                continue
            found = self._collected(object, cursor)
            if isinstance(found, Waiting):
                self._note(object, found.cursor)
                raise HandoverError(found.seconds)
            if found is None:
                self._note(object, {DIRECT: True})
            else:
                self._answers[object] = found

    def _collected(self, object: str, cursor: Cursor) -> Waiting | Answers | None:
        """None where the job tells nothing; that writing twice is harmless makes it simple."""
        try:
            return self.crm.collect(self._request(object), cursor)
        except (ConfigurationError, RetryableError) as exc:
            if exc.code not in _GIVEN_UP:
                raise
            return None

    def _settle(self) -> None:
        if STOPPED not in self.run.options:
            self._collect()
        settle, send, latest = self._settler(), self._sender(), self._latest_edits()
        done = (self.run.cursor or {}).get("settled", self.first)
        for number in range(done, self.run.options.get("planned", 0)):
            self.pause_if_due()
            plan = self._planned(number)
            endings = self._sent(send, without_overtaken(plan.decisions, latest))
            settle(number, endings, plan.entries, at=canonical_instant(self.crm.now()))
            self._ask_again([each.action.key for each in endings if each.waits()])
            batch = self._refresh(endings)
            ledger = _counted(self.run, endings).to_json()
            options = {ORIGINS: self._origins(plan), **self.run.options}
            cursor = {"settled": number + 1}
            self.checkpoint(
                replace(self.run, batch=batch, cursor=cursor, ledger=ledger, options=options)
            )
        if not self.is_all():
            self._send(())

    def _origins(self, plan: WriteBackPlan) -> list[list[str]]:
        """Asked once in a run, of the first changes that it settles."""
        if ORIGINS in self.run.options:
            return []
        return origins_of(self.receipts(self.run.workspace), plan.entries)

    def _sender(self) -> SendWriteBack:
        return SendWriteBack(self.crm, self.outlets)

    def _latest_edits(self) -> Latest:
        if not self.run.options.get(EDITS):
            return {}
        numbers = range(self.first, self.run.options["planned"])
        return latest_edits(map(self._planned, numbers))

    def _refresh(self, endings: Sequence[Ending]) -> int:
        """X7, in batches behind those of the plan. One that a dead leg has left is passed over:
        what it had not done is found to be due again."""
        batch, workspace = self.run.batch, self.run.workspace
        while self.journal.get(workspace, self.run.id, journal_name(batch, 0)) is not None:
            batch += 1
        refresh = RefreshReferences(
            workspace=workspace,
            run=self.run.id,
            begun=self.run.started_at or self.run.created_at,
            configuration=self.configuration,
            crm=self.crm,
            links=self.links,
            records=self.records,
            journal=self.journal,
            conflicts=self.conflicts,
            clock=self.clock,
        )
        return refresh(batch, endings, self.outlets)

    def _sent(self, send: SendWriteBack, decisions: Sequence[Decision]) -> Sequence[Ending]:
        if STOPPED in self.run.options:
            return [Ending(each, dict(each.told)) for each in decisions]
        note_edits(self.links, decisions, at=self.run.started_at or self.run.created_at)
        return sent_apart(send, decisions, self._answers_to(send.rows(decisions)))

    def _answers_to(self, rows: Mapping[str, Sequence[Row]]) -> dict[str, RowAnswer | None]:
        """By platform id, of what jobs have written."""
        return {
            row.key: self._answers[object].take(row)
            for object, mine in rows.items()
            if object in self._answers
            for row in mine
        }

    def _settler(self) -> SettleWriteBack:
        return SettleWriteBack(
            workspace=self.run.workspace,
            connection=self.setup.job.connection,
            object=self.run.frame["object"],
            job=self.outlets[0].job if self.outlets else "",
            run=self.run.id,
            begun=self.run.started_at or self.run.created_at,
            links=self.links,
            records=self.records,
            receipts=self.receipts(self.run.workspace),
            journal=self.journal,
            conflicts=self.conflicts,
            kept=sent_elsewhere(
                self.configuration,
                self.run.workspace,
                self.setup.job.connection,
                self.run.frame["object"],
            ),
        )

    def _ask_again(self, ids: Sequence[str]) -> None:
        if ids:
            self._send(ids)

    def _send(self, ids: Sequence[str]) -> None:
        """To whoever makes the next run."""
        delays = int(self.run.options.get(DELAYS, 0))
        drain = Drain(
            self.run.workspace,
            self.setup.job.connection,
            self.run.frame["object"],
            tuple(ids),
            bulk=True,
            delays=delays + 1 if ids else 0,
        )
        self.queues.send([drain], delay=min(_AGAIN * 2**delays, _LONGEST))


def _word(told: Told) -> tuple[str, str]:
    return told.outcome, told.reason


def _counted(run: Run, endings: Sequence[Ending]) -> Ledger:
    """Every record in one place of the books."""
    actions = tuple(each.action for each in endings)
    counts = Plan(read=len(actions), left={}, actions=actions).ledger()
    counts.check()
    written = [e for e in endings if any(told == _WRITTEN for told in map(_word, e.told.values()))]
    counts.written["crm"] = len(written)
    for each in endings:
        _count_attributes(counts, each)
    ledger = Ledger.from_json(run.ledger)
    ledger.add(counts)
    ledger.check()
    return ledger


def _count_attributes(counts: Ledger, ending: Ending) -> None:
    """Why somebody should look at the record: all records of a place, or none of it. One that is
    tried again is told of when it has ended."""
    action = ending.action
    place = f"{action.bucket}:{action.reason}"
    if ending.waits() or not is_trouble(place):
        return
    for name, told in ending.told.items():
        if told.outcome in (HELD, REFUSED):
            counts.refuse(place, name, told.reason, example=action.key)
