"""Where the attributes that are written back go: found in the mappings of inbound jobs, resolved
against the live org."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from syncline.config.attribute import Attribute, attribute_name
from syncline.config.models import Job, MappingLine
from syncline.engine.coercion import compatible
from syncline.engine.outcoercion import sendable
from syncline.engine.write_lines import Mode, Refusal, WriteLine
from syncline.kinds.kind import Direction, Kind
from syncline.kinds.objects import OBJECTS
from syncline.kinds.registry import KINDS
from syncline.ports import Configuration, Crm, FieldDescription, ObjectDescription
from syncline.usecases.check_paths import PathError, end_of, referenced
from syncline.usecases.find import find_jobs
from syncline.usecases.resolve_job import JobSetup, load_job

_REFERENCE: Final = "reference"
_NAMES: Final = frozenset({"id", "string", "email", "phone", "url", "picklist", "combobox"})
"""Types of fields that a record can be named by."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where an inbound job says that an attribute goes (W2)."""

    connection: str
    job: str
    salesforce_object: str
    path: str
    mode: Mode


def inbound_jobs(configuration: Configuration, workspace: str, object: str) -> list[JobSetup]:
    """The inbound jobs of a platform object, in name order; paused ones too, for what they have
    linked stays linked."""
    return _loaded(configuration, workspace, lambda job: reads(job, object))


def outbound_jobs(configuration: Configuration, workspace: str, object: str) -> list[JobSetup]:
    """Likewise, of the other direction."""
    return _loaded(configuration, workspace, lambda job: sends(job, object))


def _loaded(
    configuration: Configuration, workspace: str, wanted: Callable[[Job], bool]
) -> list[JobSetup]:
    """A job that was saved while its connection was deleted leads nowhere, and stops no other."""
    connections = dict(configuration.all(workspace, "connection"))
    return [
        load_job(configuration, workspace, name, draft=job)
        for name, job in find_jobs(configuration, workspace).items()
        if wanted(job) and job.connection in connections
    ]


def sent_elsewhere(
    configuration: Configuration, workspace: str, connection: str, object: str
) -> frozenset[str]:
    """The attributes that outbound jobs send to other connections: they find what is to be sent by
    its edit, so that must not go when another one has it."""
    setups = outbound_jobs(configuration, workspace, object)
    theirs = [setup for setup in setups if setup.job.connection != connection]
    return frozenset(line.platform for setup in theirs for line in setup.lines())


def sends(job: Job, object: str) -> bool:
    """Whether it is an outbound job of that platform object."""
    kind = KINDS[job.kind]
    return kind.direction is Direction.OUTBOUND and kind.object == object


def reads(job: Job, object: str) -> bool:
    """Whether it is an inbound job of that platform object."""
    kind = KINDS[job.kind]
    return kind.direction is Direction.INBOUND and kind.object == object


def settings_of(configuration: Configuration, workspace: str, object: str) -> dict[str, Attribute]:
    """What is configured of an object's attributes, by attribute."""
    prefix = attribute_name(object, "")
    return {
        name.removeprefix(prefix): Attribute.model_validate(stored.body)
        for name, stored in configuration.all(workspace, "attribute")
        if name.startswith(prefix)
    }


def written_back(configuration: Configuration, workspace: str, object: str) -> dict[str, Attribute]:
    """The attributes of the object that are switched on."""
    found = settings_of(configuration, workspace, object)
    return {name: each for name, each in found.items() if each.write_back}


def written_to(
    configuration: Configuration, workspace: str, connection: str, object: str
) -> frozenset[str]:
    """The attributes of the object that write-back brings to that connection."""
    on = written_back(configuration, workspace, object)
    jobs = inbound_jobs(configuration, workspace, object) if on else []
    mine = [setup for setup in jobs if setup.job.connection == connection]
    return frozenset(line.platform for setup in mine for line in setup.lines()) & on.keys()


def targets(setups: Sequence[JobSetup], attribute: str, settings: Attribute) -> list[Target]:
    """All places that the attribute goes to, as far as the mappings alone tell."""
    return [
        Target(
            setup.job.connection, setup.name, setup.crm_object, line.salesforce,
            Mode(settings.reference) if "." in line.salesforce else Mode.FIELD,
        )
        for setup in setups
        for line in mapping_of(setup, attribute)
    ]  # fmt: skip


def mapping_of(setup: JobSetup, attribute: str) -> Iterator[MappingLine]:
    """The line that maps the attribute: one at most, in a job that was validated."""
    return (line for line in setup.lines() if line.platform == attribute)


