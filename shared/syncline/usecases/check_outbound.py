"""What an outbound job needs beside fitting lines, against the live describe (T9, T11, T12)."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from syncline.config.models import Job
from syncline.config.platform_conditions import flaws_of
from syncline.kinds.kind import Kind
from syncline.kinds.registry import KINDS
from syncline.ports import FieldDescription, ObjectDescription
from syncline.usecases.findings import Finding
from syncline.usecases.resolve_job import JobSetup
from syncline.usecases.resolve_outgoing import parent_target

PLATFORM_ID_LENGTH: Final = 128
"""The longest id that a platform record can have."""

_KEY_TYPES: Final = frozenset({"string"})
_NO_TEXTS: Final = frozenset(
    {"int", "double", "currency", "percent", "boolean", "date", "datetime"}
)


def check_outbound(
    setup: JobSetup, described: ObjectDescription, jobs: Iterable[Job]
) -> Iterator[Finding]:
    """Every finding but those of single lines. `jobs` are all of the workspace."""
    yield from _conditions(setup)
    yield from _object(setup, described)
    yield from _parent(setup, described, _parents(setup, jobs))
    yield from _key_line(setup, described)
    if setup.job.creates:
        yield from _targets(setup, described)
        yield from _required(setup, described)
        yield from _creation_key(setup, described)


def _conditions(setup: JobSetup) -> Iterator[Finding]:
    for flaw in flaws_of(setup.job.conditions, setup.attribute_types()):
        field = f"/conditions/{flaw.index}/{flaw.part}"
        yield Finding(flaw.code, field, flaw.message, flaw.remedy, value=flaw.value)


def _object(setup: JobSetup, described: ObjectDescription) -> Iterator[Finding]:
    job, kind = setup.job, setup.kind
    deletes = kind.deletes if job.deletes is None else job.deletes
    lacking = (
        (job.creates and not described.createable, "create", "set 'create' to false"),
        (not kind.always_new and not described.updateable, "update", "choose another object"),
        (deletes and not described.deletable, "delete", "set 'deletes' to false"),
    )
    for lacks, verb, instead in lacking:
        if lacks:
            yield Finding(
                code=f"cannot_{verb}",
                field="/salesforce_object",
                message=f"the connected user cannot {verb} {described.name} records",
                remedy=f"Give the user the right to {verb} them, or {instead}.",
                value=described.name,
            )


def _parents(setup: JobSetup, jobs: Iterable[Job]) -> Collection[str]:
    """The objects that accounts are in this org: those of the connection's jobs of accounts."""
    kinds = {name: kind for name, kind in KINDS.items() if kind.object == setup.kind.parent_object}
    synced = {
        job.salesforce_object or kinds[job.kind].crm_object
        for job in jobs
        if job.kind in kinds and job.connection == setup.job.connection
    }
    return sorted(synced or {kind.crm_object for kind in kinds.values()})


def _parent(
    setup: JobSetup, described: ObjectDescription, parents: Collection[str]
) -> Iterator[Finding]:
    """T11: a record of a custom object is tied to its parent by a field of its own."""
    if setup.kind.parent is None:
        return
    name = setup.job.parent_field
    if name is None:
        if setup.job.creates and parent_target(setup, described) is None:
            yield _of_parent(
                "parent_field_missing",
                f"no field of {described.name} is known to take the account of a new record",
                _suggested(described, parents),
            )
        return
    field = described.fields.get(name.lower())
    if field is None:
        message = f"{described.name} has no field '{name}' that the connected user can see"
        yield _of_parent("unknown_field", message, _suggested(described, parents), name)
    elif not _points(field, parents):
        message = f"{name} does not point to {' or '.join(parents)}, as accounts are synced with"
        yield _of_parent("wrong_type", message, _suggested(described, parents), name)
    elif setup.job.creates and not field.createable:
        message = f"the connected user cannot set {name} of a new record"
        remedy = "Give the user the right to edit the field, or set 'create' to false."
        yield _of_parent("not_createable", message, remedy, name)


def _of_parent(code: str, message: str, remedy: str, value: str | None = None) -> Finding:
    return Finding(code, "/parent_field", message, remedy, value=value)


def _points(field: FieldDescription, parents: Collection[str]) -> bool:
    wanted = {each.lower() for each in parents}
    return not wanted.isdisjoint(each.lower() for each in field.reference_to)


