"""The two jobs of a pair must mean the same records (T2), and should mean the same values.

Both are independent jobs, saved one after the other: the second is refused while it disagrees with
the first. To change both, one of them is switched off meanwhile; a job that is off is only warned.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from syncline.config.models import MappingLine
from syncline.engine.merge import POLICIES
from syncline.kinds.kind import Direction
from syncline.ports import Configuration, ObjectDescription
from syncline.usecases.findings import Finding
from syncline.usecases.pairs import neighbours, partners
from syncline.usecases.resolve_job import JobSetup, load_job

_SWITCH_OFF: Final = "to change both, save one with 'enabled' false first"


def check_pair(
    configuration: Configuration, setup: JobSetup, described: ObjectDescription
) -> Iterator[Finding]:
    """Findings about each enabled job that is the other of this pair, or sends the same records.
    Those about values only are warnings."""
    for other in _others(configuration, setup):
        for finding in _identity(setup, other):
            yield finding if setup.job.enabled else replace(finding, severity="warning")
        if _same_object(setup, other):
            yield from _policies(setup, other)
            yield from _values(setup, other, described)
    for other in _senders(configuration, setup):
        yield from _elsewhere(setup, other)


def _others(configuration: Configuration, setup: JobSetup) -> list[JobSetup]:
    """Those on the same object; where there is none, those that have no pair yet. So a connection
    can have a pair for Task and another for a custom object."""
    found = list(partners(configuration, setup))
    same = [each for each in found if _same_object(setup, each)]
    return same or [each for each in found if not _paired(configuration, each, but=setup.name)]


def _paired(configuration: Configuration, job: JobSetup, *, but: str) -> bool:
    found = partners(configuration, job)
    return any(each.name != but and _same_object(job, each) for each in found)


def _same_object(setup: JobSetup, other: JobSetup) -> bool:
    return setup.crm_object.lower() == other.crm_object.lower()


def _identity(setup: JobSetup, other: JobSetup) -> Iterator[Finding]:
    if not _same_object(setup, other):
        yield _differs(setup, other, "salesforce_object", (setup.crm_object, other.crm_object))
    for attribute in _keys(setup):
        mine, theirs = _source(setup, attribute), _source(other, attribute)
        if mine is None or theirs is None:
            continue
        if mine.salesforce.lower() != theirs.salesforce.lower():
            index = setup.lines().index(mine)
            said = (mine.salesforce, theirs.salesforce)
            yield _differs(setup, other, f"mapping/{index}/salesforce", said, line=index)


def _keys(setup: JobSetup) -> list[str]:
    return [line.platform for line in setup.kind.lines if line.key]


def _source(setup: JobSetup, attribute: str) -> MappingLine | None:
    """The line that identifies by that attribute; a job without one has a finding of its own."""
    lines = [line for line in setup.lines() if line.platform == attribute]
    return next((line for line in lines if line.key), lines[0] if lines else None)


def _differs(
    setup: JobSetup, other: JobSetup, place: str, said: tuple[str, str], line: int | None = None
) -> Finding:
    mine, theirs = said
    what = f"maps '{setup.lines()[line].platform}' to" if line is not None else "uses the object"
    return Finding(
        code="pair_disagrees",
        field=f"/{place}",
        message=(
            f"'{setup.name}' {what} {mine} and '{other.name}' {theirs}; the two jobs of a pair "
            "must use the same"
        ),
        remedy=f"Write {theirs} here or {mine} in '{other.name}'; {_SWITCH_OFF}.",
        line=line,
        value=mine,
    )


def _policies(setup: JobSetup, other: JobSetup) -> Iterator[Finding]:
    """Each would wait for the other to give way, and both sides stay as they are."""
    for setting in ("conflicts", "merge"):
        mine, theirs = getattr(setup.job, setting), getattr(other.job, setting)
        if POLICIES.get(mine, mine) != POLICIES.get(theirs, theirs):
            yield Finding(
                code="pair_policy_differs",
                field=f"/{setting}",
                message=f"'{setup.name}' decides by {mine} what both sides changed, and "
                f"'{other.name}' by {theirs}; such a field may stay different for ever",
                remedy=f"Give both jobs the same '{setting}'.",
                severity="warning",
                value=mine,
            )


def _values(setup: JobSetup, other: JobSetup, described: ObjectDescription) -> Iterator[Finding]:
    """What would be written in one form and read back in another."""
    mine_goes_out = setup.kind.direction is Direction.OUTBOUND
    outbound, inbound = (setup, other) if mine_goes_out else (other, setup)
    for index, line in enumerate(setup.lines()):
        read = _source(inbound, line.platform)
        written = [each for each in outbound.lines() if each.platform == line.platform]
        if read is None or not written or line.key:
            continue
        if _is_first(setup, index):
            yield from _read_back(index, read, written, described)


def _is_first(setup: JobSetup, index: int) -> bool:
    lines = setup.lines()
    return all(each.platform != lines[index].platform for each in lines[:index])


def _read_back(
    index: int, read: MappingLine, written: list[MappingLine], described: ObjectDescription
) -> Iterator[Finding]:
    fields = [each.salesforce for each in written]
    starts = [each for each in fields if _type(each, described) == "datetime"]
    if starts and _type(read.salesforce, described) == "date":
        yield _warned(
            index,
            "time_of_day_lost",
            f"'{read.platform}' goes out to {starts[0]} and comes in from {read.salesforce}, "
            "which has no time of day",
            f"Map {starts[0]} to '{read.platform}' in the inbound job.",
        )


def _senders(configuration: Configuration, setup: JobSetup) -> Iterator[JobSetup]:
    """Enabled jobs of the same kind on the same object and connection, which go out."""
    for name, kind in neighbours(configuration, setup):
        if kind == setup.job.kind:
            other = load_job(configuration, setup.workspace_name, name)
            if other.job.enabled:
                yield other


def _elsewhere(setup: JobSetup, other: JobSetup) -> Iterator[Finding]:
    """A cross-reference tells what was sent of an attribute, and not to which field."""
    for index, line in enumerate(setup.lines()):
        theirs = [each.salesforce for each in other.lines() if each.platform == line.platform]
        if line.key or not theirs or line.salesforce.lower() in map(str.lower, theirs):
            continue
        yield _warned(
            index,
            "sent_to_two_fields",
            f"'{line.platform}' goes out to {line.salesforce}, and in '{other.name}' to "
            f"{theirs[0]}; what one of the two has sent is not sent by the other",
            f"Let one of the two jobs send '{line.platform}', with a line for each field.",
        )


def _type(path: str, described: ObjectDescription) -> str | None:
    field = described.fields.get(path.lower())
    return field.type.lower() if field else None


def _warned(index: int, code: str, message: str, remedy: str) -> Finding:
    field = f"/mapping/{index}/salesforce"
    return Finding(code, field, message, remedy, severity="warning", line=index)
