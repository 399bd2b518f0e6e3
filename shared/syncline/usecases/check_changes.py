"""Validates change events whole, before anything of them is stored (W1, W5, W7, W13)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from syncline.config.models import Workspace
from syncline.engine.moments import canonical_instant, order, precise_instant
from syncline.engine.records import PlatformRecord, Values
from syncline.errors import NotFoundError
from syncline.kinds.objects import OBJECTS
from syncline.ports import Clock, Configuration, RecordsFactory
from syncline.usecases.capture_changes import MOST_STORED, bytes_waiting, is_full
from syncline.usecases.change_events import Announced, event_of, in_bulk
from syncline.usecases.edit_record import canonical
from syncline.usecases.find import find_workspace, object_attributes
from syncline.usecases.findings import Finding, InvalidInputError
from syncline.usecases.judge_values import JudgeValues
from syncline.usecases.stored_changes import ChangeEvent
from syncline.usecases.write_lines import inbound_jobs, targets, written_back

_MOST_BYTES: Final = 170_000
"""The record's item holds them twice until they are written: among its values and in the outbox."""
_AHEAD: Final = timedelta(seconds=60)
"""So far two clocks may differ."""
_LISTED: Final = 100


@dataclass(frozen=True, slots=True)
class _Object:
    """What the settings say of one platform object."""

    types: Mapping[str, str]
    """Its attributes; empty where there is no such object."""
    to: Mapping[str, tuple[str, ...]]
    """Attribute → the connections that it goes to."""


@dataclass(slots=True)
class _Checked:
    """A change as far as it is valid; `values` are canonical."""

    index: int
    change: Announced
    values: Values


@dataclass(frozen=True, slots=True)
class CheckChanges:
    """`judge` asks the orgs; without an answer it refuses nothing."""

    configuration: Configuration
    records: RecordsFactory
    judge: JudgeValues
    clock: Clock

    def __call__(self, workspace: str, changes: Sequence[Announced]) -> Sequence[ChangeEvent]:
        """InvalidInputError with the findings, a hundred at most."""
        described = find_workspace(self.configuration, workspace)
        findings: list[Finding] = []
        known: dict[str, _Object] = {}
        valid: list[_Checked] = []
        for index, change in enumerate(changes):
            if change.object not in known:
                known[change.object] = self._object(workspace, described, change.object)
            wrong = list(self._wrong(index, change, known[change.object]))
            values, unfit = _canonical(index, change, described)
            findings += wrong + unfit
            if not (wrong or unfit):
                valid.append(_Checked(index, change, values))
        findings += self._unfit_records(workspace, valid)
        if not findings:
            findings += self._judged(workspace, valid, known)
        if findings:
            raise _invalid(findings)
        return self._events(workspace, valid, known)

    def _object(self, workspace: str, described: Workspace, object: str) -> _Object:
        on = written_back(self.configuration, workspace, object)
        jobs = inbound_jobs(self.configuration, workspace, object)
        to = {
            name: tuple(dict.fromkeys(t.connection for t in targets(jobs, name, each)))
            for name, each in on.items()
        }
        known = OBJECTS.get(object)
        types = object_attributes(described, object) if known else {}
        return _Object(types, to)

    def _wrong(self, index: int, change: Announced, known: _Object) -> Iterator[Finding]:
        place = f"/changes/{index}"
        said = json.dumps(dict(change.values), ensure_ascii=False)
        size = len(said.encode(errors="surrogatepass"))
        if size > _MOST_BYTES:
            said = f"the change has {size:,} bytes; at most {_MOST_BYTES:,} are accepted"
            yield Finding("too_large", f"{place}/values", said, "Send shorter values.")
        now = self.clock.now()
        if order(change.at) > order(precise_instant(now + _AHEAD)):
            said = f"{change.at} is in the future; here it is {canonical_instant(now)}"
            remedy = "Send the time of the change, or set the sender's clock."
            yield Finding("in_the_future", f"{place}/at", said, remedy, value=change.at)
        for name in change.values:
            flaw = _not_written(change.object, name, known)
            if flaw is not None and name in known.types:
                yield Finding(flaw[0], f"{place}/values/{name}", flaw[1], flaw[2])

    def _unfit_records(self, workspace: str, valid: Sequence[_Checked]) -> Iterator[Finding]:
        records = self.records(workspace)
        by_object: dict[str, list[_Checked]] = {}
        for each in valid:
            by_object.setdefault(each.change.object, []).append(each)
        for object, mine in by_object.items():
            found = records.get(object, list({each.change.id for each in mine}))
            waits = {own: bytes_waiting(record) for own, record in found.items()}
            for each in mine:
                own = each.change.id
                yield from _unfit_record(each, found.get(own), waits.get(own, 0))

    def _judged(
        self, workspace: str, valid: Sequence[_Checked], known: Mapping[str, _Object]
    ) -> Iterator[Finding]:
        said = [(each.change.object, each.values) for each in valid]
        to = {object: each.to for object, each in known.items()}
        for at, name, (code, message) in self.judge(workspace, said, to):
            place = f"/changes/{valid[at].index}/values/{name}"
            yield Finding(
                code, place, message, _REMEDIES.get(code, "Send another value."),
                value=valid[at].values[name],
            )  # fmt: skip

    def _events(
        self, workspace: str, valid: Sequence[_Checked], known: Mapping[str, _Object]
    ) -> list[ChangeEvent]:
        now = canonical_instant(self.clock.now())
        bulk = in_bulk([each.change for each in valid])
        return [
            event_of(
                workspace,
                each.change,
                values=each.values,
                to=_to(each.values, known[each.change.object]),
                bulk=late,
                now=now,
            )
            for each, late in zip(valid, bulk, strict=True)
        ]


