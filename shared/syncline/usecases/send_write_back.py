"""Writes what a batch of write-back decided, and says attribute by attribute how that ended."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from syncline.engine.edited import EDITED_LATER, EditOther
from syncline.engine.moments import order
from syncline.engine.plan import GONE, Action, SendKind, Verb
from syncline.engine.records import Value, Values
from syncline.engine.told import APPLIED, REFUSED, Told
from syncline.engine.write_back import Decision
from syncline.engine.write_lines import Mode, WriteLine
from syncline.ports import Crm, Row, RowAnswer, WriteRequest
from syncline.usecases.outlets import Outlet, outlet_of

Answers = Mapping[str, RowAnswer | None]
"""By platform id; None where the CRM never came to it."""

_Place = tuple[str, str, str]
"""CRM object, id and field."""
_UNANSWERED: Final = "the CRM did not come to all of it; it is tried again by itself"
_ROUNDS: Final = 10
"""Times that a row is written without the fields that were refused before; the last answer then
counts for all that is left of it, so that no change waits for ever."""


@dataclass(slots=True)
class Ending:
    """How a decision ended. An attribute that is not in `told` was not answered: its change waits
    in the outbox as before."""

    decision: Decision
    told: dict[str, Told]

    @property
    def action(self) -> Action:
        """As it ended, for the journal."""
        return _ended(self.decision.action, self.told)

    @property
    def settled(self) -> list[str]:
        """The attributes that both sides agree on now."""
        values = self.decision.action.values or {}
        return [n for n in values if n in self.told and self.told[n].outcome == APPLIED]

    def waits(self) -> bool:
        """Whether something of it is to be tried again."""
        written = (name for name, _, _ in self.decision.action.changes)
        return any(name not in self.told for name in written)


@dataclass(frozen=True, slots=True)
class SendWriteBack:
    """`outlets` say which field an attribute goes to."""

    crm: Crm
    outlets: Sequence[Outlet]

    def __call__(
        self, decisions: Sequence[Decision], answers: Answers | None = None
    ) -> Sequence[Ending]:
        """One ending for each decision, in their order. `answers` are those of jobs that have
        written rows already; the others are written here, many per request."""
        endings = [Ending(each, dict(each.told)) for each in decisions]
        rows = {e.decision.action.key: e for e in endings if e.decision.action.send is not None}
        given = dict(answers or {})
        given |= self._write(rows, {k: v for k, v in _values(rows).items() if k not in given})
        for left in reversed(range(_ROUNDS + 1)):
            again = self._take(rows, given, last=not left)
            if not again:
                break
            given = self._write(rows, again)
        self._edit(endings)
        return endings

    def _written(self) -> Told:
        return Told(APPLIED, "written", f"written to {self.crm.dialect.title}")

    def rows(self, decisions: Sequence[Decision]) -> Mapping[str, Sequence[Row]]:
        """CRM object → what is written to it of the records themselves."""
        found: dict[str, list[Row]] = {}
        for each in decisions:
            send = each.action.send
            outlet = outlet_of(self.outlets, send.id or "") if send else None
            if send is not None and outlet is not None:
                row = Row(each.action.key, send.id, send.values)
                found.setdefault(outlet.object, []).append(row)
        return found

    def _write(
        self, rows: Mapping[str, Ending], values: Mapping[str, Values]
    ) -> dict[str, RowAnswer | None]:
        given: dict[str, RowAnswer | None] = {}
        for object, all_rows in self.rows([rows[key].decision for key in values]).items():
            wanted = [replace(row, values=values[row.key]) for row in all_rows]
            answers = self.crm.write(request_of(object, wanted), wanted)
            given.update({r.key: a for r, a in zip(wanted, answers, strict=True)})
        return given

    def _take(self, rows: Mapping[str, Ending], given: Answers, *, last: bool) -> dict[str, Values]:
        """Tells what was answered; returns what is written again, without the refused fields."""
        again: dict[str, Values] = {}
        for key, answer in given.items():
            ending = rows[key]
            send = ending.decision.action.send
            if answer is None or answer.again or send is None:
                continue
            open_fields = self._open(ending)
            named = _named(answer, open_fields)
            if answer.done or last or not named or len(named) == len(open_fields):
                self._tell(
                    ending, open_fields, self._written() if answer.done else _refused(answer)
                )
                continue
            self._tell(ending, named, _refused(answer))
            again[key] = {f: v for f, v in send.values.items() if f in open_fields - named}
        return again

    def _open(self, ending: Ending) -> frozenset[str]:
        """The fields of the record's own row that nothing is told of yet."""
        send = ending.decision.action.send
        lines = self._lines(ending)
        told = {lines[name].field for name in ending.told if name in lines and _own(lines[name])}
        return frozenset(send.values if send else ()) - told

    def _lines(self, ending: Ending) -> Mapping[str, WriteLine]:
        outlet = outlet_of(self.outlets, ending.decision.action.crm_id or "")
        return outlet.lines if outlet else {}

    def _tell(self, ending: Ending, fields: frozenset[str], told: Told) -> None:
        lines = self._lines(ending)
        for name, _, _ in ending.decision.action.changes:
            if name not in ending.told and _own(lines[name]) and lines[name].field in fields:
                ending.told[name] = told

    def _edit(self, endings: Sequence[Ending]) -> None:
        """What references lead to: of two changes of one field of one record the later."""
        said: dict[_Place, list[tuple[Ending, EditOther]]] = {}
        for ending in endings:
            for edit in ending.decision.edits:
                said.setdefault((edit.object, edit.id, edit.field), []).append((ending, edit))
        wanted = {place: _latest(each) for place, each in said.items()}
        for object, rows in _edit_rows(wanted).items():
            open_rows: Sequence[Row] = rows
            for left in reversed(range(_ROUNDS)):
                answers = self.crm.write(request_of(object, open_rows), open_rows)
                answered = zip(open_rows, answers, strict=True)
                open_rows = self._take_edits(said, object, answered, last=not left)
                if not open_rows:
                    break

    def _take_edits(
        self,
        said: Mapping[_Place, Sequence[tuple[Ending, EditOther]]],
        object: str,
        answered: Iterable[tuple[Row, RowAnswer]],
        *,
        last: bool,
    ) -> list[Row]:
        """As `_take`."""
        again: list[Row] = []
        for row, answer in answered:
            if answer.again:
                continue
            fields = frozenset(row.values)
            named = _named(answer, fields)
            if answer.done or last or not named:
                named = fields
            told = self._written() if answer.done else _refused(answer)
            for ending, edit in (each for name in named for each in said[object, row.key, name]):
                ending.told.setdefault(edit.attribute, told)
            if named != fields:
                kept = {n: v for n, v in row.values.items() if n not in named}
                again.append(replace(row, values=kept))
        return again


