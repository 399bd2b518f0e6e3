"""Workspace, connection and job as users configure them: the bodies of `PUT` and of YAML files."""

from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from syncline.config.conditions import checked_condition
from syncline.config.platform_conditions import Condition
from syncline.config.schedule import Schedule
from syncline.kinds.kind import Direction
from syncline.kinds.objects import OBJECTS
from syncline.kinds.registry import DIALECTS, KINDS

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")]
AttributeName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
FieldPath = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*){0,5}$")
]
FieldName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,79}$")]
AttributeType = Literal["text", "number", "boolean", "date", "datetime"]
Policy = Literal["latest", "crm", "salesforce", "platform", "hold"]
"""`salesforce` is the older name of `crm`."""


def _known_kind(name: str) -> str:
    if name not in KINDS:
        raise PydanticCustomError(
            "unknown_kind",
            "'{name}' is no job kind",
            {"name": name, "remedy": f"Use one of {', '.join(sorted(KINDS))}."},
        )
    return name


def _known_crm(name: str) -> str:
    if name not in DIALECTS:
        raise PydanticCustomError(
            "unknown_crm",
            "'{name}' is no sort of CRM that can be connected",
            {"name": name, "remedy": f"Use one of {', '.join(sorted(DIALECTS))}."},
        )
    return name


_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1"})


def _login_url(url: str) -> str:
    """Credentials travel there, so plain HTTP is for this machine only."""
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise PydanticCustomError(
            "not_encrypted",
            "credentials are not sent without encryption",
            {"remedy": "Give the https:// address of the org's My Domain."},
        )
    return url.rstrip("/")


def _known_objects(
    attributes: dict[str, dict[str, AttributeType]],
) -> dict[str, dict[str, AttributeType]]:
    for name, declared in attributes.items():
        if name not in OBJECTS:
            raise ValueError(f"'{name}' is no object; objects are {', '.join(sorted(OBJECTS))}")
        taken = sorted(declared.keys() & OBJECTS[name].attributes.keys())
        if taken:
            raise ValueError(f"every {name} has {', '.join(taken)} already; choose other names")
    return attributes


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Workspace(_Model):
    """One tenant. `attributes` declares its own attributes: object → name → type.

    `outbound_days`: outbound jobs send what changed on the platform in that many days only (T9).
    """

    title: str = Field(default="", max_length=200)
    attributes: Annotated[
        dict[str, dict[AttributeName, AttributeType]], AfterValidator(_known_objects)
    ] = Field(default_factory=dict)
    outbound_days: int = Field(default=30, ge=1, le=3650)


class Credentials(_Model):
    """How to log in; stored in Secrets Manager, never returned.

    `client_credentials` needs client_id and client_secret, `refresh_token` also the token.
    """

    flow: Literal["client_credentials", "refresh_token"] = "client_credentials"
    client_id: str = Field(min_length=1, max_length=512)
    client_secret: SecretStr
    refresh_token: SecretStr | None = None

    @model_validator(mode="after")
    def _complete(self) -> "Credentials":
        if self.flow == "refresh_token" and self.refresh_token is None:
            raise PydanticCustomError(
                "needed",
                "the flow 'refresh_token' needs a refresh token",
                {"field": "refresh_token", "remedy": "Give 'refresh_token'."},
            )
        return self


class Notify(_Model):
    """When the topic is told about a run."""

    failure: bool = True
    partial: bool = True


