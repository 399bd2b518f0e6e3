"""Resolves a job against the live org once for all legs of a run: its frame, and rules from it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from syncline.config.models import Connection, Job, MappingLine, Workspace
from syncline.engine.coercion import compatible
from syncline.engine.dialect import Dialect
from syncline.engine.mapping import Line, RowMapper
from syncline.engine.moments import canonical_instant
from syncline.engine.rules import Rules
from syncline.errors import ConfigurationError, NotFoundError
from syncline.kinds.kind import Kind
from syncline.kinds.objects import OBJECTS
from syncline.kinds.registry import kind_of
from syncline.ports import (
    Configuration,
    Crm,
    JobState,
    ObjectDescription,
    Phase,
    ReadRequest,
    Run,
    RunMode,
)
from syncline.usecases.find import find_job
from syncline.usecases.find_converted import CONVERTED, unconverted

OVERLAP: Final = timedelta(minutes=10)
"""Re-read before the watermark: a long transaction becomes visible with an earlier stamp, and a
request may last ten minutes."""

BATCH_SIZE: Final = 1000
"""Records planned, journalled and applied together: what a run holds in memory at once."""

SWEPT: Final = "swept"
"""The phase of a full run that finds what has been purged and left no note."""


@dataclass(frozen=True, slots=True)
class JobSetup:
    """A job with everything it refers to, loaded."""

    workspace_name: str
    name: str
    workspace: Workspace
    connection: Connection
    job: Job

    @property
    def kind(self) -> Kind:
        """The job's kind; a stored job always has a known one."""
        return kind_of(self.job.kind)

    @property
    def crm_object(self) -> str:
        """The CRM object that the job reads or writes."""
        return self.job.salesforce_object or self.kind.crm_object

    def attribute_types(self) -> Mapping[str, str]:
        """The platform's attributes of the object, the workspace's own ones included."""
        own = self.workspace.attributes.get(self.kind.object, {})
        return {**OBJECTS[self.kind.object].attributes, **own}

    def lines(self) -> tuple[MappingLine, ...]:
        """The job's mapping, or the kind's default with the connection's account id field (J1)."""
        if self.job.mapping is not None:
            return self.job.mapping
        account_id = self.connection.account_external_id_field
        return tuple(
            MappingLine(
                salesforce=account_id if _is_account_key(self.kind, line.platform) else line.crm,
                platform=line.platform,
                key=line.key,
            )
            for line in self.kind.lines
        )

    def creation_key(self, platform_id: str) -> str:
        """What the creation key of a record made for that platform record holds: one CRM object may
        hold records of several workspaces and of several objects of the platform."""
        return f"{self.workspace_name}/{self.kind.object}/{platform_id}"

    def fingerprint(self) -> str:
        """Changes when records must be read anew although they did not change."""
        told = [
            self.job.connection,
            self.crm_object,
            self.job.filter or "",
            [condition.model_dump(mode="json") for condition in self.job.conditions],
            [self.job.creates, self.job.deletes, self.job.conflicts, self.job.merge],
            [line.model_dump() for line in self.lines()],
        ]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def _is_account_key(kind: Kind, attribute: str) -> bool:
    return kind.object == "account" and attribute == "external_id"


def load_job(
    configuration: Configuration, workspace: str, name: str, *, draft: Job | None = None
) -> JobSetup:
    """NotFoundError naming what is missing. `draft` stands in for the stored job."""
    stored_workspace = configuration.get(workspace, "workspace", workspace)
    if stored_workspace is None:
        raise NotFoundError(f"there is no workspace '{workspace}'", code="unknown_workspace")
    job = draft or find_job(configuration, workspace, name)
    connection = configuration.get(workspace, "connection", job.connection)
    if connection is None:
        raise NotFoundError(
            f"there is no connection '{job.connection}'",
            code="unknown_connection",
            field="connection",
            remedy="create the connection first, or name one that exists",
        )
    return JobSetup(
        workspace_name=workspace,
        name=name,
        workspace=Workspace.model_validate(stored_workspace.body),
        connection=Connection.model_validate(connection.body),
        job=job,
    )


def resolve_lines(setup: JobSetup, crm: Crm) -> tuple[Line, ...]:
    """Each mapping line with both types; ConfigurationError for the first that cannot work."""
    described = crm.describe(setup.crm_object)
    types = setup.attribute_types()
    return tuple(_resolve(line, described, types, crm) for line in setup.lines())


def _resolve(
    line: MappingLine, described: ObjectDescription, types: Mapping[str, str], crm: Crm
) -> Line:
    if line.platform not in types:
        raise ConfigurationError(
            f"'{line.platform}' is no attribute of the platform's object",
            code="unknown_attribute",
            field=f"mapping[{line.platform}].platform",
            remedy=f"use one of {', '.join(sorted(types))}",
        )
    crm_type = field_type(line.salesforce, described, crm, want=types[line.platform])
    if not compatible(crm_type, types[line.platform]):
        raise ConfigurationError(
            f"{line.salesforce} ({crm_type}) cannot feed '{line.platform}' of type "
            f"{types[line.platform]}",
            code="wrong_type",
            field=f"mapping[{line.platform}].salesforce",
            remedy="map a field of a fitting type",
        )
    return Line(line.salesforce, line.platform, crm_type, types[line.platform])


