"""Records found by a value of theirs: the user that an e-mail address names."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from syncline.ports import ObjectDescription, Person
from syncline.salesforce.session import OrgSession
from syncline.salesforce.soql import Query, canonical_path, text_literal

VALUES_AT_ONCE: Final = 400
"""Values in one query. With 80 characters each, the longest address, that is a third of the
100,000 that a statement may have."""
LONGEST: Final = 255
"""Characters of the longest text that a filter can be asked for; a longer value is nobody's."""


def people(
    session: OrgSession, description: ObjectDescription, field: str, values: Collection[str]
) -> Mapping[str, Sequence[Person]]:
    """Folded value → who has it, in id order. Salesforce compares without regard to case."""
    name = canonical_path(field, description)
    found: dict[str, list[Person]] = {}
    wanted = {folded(each) for each in values if 0 < len(each.strip()) <= LONGEST}
    for some in _slices(sorted(wanted)):
        for record in _records(session, _query(description, name, some)):
            person = Person(str(record["Id"]), str(record[name]))
            key = folded(person.value)
            if key in wanted:
                found.setdefault(key, []).append(person)
    for each in found.values():
        each.sort(key=lambda person: person.id)
    return found


def folded(value: str) -> str:
    """What a value is compared by."""
    return value.strip().lower()


def _query(description: ObjectDescription, name: str, values: Sequence[str]) -> Query:
    """Users are never deleted but made inactive; what has neither flag is taken as it is."""
    flags = {"isactive": "IsActive = true", "isdeleted": "IsDeleted = false"}
    conditions = [text for field, text in flags.items() if field in description.fields]
    among = ",".join(text_literal(each) for each in values)
    return Query(description.name, ("Id", name), (*conditions, f"{name} IN ({among})"))


def _records(session: OrgSession, query: Query) -> Iterator[Mapping[str, Any]]:
    page = session.query(query.text(ordered=False))
    yield from page.records
    while page.next is not None:
        page = session.query_more(page.next)
        yield from page.records


def _slices(values: Sequence[str]) -> Iterator[Sequence[str]]:
    left = iter(values)
    while some := list(islice(left, VALUES_AT_ONCE)):
        yield some
