"""Queries made from parts: names that the describe knows, literals of their type, one filter.

Nothing reaches a query as it came: a name is replaced by the describe's own spelling, a stamp and
an id are checked for their form, and the filter has passed `checked_filter`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from syncline.errors import ConfigurationError, InvariantError
from syncline.ports import FieldDescription, ObjectDescription, Phase, ReadRequest
from syncline.salesforce.filters import checked_filter

STAMP: Final = "SystemModstamp"
MODIFIED: Final = "LastModifiedDate"
MASTER: Final = "MasterRecordId"
_WHOLE: Final = {
    "address": "its parts (such as BillingCity)",
    "location": "its parts (such as Latitude)",
    "base64": "nothing: files are not read",
}
"""Types whose value is not one scalar, or that Bulk cannot select; and what to map instead."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query before it is written down. `columns` are the paths that it selects, each once."""

    object: str
    columns: tuple[str, ...]
    conditions: tuple[str, ...]

    def text(self, *, ordered: bool) -> str:
        """REST reads in keyset order; Bulk must not sort, which would forbid it to split."""
        where = f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""
        order = f" ORDER BY {STAMP}, Id" if ordered else ""
        # Every part has been checked, see above.
        return f"SELECT {', '.join(self.columns)} FROM {self.object}{where}{order}"  # noqa: S608

    def behind(self, stamp: str, id: str) -> "Query":
        """The records behind a position; SOQL compares no tuples."""
        stamp, id = _instant(stamp), _id(id)
        keyset = f"({STAMP} > {stamp} OR ({STAMP} = {stamp} AND Id > {id}))"
        return replace(self, conditions=(*self.conditions, keyset))

    def among(self, ids: Iterable[str], *, field: str = "Id") -> "Query":
        condition = f"{field} IN ({','.join(_id(each) for each in ids)})"
        return replace(self, conditions=(*self.conditions, condition))


def query_for(request: ReadRequest, description: ObjectDescription) -> Query | None:
    """The query of a phase; None where the object cannot have such records.

    The filter and the mapped fields concern live records alone: a record that has left the
    filter and is then deleted is a deletion all the same.
    """
    if request.phase is Phase.LIVE:
        return live_query(request, description)
    conditions = _gone(request.phase, description)
    if conditions is None:
        return None
    extra = (MASTER,) if request.phase is Phase.MERGED else ()
    conditions += _since(request, description)
    return Query(description.name, ("Id", STAMP, *extra), tuple(conditions))


def live_query(request: ReadRequest, description: ObjectDescription) -> Query:
    """The records that exist, archived ones too, as far as the filter wants them."""
    conditions = ["IsDeleted = false"] if "isdeleted" in description.fields else []
    conditions += _since(request, description)
    if request.where is not None:
        conditions.append(f"({checked_filter(request.where)})")
    paths = tuple(canonical_path(each, description) for each in request.fields)
    return Query(description.name, _columns(paths, description), tuple(conditions))


def id_query(object: str, *, after: str = "", stamped: bool = False) -> str:
    """The ids of all records behind an id, in their order; `object` is the describe's spelling."""
    columns = f"Id, {STAMP}" if stamped else "Id"
    where = f" WHERE Id > {_id(after)}" if after else ""
    return f"SELECT {columns} FROM {object}{where} ORDER BY Id"  # noqa: S608 - parts are checked


def _since(request: ReadRequest, description: ObjectDescription) -> list[str]:
    if STAMP.lower() not in description.fields:
        raise ConfigurationError(
            f"{description.name} records carry no change stamp and cannot be synced.",
            code="object_unsupported",
            field="salesforce_object",
            remedy="Choose another object.",
        )
    return [] if request.since is None else [f"{STAMP} >= {_instant(request.since)}"]


def _gone(phase: Phase, description: ObjectDescription) -> list[str] | None:
    mergeable = MASTER.lower() in description.fields
    if "isdeleted" not in description.fields:
        return None
    match phase:
        case Phase.MERGED if mergeable:
            return ["IsDeleted = true", f"{MASTER} != null"]
        case Phase.DELETED:
            return ["IsDeleted = true", *([f"{MASTER} = null"] if mergeable else [])]
        case _:
            return None


def _columns(paths: Sequence[str], description: ObjectDescription) -> tuple[str, ...]:
    own = ["Id", STAMP, *([MODIFIED] if MODIFIED.lower() in description.fields else [])]
    return tuple({each.lower(): each for each in (*paths, *own)}.values())


def canonical_path(path: str, description: ObjectDescription) -> str:
    """The path as the describe spells it.

    Behind the first step a path is in other objects, or in the many of a polymorphic reference:
    there only its form is checked, and Salesforce judges the name.
    """
    first, _, rest = path.partition(".")
    if not all(is_name(each) for each in path.split(".")):
        raise _unknown(path, description)
    if not rest:
        return _own_field(path, description).name
    reference = description.relationships.get(first.lower())
    if reference is None:
        raise _unknown(path, description)
    return f"{description.fields[reference].relationship_name}.{rest}"


def _own_field(path: str, description: ObjectDescription) -> FieldDescription:
    found = description.fields.get(path.lower())
    if found is None:
        raise _unknown(path, description)
    if found.type in _WHOLE:
        raise ConfigurationError(
            f"{description.name}.{found.name} is of type {found.type}, which is not one value.",
            code="field_unsupported",
            field="mapping",
            remedy=f"Map {_WHOLE[found.type]} instead.",
        )
    return found


def _unknown(path: str, description: ObjectDescription) -> ConfigurationError:
    return ConfigurationError(
        f"{description.name} has no field '{path}' that the connected user can see.",
        code="unknown_field",
        field="mapping",
        remedy="Correct the field's API name, or make it visible to the user.",
    )


def is_name(word: str) -> bool:
    """Whether it has the form of an API name."""
    return word.isascii() and word.replace("_", "a").isalnum() and word[:1].isalpha()


def _instant(stamp: str) -> str:
    """A datetime literal stands without quotes, so its form is its only guard."""
    try:
        datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - only the form is asked
    except ValueError as exc:
        raise InvariantError("a stored stamp is no instant", code="bad_cursor") from exc
    return stamp


_ESCAPES: Final = str.maketrans(
    {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)


def text_literal(text: str) -> str:
    """A text in quotes; what would end it, or means something in it, is escaped.

    https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm
    """
    return f"'{text.translate(_ESCAPES)}'"


def _id(id: str) -> str:
    if not (id.isascii() and id.isalnum() and len(id) in (15, 18)):
        raise InvariantError("a stored id is no record id", code="bad_cursor")
    return f"'{id}'"