def field_type(
    path: str, described: ObjectDescription, crm: Crm, *, want: str | None = None
) -> str:
    """The type of the field at the end of a path, following references.

    A one-step reference that feeds text is taken for text without a describe of the other object:
    `Owner.Email` of an owner that may be a queue has no single object to describe.
    """
    *steps, leaf = path.split(".")
    for step in steps:
        reference = described.fields.get(described.relationships.get(step.lower(), ""))
        if reference is None or not reference.reference_to:
            raise _unknown_field(path, described)
        if want == "text" and len(steps) == 1 and leaf.lower() in crm.dialect.texts:
            return "string"
        described = crm.describe(reference.reference_to[-1])
    found = described.fields.get(leaf.lower())
    if found is None:
        raise _unknown_field(path, described)
    return found.type


def _unknown_field(path: str, described: ObjectDescription) -> ConfigurationError:
    return ConfigurationError(
        f"{described.name} has no field '{path}' that the connected user can see",
        code="unknown_field",
        field=path,
        remedy="correct the name, or give the connected user access to the field",
    )


def make_frame(
    setup: JobSetup, crm: Crm, run: Run, state: JobState, *, linked: bool = False
) -> dict[str, Any]:
    """What the first leg finds out once for all legs; `linked`: the pair's other job has links."""
    lines = resolve_lines(setup, crm)
    described = crm.describe(setup.crm_object)
    fingerprint = setup.fingerprint()
    back = _overlapped(state.watermark)
    started = crm.now()
    moved = state.org.partition("|")[0] not in ("", setup.job.connection)
    gone = state.watermark or state.begun
    if moved and gone is not None:
        gone = min(gone, canonical_instant(started - crm.dialect.deletions_told))
    removals = _overlapped(gone)
    full = run.mode is RunMode.FULL or moved
    anew = full or state.mapping != fingerprint
    return {
        "lines": [[line.crm, line.attribute, line.crm_type, line.type] for line in lines],
        "phases": _phases(setup, described, removals, full=full, linked=linked),
        "prefix": described.key_prefix,
        "connection": setup.job.connection,
        "own_key": _own_key(setup, described, lines),
        "since": None if anew else back,
        "removals_since": removals,
        "started": canonical_instant(started),
        "fingerprint": fingerprint,
    }


def _own_key(setup: JobSetup, described: ObjectDescription, lines: Sequence[Line]) -> str | None:
    """The field by which outbound jobs key their creations, where the connected user sees it, in
    the spelling of a line that reads it."""
    key = (setup.connection.creation_key(described.name) or "").lower()
    read = (line.crm for line in lines if line.crm.lower() == key)
    found = described.fields.get(key)
    return next(read, found.name) if found is not None else None


def _overlapped(watermark: str | None) -> str | None:
    return watermark and canonical_instant(datetime.fromisoformat(watermark) - OVERLAP)


def _phases(
    setup: JobSetup, described: ObjectDescription, back: str | None, *, full: bool, linked: bool
) -> list[str]:
    """Without watermark and links nothing that is gone can concern us; but a job on what is
    converted may have linked what this one reads now."""
    converted = [CONVERTED] if setup.kind.converted else []
    if back is None and not linked:
        return ["released", *converted, Phase.LIVE]
    merged = [Phase.MERGED] if described.mergeable else []
    purged = [Phase.PURGED] if described.replicateable and back else []
    swept = [SWEPT] if full and described.key_prefix else []
    return ["released", *merged, *converted, Phase.LIVE, Phase.DELETED, *purged, *swept]


def rules_of(setup: JobSetup, frame: Mapping[str, Any], dialect: Dialect) -> Rules:
    """The engine's rules for this job."""
    kind, mapper = setup.kind, RowMapper([Line(*line) for line in frame["lines"]])
    own_key = frame.get("own_key")
    return Rules(
        scope=f"{setup.workspace_name}|{setup.job.connection}",
        object=kind.object,
        mapper=mapper,
        dialect=dialect,
        mandatory=_mandatory(setup),
        parent=kind.parent,
        parent_object=kind.parent_object,
        create=setup.job.creates,
        deletes=kind.deletes if setup.job.deletes is None else setup.job.deletes,
        policy=setup.job.conflicts,
        frozen=kind.frozen,
        whole_record=setup.job.merge == "record",
        own_key=_fields(frame).index(own_key) if own_key else None,
        made_for=setup.creation_key(""),
        timed=frozenset(frame.get("timed", ())),
    )


def _fields(frame: Mapping[str, Any]) -> tuple[str, ...]:
    """What is read of a record: every mapped path once, then the key of its creation."""
    own_key = frame.get("own_key")
    paths = [line[0] for line in frame["lines"]]
    return tuple(dict.fromkeys([*paths, own_key] if own_key else paths))


def _mandatory(setup: JobSetup) -> tuple[tuple[str, ...], ...]:
    mapped = {line.platform for line in setup.lines()}
    return tuple(group for group in setup.kind.mandatory if mapped.intersection(group))


def request_of(
    setup: JobSetup, frame: Mapping[str, Any], phase: Phase, *, batch_size: int = BATCH_SIZE
) -> ReadRequest:
    """What to read in that phase: anew, also what was deleted before the job did so."""
    live = phase is Phase.LIVE
    return ReadRequest(
        object=setup.crm_object,
        fields=_fields(frame),
        phase=phase,
        since=frame["since"] if live or phase is Phase.DELETED else frame["removals_since"],
        where=unconverted(setup.kind, setup.crm_object, setup.job.filter) if live else None,
        batch_size=batch_size,
    )