def _suggested(described: ObjectDescription, parents: Collection[str]) -> str:
    fields = described.fields.values()
    fitting = sorted(each.name for each in fields if _points(each, parents) and each.createable)
    if fitting:
        return f"Set 'parent_field' to {' or '.join(fitting)}."
    to = " or ".join(parents)
    return f"Create a lookup from {described.name} to {to}, and name it as 'parent_field'."


def _targets(setup: JobSetup, described: ObjectDescription) -> Iterator[Finding]:
    """What the kind's own object cannot do without, and its describe does not tell."""
    if described.name.lower() != setup.kind.crm_object.lower():
        return
    for group in setup.kind.targets:
        source = _mandatory_source(setup.kind, group)
        feeding = [each for each in setup.lines() if source in (None, each.platform)]
        mapped = {line.salesforce.lower() for line in feeding}
        if mapped.isdisjoint(each.lower() for each in group):
            told = f"no line from {source}" if source else "no line"
            yield Finding(
                code="target_not_mapped",
                field="/mapping",
                message=f"{told} feeds {' or '.join(group)}, which a new {described.name} needs",
                remedy=f"Add a line to {group[0]}, from {source or 'the attribute of the date'}.",
            )


def _mandatory_source(kind: Kind, group: Collection[str]) -> str | None:
    """T18: what every record of the kind must have goes where the default mapping puts it."""
    mandatory = {name for names in kind.mandatory for name in names}
    fed = (line.platform for line in kind.lines if line.crm in group)
    return next((each for each in fed if each in mandatory), None)


def _key_line(setup: JobSetup, described: ObjectDescription) -> Iterator[Finding]:
    """Records are looked up by the External Id as a text."""
    for index, line in enumerate(setup.lines()):
        field = described.fields.get(line.salesforce.lower())
        if line.platform != "external_id" or field is None:
            continue
        if field.type.lower() in _NO_TEXTS:
            yield Finding(
                code="wrong_type",
                field=f"/mapping/{index}/salesforce",
                message=f"{field.name} is a {field.type}; an External Id is looked up as text",
                remedy="Map a text field, or the id itself.",
                line=index,
                value=field.name,
            )


def _required(setup: JobSetup, described: ObjectDescription) -> Iterator[Finding]:
    mapped = {line.salesforce.lower() for line in setup.lines()}
    given = {(parent_target(setup, described) or "").lower()}
    for name, field in described.fields.items():
        if _is_required(field) and name not in mapped | given:
            yield Finding(
                code="target_not_mapped",
                field="/mapping",
                message=f"no line feeds {field.name}, which a new {described.name} needs",
                remedy=f"Add a line to {field.name}, or set 'create' to false.",
                value=field.name,
            )


def _is_required(field: FieldDescription) -> bool:
    """A checkbox is never empty, so it is not nillable and needs nothing all the same.

    https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_describesobjects_describesobjectresult.htm
    """
    settled = field.nillable or field.defaulted_on_create or field.type.lower() == "boolean"
    return field.createable and not settled


def _creation_key(setup: JobSetup, described: ObjectDescription) -> Iterator[Finding]:
    name = setup.connection.creation_key(described.name)
    if name is None:
        return
    field = described.fields.get(name.lower())
    said = _key_flaw(setup, name, field)
    if said is not None:
        yield Finding(
            code="creation_key_unfit",
            field="/connection",
            message=f"'creation_keys' of the connection names {described.name}.{name}: {said}",
            remedy=(
                f"Name there a text field of {described.name} of 255 characters that is an "
                "external id, unique, case-sensitive and editable for the connected user, or leave "
                "the object out."
            ),
            value=setup.job.connection,
        )


def _key_flaw(setup: JobSetup, name: str, field: FieldDescription | None) -> str | None:
    if field is None:
        return "there is no such field that the connected user can see"
    mapped = {line.salesforce.lower() for line in setup.lines()}
    needed = len(setup.creation_key("")) + PLATFORM_ID_LENGTH
    flaws = (
        (field.type.lower() not in _KEY_TYPES, f"it is of type {field.type}, not a text"),
        (not field.external_id, "it is no external id"),
        (not field.unique, "it is not unique"),
        (not field.case_sensitive, "it does not tell capital from small letters"),
        (field.length < needed, f"it holds {field.length} characters only"),
        (not field.createable, "the connected user cannot set it"),
        (name.lower() in mapped, "the mapping writes it too"),
    )
    return next((said for wrong, said in flaws if wrong), None)
