"""Resolves an outbound job against the live org once for all legs: its frame, and rules from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from syncline.config.models import MappingLine
from syncline.config.platform_conditions import included
from syncline.engine.coercion import compatible
from syncline.engine.dialect import Dialect
from syncline.engine.moments import canonical_instant
from syncline.engine.outcoercion import sendable
from syncline.engine.outgoing_rules import OutgoingLine, OutgoingRules, Prepare
from syncline.engine.records import Value, Values
from syncline.errors import ConfigurationError
from syncline.kinds.preparing import Draft
from syncline.kinds.registry import KINDS
from syncline.ports import Crm, JobState, ObjectDescription, ReadRequest, Run, RunMode
from syncline.usecases.resolve_job import OVERLAP, JobSetup, resolve_lines

SUSPECTS, CALLED, EDITED, SEND, SETTLE = "suspects", "called", "edited", "send", "settle"


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The inbound job of the pair and how far it has read, where there is one."""

    setup: JobSetup
    state: JobState


def make_outgoing_frame(
    setup: JobSetup,
    crm: Crm,
    run: Run,
    state: JobState,
    *,
    counterpart: Counterpart | None,
    now: datetime,
) -> dict[str, Any]:
    """What the first leg finds out once for all legs, as JSON."""
    described = crm.describe(setup.crm_object)
    lines = [_resolve(line, setup, described, crm.dialect) for line in setup.lines()]
    shown = _shown(crm, lines, counterpart)
    phases = [SUSPECTS, CALLED, EDITED, *([] if run.mode is RunMode.PLAN else [SEND, SETTLE])]
    return {
        "lines": [_told(line) for line in lines],
        "paired": {a: t for a, (_, t, paired) in shown.items() if paired},
        "shown": [[attribute, path, type] for attribute, (path, type, _) in shown.items()],
        "object": described.name,
        "prefix": described.key_prefix,
        "connection": setup.job.connection,
        "known": [
            name
            for name in map(str.lower, setup.kind.asked_of_fields)
            if name in described.fields and described.fields[name].createable
        ],
        "key_field": setup.connection.creation_key(described.name),
        "parent_field": parent_target(setup, described),
        "phases": phases,
        "since": _since(setup, run, state, now),
        "suspects_since": suspects_since(counterpart),
        "started": canonical_instant(now),
        "fingerprint": setup.fingerprint(),
    }


def _since(setup: JobSetup, run: Run, state: JobState, now: datetime) -> str:
    """T9: never further back than the workspace allows."""
    bound = canonical_instant(now - timedelta(days=setup.workspace.outbound_days))
    anew = run.mode is RunMode.FULL or state.mapping != setup.fingerprint()
    if anew or state.watermark is None:
        return bound
    back = datetime.fromisoformat(state.watermark) - OVERLAP
    return max(bound, canonical_instant(back))


def suspects_since(counterpart: Counterpart | None) -> str | None:
    """Up to when every baseline is what the CRM holds; None where no job sees to that."""
    if counterpart is None or counterpart.setup.job.condition is not None:
        return None
    state = counterpart.state
    if state.watermark is None or state.mapping != counterpart.setup.fingerprint():
        return None
    return canonical_instant(datetime.fromisoformat(state.watermark) - OVERLAP)


def _resolve(
    line: MappingLine, setup: JobSetup, described: ObjectDescription, dialect: Dialect
) -> OutgoingLine:
    types = setup.attribute_types()
    field = described.fields.get(line.salesforce.lower())
    if line.platform not in types or field is None:
        side = "platform" if line.platform not in types else "salesforce"
        raise ConfigurationError(
            f"the line {line.platform} → {line.salesforce} names something that is not there",
            code="unknown_attribute" if side == "platform" else "unknown_field",
            field=f"mapping[{line.platform}].{side}",
            remedy="validate the mapping, which names each line and what to do",
        )
    name, is_id = field.name.lower(), dialect.is_id_field(field.name)
    person = name in {each.lower() for each in setup.kind.people}
    if not is_id and not sendable(types[line.platform], field.type):
        raise ConfigurationError(
            f"'{line.platform}' of type {types[line.platform]} cannot be written to {field.name} "
            f"({field.type})",
            code="wrong_type",
            field=f"mapping[{line.platform}].salesforce",
            remedy="map a field of a fitting type",
        )
    once = name in {each.lower() for each in setup.kind.create_only}
    matching = line.key and line.platform != setup.kind.parent
    return OutgoingLine(
        crm=field.name,
        attribute=line.platform,
        crm_type=field.type,
        type=types[line.platform],
        create=field.createable and not is_id,
        update=field.updateable and not is_id and not once and not matching,
        person=person,
        strict=name in {each.lower() for each in setup.kind.needed_people},
        clears=field.nillable,
    )


