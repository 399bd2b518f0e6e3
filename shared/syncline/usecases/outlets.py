"""Where the records of a platform object are written back to in one connection, resolved against
the live org once for a drain or a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from syncline.engine.coercion import Coercer, coercer
from syncline.engine.dialect import Dialect
from syncline.engine.outgoing_values import Found
from syncline.engine.records import Upserted, Value
from syncline.engine.write_lines import Mode, WriteLine
from syncline.ports import Configuration, Crm, ReadRequest
from syncline.usecases.write_lines import inbound_jobs, write_lines, written_back


@dataclass(frozen=True, slots=True)
class Outlet:
    """One CRM object, and what rules the writing to it: the first inbound job that reads it.

    `prefix` begins its ids. A line of a later job counts for attributes the earlier ones leave.
    """

    object: str
    prefix: str
    job: str
    policy: str
    whole_record: bool
    lines: Mapping[str, WriteLine]

    def to_json(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in self.__slots__}
        return {**own, "lines": [_line_json(line) for line in self.lines.values()]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any], dialect: Dialect) -> "Outlet":
        lines = [_line_from(each, dialect) for each in stored["lines"]]
        return cls(**{**stored, "lines": {line.attribute: line for line in lines}})


def _line_json(line: WriteLine) -> dict[str, Any]:
    """Without the dialect, which is the connection's."""
    return {name: getattr(line, name) for name in line.__slots__ if name != "dialect"}


def _line_from(stored: Mapping[str, Any], dialect: Dialect) -> WriteLine:
    flaw = stored["flaw"]
    return WriteLine(
        **{
            **stored,
            "dialect": dialect,
            "mode": Mode(stored["mode"]),
            "picklist": tuple(stored["picklist"]),
            "flaw": tuple(flaw) if flaw else None,
        }
    )


def find_outlets(
    configuration: Configuration, crm: Crm, *, place: tuple[str, str, str]
) -> tuple[Outlet, ...]:
    """`place` is workspace, connection and platform object. Empty where no inbound job of the
    connection maps anything that is written back."""
    workspace, connection, object = place
    attributes = written_back(configuration, workspace, object)
    found: dict[str, Outlet] = {}
    for setup in inbound_jobs(configuration, workspace, object):
        if setup.job.connection != connection:
            continue
        lines = write_lines(setup, crm, attributes)
        described = crm.describe(setup.crm_object)
        before = found.get(described.name)
        if before is not None:
            lines = {**lines, **before.lines}
        found[described.name] = Outlet(
            object=described.name,
            prefix=described.key_prefix or "",
            job=before.job if before else setup.name,
            policy=before.policy if before else setup.job.conflicts,
            whole_record=before.whole_record if before else setup.job.merge == "record",
            lines=lines,
        )
    return tuple(outlet for outlet in found.values() if outlet.lines)


def outlet_of(outlets: Sequence[Outlet], crm_id: str) -> Outlet | None:
    """The one that the record with that id belongs to."""
    return next((each for each in outlets if crm_id.startswith(each.prefix)), None)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A CRM record as the decision sees it; see WriteView."""

    found: Found
    references: Mapping[str, str]
    touched: Mapping[str, str]


class Fetching:
    """How records of an outlet are fetched, and read once they are there."""

    def __init__(self, outlet: Outlet, dialect: Dialect) -> None:
        self._lines = [line for line in outlet.lines.values() if line.flaw is None]
        led = {line.reference: line for line in self._lines if line.reference}
        edited = {
            line.reference: f"{_relationship(line)}.{line.dialect.modified_field}"
            for line in self._lines
            if line.mode is Mode.EDIT_VALUE
        }
        paths = [line.path for line in self._lines]
        asked = tuple(dict.fromkeys([*paths, *led, *edited.values()]))
        self.request = ReadRequest(object=outlet.object, fields=asked or (dialect.id_field,))
        places = {path: at for at, path in enumerate(asked)}
        self._values = [(line.attribute, places[line.path], _reader(line)) for line in self._lines]
        self._references = [(name.lower(), places[name]) for name in led]
        self._touched = [(name.lower(), places[path]) for name, path in edited.items()]
        self._instant = coercer("datetime", "datetime")

    def __call__(self, change: Upserted) -> Fetched:
        row = change.row
        shown = {name: read(row[at]) for name, at, read in self._values}
        values: dict[str, Value] = {n: value for n, value in shown.items() if value is not None}
        return Fetched(
            Found(change.stamp, change.modified, values),
            {name: str(row[at]) for name, at in self._references if row[at]},
            {name: str(self._instant(row[at])) for name, at in self._touched if row[at]},
        )


def _relationship(line: WriteLine) -> str:
    return line.path.rpartition(".")[0]


def _reader(line: WriteLine) -> Coercer:
    return coercer(line.crm_type, line.type)