def _latest(said: Sequence[tuple[Ending, EditOther]]) -> EditOther:
    """Of those that say something else, their records are told."""
    _, latest = max(reversed(said), key=lambda each: order(each[1].at))
    for ending, edit in said:
        if edit.value != latest.value:
            ending.told[edit.attribute] = EDITED_LATER
    return latest


def _edit_rows(wanted: Mapping[_Place, EditOther]) -> dict[str, list[Row]]:
    """One row for each record that is led to."""
    values: dict[tuple[str, str], dict[str, Value]] = {}
    for (object, id, field_name), edit in wanted.items():
        values.setdefault((object, id), {})[field_name] = edit.value
    found: dict[str, list[Row]] = {}
    for (object, id), each in values.items():
        found.setdefault(object, []).append(Row(id, id, each))
    return found


def request_of(object: str, rows: Sequence[Row]) -> WriteRequest:
    """What rows of updates have in common."""
    fields = sorted({name for row in rows for name in row.values})
    return WriteRequest(object, SendKind.UPDATE, tuple(fields), len(rows))


def _own(line: WriteLine) -> bool:
    return line.mode is not Mode.EDIT_VALUE


def _values(rows: Mapping[str, Ending]) -> dict[str, Values]:
    sends = {key: ending.decision.action.send for key, ending in rows.items()}
    return {key: send.values for key, send in sends.items() if send is not None}


def _named(answer: RowAnswer, fields: frozenset[str]) -> frozenset[str]:
    """W12: the fields at fault, as the CRM names them."""
    blamed = {name.lower() for name in answer.fields}
    return frozenset(name for name in fields if name.lower() in blamed)


def _refused(answer: RowAnswer) -> Told:
    gone = answer.code == "record_deleted"
    return Told(REFUSED, GONE if gone else answer.code, answer.message)


def _ended(action: Action, told: Mapping[str, Told]) -> Action:
    """Where the CRM refused some of what was planned, or did not come to it, the action says so."""
    written = [name for name, _, _ in action.changes]
    if not told.keys() >= set(written):
        kept = tuple(change for change in action.changes if change[0] in told)
        return replace(action, verb=Verb.HOLD, reason="try_again", detail=_UNANSWERED, changes=kept)
    refused = {n: told[n] for n in written if n in told and told[n].outcome == REFUSED}
    if not refused:
        return action
    kept = tuple(change for change in action.changes if change[0] not in refused)
    whys = [f"{name}: {each.detail}" for name, each in refused.items()]
    first = next(iter(refused.values()))
    return replace(
        action,
        verb=Verb.UPDATE if kept else Verb.REJECT,
        reason="written_in_part" if kept else first.reason,
        detail="; ".join(filter(None, [action.detail, *whys])),
        changes=kept,
        values={n: v for n, v in (action.values or {}).items() if n not in refused} or None,
    )