class Connection(_Model):
    """One org of a CRM as a workspace sees it.

    `crm` is the sort of CRM; its jobs are of kinds of that sort, and it cannot be changed.

    `login_url` is the org's My Domain address (client credentials exist only there). `org_id` and
    `username` are found at the first login and cannot be changed (T23). `credentials` is written,
    never read back.

    `creation_keys` names, for an object of the CRM, a unique external-id field: what is created
    there is upserted by it with the platform's id, so that a repeated request creates nothing.
    `bulk_write_back` says when people are told about runs of its system job (W10).
    """

    title: str = Field(default="", max_length=200)
    crm: Annotated[str, AfterValidator(_known_crm)] = "salesforce"
    login_url: Annotated[
        str,
        Field(pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?$", max_length=300),
        AfterValidator(_login_url),
    ]
    environment: Literal["production", "sandbox"] = "production"
    api_version: str = Field(default="62.0", pattern=r"^[0-9]{2}\.0$")
    account_external_id_field: FieldPath = "Id"
    enabled: bool = True
    org_id: str | None = None
    username: str | None = None
    creation_keys: dict[FieldName, FieldName] = Field(default_factory=dict)
    bulk_write_back: Notify = Notify()
    credentials: Credentials | None = None

    @model_validator(mode="before")
    @classmethod
    def _accounts_are_known_by_their_id(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        dialect = DIALECTS.get(str(given.get("crm", "salesforce")))
        return {"account_external_id_field": dialect.id_field, **given} if dialect else given

    def creation_key(self, object: str) -> str | None:
        """The field for that object of the CRM, however either spells its name."""
        keys = {name.lower(): field for name, field in self.creation_keys.items()}
        return keys.get(object.lower())


class MappingLine(_Model):
    """One line: a field path of the CRM, whichever it is, and a platform attribute."""

    salesforce: FieldPath
    platform: AttributeName
    key: bool = False


class DeleteGuard(_Model):
    """A run that would delete more than this stops before it deletes anything.

    `max_share` is of the job's linked records, and applies from the eleventh deletion on.
    """

    max_number: int = Field(default=1000, ge=0)
    max_share: float = Field(default=0.25, ge=0, le=1)


class Job(_Model):
    """A configured sync. `mapping` None means the kind's default mapping.

    Inbound, `filter` is a SOQL condition (what stands behind WHERE). Outbound, `conditions` on
    the platform's attributes must all hold; `parent_field` is the reference field of a custom
    object that takes the account's id when a record is created (T11): it points to the object that
    the jobs of accounts sync with.

    `create` allows new records on the other side (T7), `deletes` deleting there; None means the
    kind's default. `merge` says whether `conflicts` decides field by field or for the record as a
    whole.
    """

    kind: Annotated[str, AfterValidator(_known_kind)]
    connection: Name
    title: str = Field(default="", max_length=200)
    enabled: bool = True
    salesforce_object: FieldPath | None = None
    parent_field: FieldName | None = None
    filter: Annotated[str, Field(max_length=20_000), AfterValidator(checked_condition)] | None = (
        None
    )
    conditions: tuple[Condition, ...] = Field(default=(), max_length=50)
    mapping: tuple[MappingLine, ...] | None = Field(default=None, min_length=1, max_length=200)
    create: bool | None = None
    deletes: bool | None = None
    conflicts: Policy = "latest"
    merge: Literal["fields", "record"] = "fields"
    delete_guard: DeleteGuard = DeleteGuard()
    notify: Notify = Notify()
    schedule: Schedule = Schedule()

    @model_validator(mode="after")
    def _of_its_direction(self) -> "Job":
        kind = KINDS[self.kind]
        for name, remedy in _OF_THE_OTHER[kind.direction].items():
            if getattr(self, name):
                raise _unfit_setting(self.kind, name, remedy)
        if self.parent_field is not None and kind.parent is None:
            raise _unfit_setting(self.kind, "parent_field", "Leave it out.")
        return self

    @property
    def condition(self) -> str | None:
        """The filter, where there is one: a blank filter filters nothing."""
        return self.filter or None

    @property
    def creates(self) -> bool:
        """Whether the job creates records on the other side."""
        return KINDS[self.kind].creates if self.create is None else self.create


_OF_THE_OTHER: Final[dict[Direction, dict[str, str]]] = {
    Direction.INBOUND: {
        "conditions": "Use 'filter', a condition of the CRM (SOQL), to choose what is read.",
        "parent_field": "Leave it out; map the field that names the account to 'account_id'.",
    },
    Direction.OUTBOUND: {
        "filter": "Use 'conditions', on attributes of the platform, to choose what is sent.",
    },
}
"""Settings that a direction does not have, with what to do instead."""


def _unfit_setting(kind: str, name: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError(
        "setting_does_not_fit",
        "a job of kind '{kind}' has no '{name}'",
        {"kind": kind, "name": name, "field": name, "remedy": remedy},
    )