def write_lines(
    setup: JobSetup, crm: Crm, attributes: Mapping[str, Attribute]
) -> dict[str, WriteLine]:
    """Of an inbound job, the lines of the attributes that are switched on. A line that cannot work
    says so in its `flaw`, and leaves the others be (W12). ConfigurationError if the job's object
    itself is absent or hidden."""
    described = crm.describe(setup.crm_object)
    return {
        line.platform: write_line(setup, line, attributes[line.platform], described, crm)
        for line in setup.lines()
        if line.platform in attributes and attributes[line.platform].write_back
    }


def write_line(
    setup: JobSetup,
    line: MappingLine,
    settings: Attribute,
    described: ObjectDescription,
    crm: Crm,
) -> WriteLine:
    """One attribute's; `described` is the job's object."""
    type = setup.attribute_types().get(line.platform, "text")
    path = line.salesforce
    draft = WriteLine(line.platform, type, path, "string", Mode.FIELD, path, crm.dialect)
    flaw = key_flaw(setup.kind, line.platform) or deep_flaw(path)
    if flaw is not None:
        return replace(draft, flaw=flaw)
    try:
        found = (
            _through_reference(draft, settings, described, crm)
            if "." in path
            else _own_field(draft, described, crm)
        )
    except PathError as exc:
        return replace(draft, flaw=(exc.code, exc.message))
    flaw = _composed(found, found.object or described.name) or _unfit(found, setup.kind)
    return replace(found, flaw=flaw)


def key_flaw(kind: Kind, attribute: str) -> Refusal | None:
    """What records are matched by, or stays as it was created."""
    if attribute not in {kind.parent, *kind.frozen, *OBJECTS[kind.object].lookups}:
        return None
    return "key_attribute", f"'{attribute}' ties the record to others and is never written back"


def deep_flaw(path: str) -> Refusal | None:
    """W6."""
    if path.count(".") < 2:
        return None
    return "deep_reference", f"{path} goes through more than one reference; one can be written back"


def _own_field(draft: WriteLine, described: ObjectDescription, crm: Crm) -> WriteLine:
    end_of(draft.path, described, crm)
    field = described.fields[draft.path.lower()]
    found = _to_field(draft, described, field)
    if field.type.lower() != _REFERENCE:
        return found
    return replace(
        found, mode=Mode.UPDATE_REFERENCE, by=crm.dialect.id_field, reference=field.name, length=0,
        object=" or ".join(field.reference_to),
    )  # fmt: skip


def _to_field(draft: WriteLine, described: ObjectDescription, field: FieldDescription) -> WriteLine:
    return replace(
        draft,
        field=field.name,
        crm_type=field.type.lower(),
        length=field.length,
        picklist=field.picklist if field.restricted else (),
        updateable=described.updateable and field.updateable,
        nillable=field.nillable,
    )


def _through_reference(
    draft: WriteLine, settings: Attribute, described: ObjectDescription, crm: Crm
) -> WriteLine:
    """W5."""
    end = referenced(draft.path, described, crm)
    mode = Mode(settings.reference)
    if mode is Mode.UPDATE_REFERENCE:
        return replace(
            _to_field(draft, described, end.reference),
            crm_type=end.field.type.lower(), mode=mode, reference=end.reference.name,
            object=end.object.name, by=end.field.name, length=0,
        )  # fmt: skip
    return replace(
        _to_field(draft, end.object, end.field),
        mode=mode, reference=end.reference.name, object=end.object.name,
        prefix=end.object.key_prefix or "",
    )  # fmt: skip


def _composed(line: WriteLine, object: str) -> Refusal | None:
    """What no right would let anybody write; records may be found by it."""
    parts = line.dialect.composed.get((object.lower(), line.field.lower()))
    if parts is None or line.mode is Mode.UPDATE_REFERENCE:
        return None
    to, dot, _ = line.path.rpartition(".")
    instead = " and ".join(f"{to}{dot}{part}" for part in parts)
    told = f"{line.path} is put together by {line.dialect.title}"
    return "compound_field", f"{told}; map {instead} instead"


def _unfit(line: WriteLine, kind: Kind) -> Refusal | None:
    """What no right of a user would change."""
    once = KINDS[kind.counterpart].create_only if kind.counterpart else frozenset()
    if line.field.lower() in line.dialect.system:
        return "not_writable", f"{line.field} is set by {line.dialect.title} itself"
    if line.mode is not Mode.EDIT_VALUE and line.field in once:
        return "not_writable", f"{line.field} is set when a record is created, and never after"
    if line.mode is Mode.UPDATE_REFERENCE and line.crm_type not in {*_NAMES, _REFERENCE}:
        return "wrong_type", f"nobody can be found by {line.path} ({line.crm_type})"
    if not (sendable(line.type, line.crm_type) and compatible(line.crm_type, line.type)):
        told = f"'{line.attribute}' of type {line.type} cannot be written to {line.path}"
        return "wrong_type", f"{told} ({line.crm_type})"
    return None