def _told(line: OutgoingLine) -> list[Any]:
    return [
        line.crm, line.attribute, line.crm_type, line.type,
        line.create, line.update, line.person, line.strict, line.clears,
    ]  # fmt: skip


def _shown(
    crm: Crm,
    lines: list[OutgoingLine],
    counterpart: Counterpart | None,
) -> dict[str, tuple[str, str, bool]]:
    """How each attribute that is sent is read back: path, CRM type, whether the pair maps it.

    A person that the pair does not map cannot be compared with an id, so it is not read. Of two
    fields that one attribute feeds (T13), the one of its own type tells more."""
    inbound = resolve_lines(counterpart.setup, crm) if counterpart else ()
    paired = {line.attribute: (line.crm, line.crm_type, True) for line in inbound}
    shown: dict[str, tuple[str, str, bool]] = {}
    for line in lines:
        if not (line.create or line.update):
            continue
        own = (line.crm, line.crm_type, False)
        known = paired.get(line.attribute)
        if known is not None and sendable(line.type, known[1]):
            shown[line.attribute] = known
        elif not line.person and compatible(line.crm_type, line.type):
            finer = line.crm_type == line.type
            shown[line.attribute] = own if finer else shown.get(line.attribute, own)
    return shown


def parent_target(setup: JobSetup, described: ObjectDescription) -> str | None:
    """The CRM field that takes the account's id when a record is created: the job's parent field,
    else the kind's (`WhatId`), else that of the line which names the account, where it can be set.
    """
    if setup.kind.parent is None:
        return None
    if setup.job.parent_field is not None:
        return setup.job.parent_field
    mapped = [line.salesforce for line in setup.lines() if line.platform == setup.kind.parent]
    for name in (setup.kind.crm_parent, *mapped):
        field = described.fields.get((name or "").lower())
        if field is not None and field.createable:
            return field.name
    return None


def outgoing_rules(setup: JobSetup, frame: Mapping[str, Any], dialect: Dialect) -> OutgoingRules:
    """The engine's rules for this job."""
    kind, job, parent_field = setup.kind, setup.job, frame.get("parent_field")
    return OutgoingRules(
        object=kind.object,
        lines=tuple(OutgoingLine(*line) for line in frame["lines"]),
        paired=frame["paired"],
        dialect=dialect,
        shown={a: type for a, _, type in frame["shown"] if a not in frame["paired"]},
        key_prefix=frame["prefix"],
        mandatory=kind.mandatory,
        parent=kind.parent,
        parent_field=parent_field,
        parent_not=kind.crm_parent_not if parent_field == kind.crm_parent else None,
        create=kind.creates if job.create is None else job.create,
        deletes=kind.deletes if job.deletes is None else job.deletes,
        policy=job.conflicts,
        whole_record=job.merge == "record",
        always_new=kind.always_new,
        frozen=KINDS[kind.counterpart].frozen if kind.counterpart else frozenset(),
        prepare=_prepare(setup, frame),
        passes_over=kind.passes_over,
        included=included(job.conditions, setup.attribute_types()) if job.conditions else None,
    )


def _prepare(setup: JobSetup, frame: Mapping[str, Any]) -> Prepare | None:
    made = setup.kind.prepare
    if made is None:
        return None
    fields, targets = frozenset(frame["known"]), _targets(setup)

    def prepare(record: Values, values: Mapping[str, Value], creating: bool) -> Values:
        return made(Draft(record, values, creating, fields, targets))

    return prepare


def _targets(setup: JobSetup) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in setup.lines():
        found[line.platform] = (*found.get(line.platform, ()), line.salesforce)
    return found


def fetch_request(frame: Mapping[str, Any], dialect: Dialect) -> ReadRequest:
    """How CRM records are fetched to compare them."""
    paths = tuple(dict.fromkeys(path for _, path, _ in frame["shown"]))
    return ReadRequest(object=frame["object"], fields=paths or (dialect.id_field,))
