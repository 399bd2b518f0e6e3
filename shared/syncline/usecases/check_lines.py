"""The lines of a mapping against the platform's attributes and the live describe of the org."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final, Literal

from syncline.config.models import MappingLine
from syncline.engine.coercion import compatible
from syncline.kinds.kind import Direction, Kind
from syncline.kinds.objects import OBJECTS
from syncline.ports import Crm, ObjectDescription
from syncline.usecases.check_paths import FieldEnd, PathError, end_of
from syncline.usecases.check_targets import WrittenLine, check_target
from syncline.usecases.findings import Finding, at_line

_TYPES: Final = ("text", "number", "boolean", "date", "datetime")
_IDS: Final = frozenset({"id", "reference"})


def check_lines(
    *,
    kind: Kind,
    lines: Sequence[MappingLine],
    attributes: Mapping[str, str],
    described: ObjectDescription,
    crm: Crm,
    creates: bool = True,
) -> list[Finding]:
    """Every finding, in line order; those about the mapping as a whole come last. `creates`: the
    job creates records."""
    check = _Check(kind, attributes, described, crm, creates)
    found = [each for index, line in enumerate(lines) for each in check.line(index, line)]
    return found + list(check.whole(lines))


@dataclass(slots=True)
class _Check:
    kind: Kind
    attributes: Mapping[str, str]
    described: ObjectDescription
    crm: Crm
    creates: bool
    targets: dict[str, int] = field(default_factory=dict)

    def line(self, index: int, line: MappingLine) -> Iterator[Finding]:
        yield from self._twice(index, line)
        known = line.platform in self.attributes
        if not known:
            yield self._unknown_attribute(index, line)
        if line.key and line.platform not in self._keys() | set(self._lookups()):
            yield _key_without_effect(index, line, sorted(self._keys()))
        try:
            end = end_of(line.salesforce, self.described, self.crm)
        except PathError as exc:
            said = (exc.message, exc.remedy, line.salesforce)
            yield at_line(index, "salesforce", exc.code, said=said)
            return
        if known and line.platform == self.kind.parent and end.type not in _IDS:
            yield self._no_parent(index, line, end)
        elif self.kind.direction is Direction.OUTBOUND:
            written = WrittenLine(index, line, end, self.attributes.get(line.platform))
            yield from check_target(written, self.kind, creates=self.creates)
        elif known:
            yield from self._source(index, line, end)

    def whole(self, lines: Sequence[MappingLine]) -> Iterator[Finding]:
        """What is missing."""
        marked = {line.platform for line in lines if line.key}
        mapped = {line.platform for line in lines}
        for name in sorted(self._keys() - marked):
            yield _missing_key(name, self._default_source(name), mapped=name in mapped)
        for group in self.kind.mandatory:
            if not mapped.intersection(group):
                yield _mandatory(group, self._default_source(group[0]))

    def _keys(self) -> set[str]:
        return {line.platform for line in self.kind.lines if line.key}

    def _lookups(self) -> tuple[str, ...]:
        return OBJECTS[self.kind.object].lookups

    def _default_source(self, attribute: str) -> str:
        sources = [line.crm for line in self.kind.lines if line.platform == attribute]
        return sources[0] if sources else "a field"

    def _twice(self, index: int, line: MappingLine) -> Iterator[Finding]:
        """One source may feed two targets (T13), but a target has one source."""
        outbound = self.kind.direction is Direction.OUTBOUND
        side: Literal["salesforce", "platform"] = "salesforce" if outbound else "platform"
        target = line.salesforce.lower() if outbound else line.platform
        first = self.targets.setdefault(target, index)
        if first != index:
            message = f"'{target}' is mapped by line {first} already"
            remedy = f"Remove this line or line {first}."
            said = (message, remedy, getattr(line, side))
            yield at_line(index, side, "target_mapped_twice", said=said)

    def _unknown_attribute(self, index: int, line: MappingLine) -> Finding:
        close = get_close_matches(line.platform, self.attributes, n=1)
        hint = f"Did you mean '{close[0]}'? " if close else ""
        message = f"the platform's {self.kind.object} has no attribute '{line.platform}'"
        remedy = (
            f"{hint}Use one of {', '.join(sorted(self.attributes))}, "
            "or declare the attribute in the workspace."
        )
        said = (message, remedy, line.platform)
        return at_line(index, "platform", "unknown_attribute", said=said)

    def _no_parent(self, index: int, line: MappingLine, end: FieldEnd) -> Finding:
        message = f"{line.salesforce} ({end.type}) does not point to a record"
        remedy = f"Map the reference field that names the record's {self.kind.parent_object}."
        said = (message, remedy, line.salesforce)
        return at_line(index, "salesforce", "wrong_type", said=said)

    def _source(self, index: int, line: MappingLine, end: FieldEnd) -> Iterator[Finding]:
        """Inbound: the field feeds the attribute."""
        wanted = self.attributes[line.platform]
        if compatible(end.type, wanted):
            return
        fitting = [each for each in _TYPES if compatible(end.type, each)]
        fits = f"an attribute of type {' or '.join(fitting)}" if fitting else "no attribute"
        message = f"{line.salesforce} ({end.type}) cannot feed '{line.platform}' of type {wanted}"
        remedy = f"It can feed {fits}; choose another field or attribute."
        said = (message, remedy, line.salesforce)
        yield at_line(index, "salesforce", "wrong_type", said=said)


def _key_without_effect(index: int, line: MappingLine, keys: Sequence[str]) -> Finding:
    return Finding(
        code="key_without_effect",
        field=f"/mapping/{index}/key",
        message=f"records are not matched by '{line.platform}'; the mark has no effect",
        remedy=f"Mark only {' and '.join(keys)} as key.",
        severity="warning",
        line=index,
        value=True,
    )


def _missing_key(attribute: str, source: str, *, mapped: bool) -> Finding:
    said = "is mapped but not marked as key" if mapped else "is not mapped"
    remedy = (
        "Set 'key' to true in its line."
        if mapped
        else f"Add a line from {source} to {attribute} with 'key' set to true."
    )
    return Finding(
        code="missing_key",
        field="/mapping",
        message=f"the key '{attribute}' {said}",
        remedy=remedy,
    )


def _mandatory(group: Sequence[str], source: str) -> Finding:
    names = " or ".join(f"'{name}'" for name in group)
    return Finding(
        code="mandatory_not_mapped",
        field="/mapping",
        message=f"{names} is mandatory and not mapped",
        remedy=f"Add a line from {source} to {group[0]}.",
    )
