"""Writing at once by sObject Collections: 200 rows a request, each standing alone.

Every request here may be made again: an update sets what is set, a deletion finds nothing, and a
creation goes by a key of ours. So a lost answer costs a repetition and nothing else.
https://developer.salesforce.com/docs/platform/api-rest/guide/resources-composite-sobjects-collections-update.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from syncline.engine.plan import SendKind
from syncline.errors import InvariantError, RetryableError, SyncError
from syncline.kinds.salesforce_ids import long_id
from syncline.ports import JsonObject, Row, RowAnswer, WriteRequest
from syncline.salesforce.costs import ROWS_AT_ONCE
from syncline.salesforce.printing import Printer, UnprintableError
from syncline.salesforce.refusals import answered, of_json
from syncline.salesforce.session import OrgSession
from syncline.salesforce.writefaults import PERHAPS, POISONED, spoiled, write_fault

SPLITS: Final = 24
"""Halvings of one request: they find three bad rows among 200. What shares a part with more of
them is tried again at another time, when those that were found are out of the way."""
SLOW: Final = 8
"""What a halving counts when the org itself may be unwell, or after a time-out, which lasts two
minutes."""

Answered = dict[int, RowAnswer]
"""Place of a row in the call → its answer."""


def write_at_once(
    session: OrgSession,
    request: WriteRequest,
    rows: Sequence[Row],
    *,
    object: str,
    types: Mapping[str, str],
) -> Sequence[RowAnswer]:
    """One answer per row, in their order. `object` and the names in `types` are as the CRM spells
    them."""
    if not request.repeatable:
        raise InvariantError("Records without a key are created by a job.", code="creation_twice")
    batch = _Batch(session, request, object, Printer(types))
    answers = batch.answers(rows)
    return [answers[at] for at in range(len(rows))]


def refused_value(row: Row, exc: UnprintableError) -> RowAnswer:
    """The answer to a row that is not sent, for a field cannot hold its value."""
    return RowAnswer(row.id, code="bad_value", message=str(exc), fields=exc.fields)


class _Batch:
    """One call of `write`."""

    def __init__(
        self, session: OrgSession, request: WriteRequest, object: str, printer: Printer
    ) -> None:
        self._session = session
        self._request = request
        self._object = object
        self._printer = printer
        self._rows: Sequence[Row] = ()
        self._bodies: dict[int, JsonObject] = {}
        self._splits = SPLITS
        self._well = False

    def answers(self, rows: Sequence[Row]) -> Answered:
        """Rows that somebody else has locked are sent once more, when all others are done."""
        self._rows = rows
        found = self._print()
        for places in _slices(sorted(self._bodies)):
            found |= self._whole(places)
        locked = [at for at, each in sorted(found.items()) if each.code == "locked"]
        for places in _slices(locked):
            found |= self._whole(places)
        return found

    def _print(self) -> Answered:
        """What is sent, and the answers to what cannot be."""
        refused: Answered = {}
        for at, row in enumerate(self._rows):
            try:
                self._bodies[at] = self._body(row)
            except UnprintableError as exc:
                refused[at] = refused_value(row, exc)
        return refused

    def _body(self, row: Row) -> JsonObject:
        head = {"attributes": {"type": self._object}}
        match self._request.kind:
            case SendKind.CREATE:
                key = str(self._request.key_field)
                values = {k: v for k, v in row.values.items() if k.lower() != key.lower()}
                return {**head, **self._printer.json(values, creating=True), key: row.key}
            case SendKind.UPDATE:
                return {**head, **self._printer.json(row.values), "Id": row.id}
            case SendKind.DELETE:
                return {"Id": row.id}

    def _whole(self, places: Sequence[int]) -> Answered:
        """A batch. Where every row failed by what may be the org's fault, that is the answer."""
        self._splits = SPLITS
        found = self._part(places)
        if all(each.code in PERHAPS for each in found.values()):
            code = found[places[0]].code
            raise RetryableError("Salesforce failed with every row of a request.", code=code)
        return found

    def _part(self, places: Sequence[int]) -> Answered:
        try:
            found = self._sent(places)
        except SyncError as exc:
            if exc.code not in POISONED | PERHAPS:
                raise
            return self._halves(places, exc)
        self._well = True
        return found

    def _halves(self, places: Sequence[int], error: SyncError) -> Answered:
        alone = len(places) == 1
        if alone or self._splits <= 0:
            return {at: spoiled(self._rows[at], error, alone=alone) for at in places}
        self._splits -= self._cost(error)
        middle = len(places) // 2
        return self._part(places[:middle]) | self._part(places[middle:])

    def _cost(self, error: SyncError) -> int:
        """Halving costs little while it is sure that a row is to blame."""
        sure = error.code in POISONED or (self._well and error.code != "read_timed_out")
        return 1 if sure else SLOW

    def _sent(self, places: Sequence[int]) -> Answered:
        """One request, and another two for rows whose trigger could not take so many at once."""
        answers = dict(zip(places, self._asked(places), strict=True))
        spent = [at for at in places if answers[at].code == "automation_limit"]
        if spent and len(places) > 1 and self._splits > 0:
            self._splits -= 1
            middle = len(spent) // 2
            for some in (spent[:middle], spent[middle:]):
                answers |= self._part(some) if some else {}
        return answers

    def _asked(self, places: Sequence[int]) -> Iterator[RowAnswer]:
        results = self._called(places)
        if not isinstance(results, list) or len(results) != len(places):
            raise RetryableError("Salesforce answered a write oddly.", code="odd_answer")
        for at, result in zip(places, results, strict=True):
            yield self._answer(self._rows[at], result)

    def _called(self, places: Sequence[int]) -> Any:
        bodies = [self._bodies[at] for at in places]
        path = "composite/sobjects"
        if self._request.kind is SendKind.DELETE:
            ids = ",".join(str(each["Id"]) for each in bodies)
            return self._session.put(
                "DELETE", f"{path}?ids={ids}&allOrNone=false", None, write_fault
            )
        if self._request.kind is SendKind.CREATE:
            path = f"{path}/{self._object}/{self._request.key_field}"
        body = {"allOrNone": False, "records": bodies}
        return self._session.put("PATCH", path, body, write_fault)

    def _answer(self, row: Row, result: Mapping[str, Any]) -> RowAnswer:
        if not result.get("success"):
            return answered(self._request.kind, row, of_json(result.get("errors") or ()))
        id = long_id(str(result.get("id") or row.id or ""))
        if row.id is not None and id != long_id(row.id):
            raise RetryableError(
                "Salesforce answered for another record than the one that was written.",
                code="odd_answer",
            )
        return RowAnswer(id, created=bool(result.get("created", False)))


def _slices(places: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(places), ROWS_AT_ONCE):
        yield places[start : start + ROWS_AT_ONCE]
