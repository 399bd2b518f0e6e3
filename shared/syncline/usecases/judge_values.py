"""What the orgs say of values before they are accepted: types, lengths, picklists, references."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from syncline.engine.records import Value, Values
from syncline.engine.write_lines import Mode, Refusal, WriteLine, outgoing_of, refused_value
from syncline.errors import ConfigurationError, RetryableError
from syncline.ports import Crm, CrmFactory
from syncline.usecases.known_outlets import KnownOutlets, Place

Said = tuple[str, Values]
"""Platform object and canonical values of one change."""
Verdict = tuple[int, str, Refusal]
"""Index of the change, attribute, and why it would be refused."""


@dataclass(frozen=True, slots=True)
class JudgeValues:
    """An org that does not answer refuses nothing: the writer decides when it does."""

    crm: CrmFactory
    outlets: KnownOutlets

    def __call__(
        self,
        workspace: str,
        changes: Sequence[Said],
        to: Mapping[str, Mapping[str, tuple[str, ...]]],
    ) -> Iterator[Verdict]:
        """`to`: platform object → attribute → connections. Many values per request."""
        places = dict.fromkeys(
            (workspace, connection, object)
            for object, values in changes
            for name in values
            for connection in to[object].get(name, ())
        )
        told: set[tuple[int, str]] = set()
        for place in places:
            mine = [
                (at, name)
                for at, (object, values) in enumerate(changes)
                for name in values
                if object == place[2] and place[1] in to[object].get(name, ())
            ]
            for at, name, refusal in self._asked(place, changes, mine):
                if (at, name) not in told:
                    told.add((at, name))
                    yield at, name, refusal

    def _asked(
        self, place: Place, changes: Sequence[Said], mine: Sequence[tuple[int, str]]
    ) -> list[Verdict]:
        try:
            crm = self.crm(place[0], place[1])
            found = list(self._judged(crm, place, changes, mine, anew=False))
            return list(self._judged(crm, place, changes, mine, anew=True)) if found else []
        except (RetryableError, ConfigurationError):
            return []

    def _judged(
        self,
        crm: Crm,
        place: Place,
        changes: Sequence[Said],
        mine: Sequence[tuple[int, str]],
        *,
        anew: bool,
    ) -> Iterator[Verdict]:
        """Of an object that leads to several of the CRM's, what none of them would take: whose
        record it is shows when it is written."""
        found: dict[tuple[int, str], Refusal | None] = {}
        for outlet in self.outlets(crm, place, anew=anew):
            people = _people(crm, outlet.lines, ((name, changes[at][1]) for at, name in mine))
            for at, name in mine:
                line = outlet.lines.get(name)
                if line is None:
                    continue
                refusal = _lasting(outgoing_of(line, changes[at][1].get(name), people).refusal)
                found[at, name] = refusal and found.get((at, name), refusal)
        yield from ((at, name, why) for (at, name), why in found.items() if why is not None)


def _lasting(refusal: Refusal | None) -> Refusal | None:
    """Rights may be given until it is written."""
    return None if refusal is not None and refusal[0] == "read_only" else refusal


def _people(
    crm: Crm, lines: Mapping[str, WriteLine], said: Iterable[tuple[str, Values]]
) -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
    wanted: dict[str, set[str]] = {}
    for name, values in said:
        line, value = lines.get(name), values.get(name)
        if line is not None and value is not None and _is_looked_up(line, value):
            wanted.setdefault(name, set()).add(str(value).lower())
    return {
        (name, each): tuple((person.id, person.value) for person in found.get(each, ()))
        for name, values in wanted.items()
        if (found := crm.people(lines[name].object, lines[name].by, values)) is not None
        for each in values
    }


def _is_looked_up(line: WriteLine, value: Value) -> bool:
    pointing = line.mode is Mode.UPDATE_REFERENCE and not line.by_id
    return pointing and refused_value(line, value) is None
