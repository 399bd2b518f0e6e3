"""From an answer's rows, JSON or CSV, to changes.

Values stay as Salesforce writes them, for the engine coerces by type. What CSV cannot tell (an
empty text, a number, a boolean) is made equal to JSON here, so both ways of reading give the same.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

from syncline.engine.moments import canonical_instant
from syncline.engine.records import Change, Deleted, Merged, Raw, Upserted
from syncline.errors import RetryableError
from syncline.ports import ObjectDescription, Phase, ReadRequest
from syncline.salesforce.soql import MASTER, MODIFIED, STAMP, canonical_path

_UTC: Final = frozenset({".000Z", ".000+0000", "Z", "+0000", ".000+00:00", "+00:00"})


def canonical_stamp(text: str) -> str:
    """`YYYY-MM-DDTHH:MM:SSZ`. REST writes `.000+0000`, Bulk `.000Z`."""
    if text[19:] in _UTC:
        return text[:19] + "Z"
    return canonical_instant(datetime.fromisoformat(text))


# --- JSON -------------------------------------------------------------------------------------

JsonRow = Mapping[str, Any]


def json_maker(request: ReadRequest, description: ObjectDescription) -> Callable[[JsonRow], Change]:
    """What makes a change of one record of a REST answer."""
    if request.phase is Phase.MERGED:
        return lambda row: Merged(row["Id"], row[MASTER], canonical_stamp(row[STAMP]))
    if request.phase is not Phase.LIVE:
        return lambda row: Deleted(row["Id"], canonical_stamp(row[STAMP]))
    paths = [canonical_path(each, description).split(".") for each in request.fields]

    def live(row: JsonRow) -> Change:
        stamp = canonical_stamp(row[STAMP])
        modified = row.get(MODIFIED)
        values = tuple([_walk(row, steps) for steps in paths])
        return Upserted(row["Id"], stamp, canonical_stamp(modified) if modified else stamp, values)

    return live


def _walk(row: JsonRow, steps: Sequence[str]) -> Raw:
    """Along a path of related records; a reference that is empty gives None for all behind it."""
    value: Any = row
    for step in steps:
        if value is None:
            return None
        value = value[step] if step in value else _folded(value, step)
    return None if value == "" else value


def _folded(row: JsonRow, step: str) -> Any:
    """Salesforce answers in its own spelling, not in that of the query."""
    return next((value for name, value in row.items() if name.lower() == step.lower()), None)


# --- CSV --------------------------------------------------------------------------------------

CsvRow = Sequence[str]
Convert = Callable[[str], Raw]


def _number(text: str) -> Raw:
    """Text that is no number stays text: the engine rejects that record, and only that one."""
    try:
        return float(text)
    except ValueError:
        return text


def _integer(text: str) -> Raw:
    try:
        return int(text)
    except ValueError:
        return _number(text)


def _boolean(text: str) -> Raw:
    return text.lower() == "true"


_CONVERTERS: Final[Mapping[str, Convert]] = {
    "boolean": _boolean,
    "int": _integer,
    "long": _integer,
    "double": _number,
    "currency": _number,
    "percent": _number,
}


def typed_columns(request: ReadRequest, description: ObjectDescription) -> dict[str, str]:
    """Lower-case field → type, for those mapped fields whose type CSV would hide."""
    found = {}
    for path in request.fields:
        field = description.fields.get(path.lower())
        if field is not None and field.type in _CONVERTERS:
            found[path.lower()] = field.type
    return found


def csv_maker(
    request: ReadRequest, header: CsvRow, types: Mapping[str, str]
) -> Callable[[CsvRow], Change]:
    """What makes a change of one row of a Bulk result with that header; Bulk reads live records.
    On the path of every record of a large read, so it looks nothing up by name."""
    columns = {name.lower(): at for at, name in enumerate(header)}
    try:
        key, stamp = columns["id"], columns[STAMP.lower()]
        wanted = [columns[each.lower()] for each in request.fields]
    except KeyError as exc:
        raise RetryableError(
            "A Bulk result came without a column that was asked for.", code="odd_answer"
        ) from exc
    modified = columns.get(MODIFIED.lower(), stamp)
    values = _values(wanted, [types.get(each.lower()) for each in request.fields])

    def live(row: CsvRow) -> Change:
        stamp_text, modified_text = row[stamp], row[modified]
        at = canonical_stamp(stamp_text)
        by_user = at if modified_text == stamp_text else canonical_stamp(modified_text)
        return Upserted(row[key], at, by_user, values(row))

    return live


def _values(
    wanted: Sequence[int], types: Sequence[str | None]
) -> Callable[[CsvRow], tuple[Raw, ...]]:
    """Picks the asked columns; an empty text is None, as it is everywhere in Salesforce."""
    pick = _picker(wanted)
    typed = [(at, _CONVERTERS[each]) for at, each in enumerate(types) if each is not None]

    def plain(row: CsvRow) -> tuple[Raw, ...]:
        return tuple([value or None for value in pick(row)])

    def converted(row: CsvRow) -> tuple[Raw, ...]:
        values: list[Raw] = [value or None for value in pick(row)]
        for at, convert in typed:
            text = values[at]
            if isinstance(text, str):
                values[at] = convert(text)
        return tuple(values)

    return converted if typed else plain


def _picker(wanted: Sequence[int]) -> Callable[[CsvRow], Sequence[str]]:
    """A tuple comes from itemgetter for two columns and more only."""
    if len(wanted) > 1:
        return itemgetter(*wanted)
    return lambda row: [row[at] for at in wanted]
