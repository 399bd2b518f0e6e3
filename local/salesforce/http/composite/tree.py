"""sObject Tree: up to 200 nested records created as one, level by level.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobject_tree.htm
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from local.salesforce.acting import Acting
from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.composite.subrequests import Asked, objects_in
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.metadata import sobject_of
from local.salesforce.http.saving import writer_of
from local.salesforce.org import Org
from local.salesforce.schema.registry import Child
from local.salesforce.schema.types import SObject
from local.salesforce.store.incoming import WrongJsonError

MAXIMUM_RECORDS: Final = 200
MAXIMUM_DEPTH: Final = 5
MAXIMUM_TYPES: Final = 5
_REFERENCE: Final = re.compile(r"[A-Za-z0-9].*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Node:
    """One record; `link` is the field that holds the id of its parent."""

    reference: str
    sobject: SObject
    fields: Asked
    level: int
    parent: str | None = None
    link: str | None = None


class _FailedError(Exception):
    """Some records cannot be, so none is."""

    def __init__(self, errors: Mapping[str, Sequence[ApiError]]) -> None:
        self.errors = errors
        super().__init__(", ".join(errors))

    def results(self) -> list[dict[str, object]]:
        """What is told of each record that failed."""
        return [
            {"referenceId": name, "errors": [item for each in errors for item in each.items()]}
            for name, errors in self.errors.items()
        ]


def _invalid(reference: str, text: str) -> _FailedError:
    return _FailedError({reference: [ApiError(Kind.INVALID_INPUT, text=text)]})


def tree(org: Org, call: Call) -> Answer:
    """`POST /composite/tree/X`: 201 with the new ids, or 400 with the records that failed.

    It counts as one call. Records of a level are made together, so all that fail there are told,
    and those of deeper levels are not tried. Of the refusals of form two texts are recorded
    (https://github.com/amp-labs/connectors, https://github.com/forcedotcom/cli/issues/3285), the
    others are not documented.
    """
    root = sobject_of(org, call)
    records = objects_in(call.json_object(), "records")
    try:
        nodes = _Reading(org.acting(call.user_id)).all(root, records)
        with org.database.transaction():
            made = _create(org, call, nodes)
    except _FailedError as failed:
        return Answer(400, {"hasErrors": True, "results": failed.results()})
    created = [{"referenceId": name, "id": record_id} for name, record_id in made.items()]
    return Answer(201, {"hasErrors": False, "results": created})


def _create(org: Org, call: Call, nodes: Sequence[Node]) -> dict[str, str]:
    writer = writer_of(org, call)
    made: dict[str, str] = {}
    for level in sorted({node.level for node in nodes}):
        errors: dict[str, Sequence[ApiError]] = {}
        for node in (each for each in nodes if each.level == level):
            fields = dict(node.fields)
            if node.link is not None and node.parent is not None:
                fields[node.link] = made.get(node.parent)
            try:
                made[node.reference] = writer.create(node.sobject, fields)
            except WrongJsonError as error:
                raise error.placed(call.body) from error
            except ApiError as error:
                errors[node.reference] = [error]
        if errors:
            raise _FailedError(errors)
    return made


class _Reading:
    """Trees flattened, roots first and then level by level."""

    def __init__(self, acting: Acting) -> None:
        self._schema = acting.schema
        self._nodes: list[Node] = []

    def all(self, root: SObject, records: Sequence[Asked]) -> Sequence[Node]:
        """Every record; raises _FailedError for what the form of a tree forbids."""
        for record in records:
            self._read(record, level=1, under=None, child=None)
        for node in self._nodes:
            if node.level == 1 and node.sobject.name != root.name:
                raise _invalid(
                    node.reference,
                    f"Invalid entity type provided in the request: {node.sobject.name}",
                )
        self._check()
        return sorted(self._nodes, key=lambda node: node.level)

    def _read(self, record: Asked, *, level: int, under: str | None, child: Child | None) -> None:
        reference, sobject = self._attributes(record)
        if child is not None and sobject.name != child.sobject.name:
            raise _invalid(
                reference, f"Invalid entity type provided in the request: {sobject.name}"
            )
        children = self._children(sobject, record)
        fields = {name: value for name, value in record.items() if name not in children}
        link = child.field.name if child is not None else None
        self._nodes.append(Node(reference, sobject, fields, level, under, link))
        for name, relation in children.items():
            nested = record[name]
            for each in objects_in(nested if isinstance(nested, Mapping) else {}, "records"):
                self._read(each, level=level + 1, under=reference, child=relation)

    def _attributes(self, record: Asked) -> tuple[str, SObject]:
        attributes = record.get("attributes")
        given = attributes if isinstance(attributes, Mapping) else {}
        reference, kind = str(given.get("referenceId") or ""), str(given.get("type") or "")
        if not _REFERENCE.fullmatch(reference):
            raise _invalid(reference, "Include a reference ID for each record in the request.")
        sobject = self._schema.get(kind)
        if sobject is None:
            raise _invalid(reference, f"Invalid entity type provided in the request: {kind}")
        return reference, sobject

    def _children(self, sobject: SObject, record: Asked) -> dict[str, Child]:
        known = {each.name.lower(): each for each in self._schema.children(sobject) if each.name}
        return {
            name: known[name.lower()]
            for name, value in record.items()
            if name.lower() in known and isinstance(value, Mapping) and "records" in value
        }

    def _check(self) -> None:
        nodes = self._nodes
        twice = [name for name, times in Counter(n.reference for n in nodes).items() if times > 1]
        if twice:
            raise _FailedError({name: _duplicate(name) for name in twice})
        if len(nodes) > MAXIMUM_RECORDS:
            raise _invalid(nodes[MAXIMUM_RECORDS].reference, f"More than {MAXIMUM_RECORDS} records")
        deep = next((node for node in nodes if node.level > MAXIMUM_DEPTH), None)
        if deep is not None:
            raise _invalid(deep.reference, f"More than {MAXIMUM_DEPTH} levels")
        types = list(dict.fromkeys(node.sobject.name for node in nodes))
        if len(types) > MAXIMUM_TYPES:
            late = next(node for node in nodes if node.sobject.name == types[MAXIMUM_TYPES])
            raise _invalid(late.reference, f"More than {MAXIMUM_TYPES} types of records")


def _duplicate(reference: str) -> list[ApiError]:
    return [
        ApiError(Kind.INVALID_INPUT, text="Duplicate ReferenceId provided in the request."),
        ApiError(Kind.DUPLICATE_REFERENCE, reference=reference),
    ]