_REMEDIES: Final = {
    "reference_cleared": "Name another record, or clear the reference in the CRM.",
    "reference_not_found": "Name one that the CRM has and that is active.",
    "reference_ambiguous": "Name it by a value that only one has.",
    "read_only": "Give the connected user the right to edit the field, or switch write-back off.",
    "too_long": "Send a shorter text.",
    "not_in_picklist": "Send one of the values, or add it in the CRM.",
}


def _not_written(object: str, name: str, known: _Object) -> tuple[str, str, str] | None:
    if name not in known.to:
        said = f"'{name}' of {object} is not written back"
        return (
            "not_written_back",
            said,
            f"Switch write-back of {object}.{name} on, or leave it out.",
        )
    if not known.to[name]:
        said = f"no inbound job maps '{name}' of {object}"
        return "not_mapped", said, f"Map '{name}' in an inbound job, or leave it out."
    return None


def _canonical(index: int, change: Announced, workspace: Workspace) -> tuple[Values, list[Finding]]:
    try:
        return canonical(change.values, workspace, change.object), []
    except InvalidInputError as exc:
        place = f"/changes/{index}"
        return {}, [replace(each, field=place + each.field) for each in exc.findings]
    except NotFoundError as exc:
        place = f"/changes/{index}/object"
        return {}, [Finding(exc.code, place, exc.message, exc.remedy or "", value=change.object)]


def _unfit_record(each: _Checked, record: PlatformRecord | None, waits: int) -> Iterator[Finding]:
    """`waits` are the bytes of its outbox, measured once for all of its changes."""
    change, place = each.change, f"/changes/{each.index}/id"
    if record is None:
        said = f"there is no {change.object} '{change.id}'"
        yield Finding("unknown_record", place, said, "Create it first.", value=change.id)
    elif record.deleted:
        said = f"the {change.object} '{change.id}' was deleted"
        yield Finding("record_deleted", place, said, "Use another id.", value=change.id)
    elif is_full(record, each.values, waits=waits):
        yield _no_room(each, record)


def _no_room(each: _Checked, record: PlatformRecord) -> Finding:
    change, place = each.change, f"/changes/{each.index}"
    if record.outbox:
        said = f"too many changes of the {change.object} '{change.id}' wait already"
        remedy = "See why they wait, and send it again later."
        return Finding("outbox_full", f"{place}/id", said, remedy)
    said = (
        f"the values of the {change.object} '{change.id}' and twice those of the change take more "
        f"than the {MOST_STORED:,} bytes that there are"
    )
    return Finding("too_large", f"{place}/values", said, "Send shorter values.")


def _to(values: Values, known: _Object) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name in values:
        for connection in known.to[name]:
            found[connection] = (*found.get(connection, ()), name)
    return found


def _invalid(findings: Sequence[Finding]) -> InvalidInputError:
    number = len(findings)
    told = findings[0].message if number == 1 else f"{number:,} things are wrong with the changes"
    told += f"; the first {_LISTED} are listed" if number > _LISTED else ""
    return InvalidInputError(told, code="invalid_changes", findings=findings[:_LISTED])
