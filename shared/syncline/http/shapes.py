"""What the API answers, and the bodies that are not configuration, as models for the document."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints

from syncline.config.models import Connection, Job, Notify, Workspace
from syncline.ports import RunMode, RunStatus

Result = Literal["created", "changed", "unchanged"]
Scope = Literal["read", "write", "operate"]


class Body(BaseModel):
    """What a caller sends; a field that is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Shown(BaseModel):
    """An answer. Documentation only where a dataclass of ours is shown as it is."""


# --- bodies -----------------------------------------------------------------------------------


class NewToken(Body):
    """A token to be created, with at least one scope."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=3)]


class NewRun(Body):
    """How to run: the changes since the last run, or everything."""

    mode: Literal["incremental", "full"] = "incremental"


class Resume(Body):
    """What a person confirms: that the deletions which the job's guard stopped are meant."""

    confirm_deletes: bool = False


class Edit(Body):
    """Attributes to set; null clears one, attributes not named stay as they are."""

    values: Annotated[
        dict[str, str | int | float | bool | None], Field(min_length=1, max_length=200)
    ]


# --- answers ----------------------------------------------------------------------------------


class Health(Shown):
    status: Literal["ok"]


class SavedWorkspace(Shown):
    result: Result
    workspace: Workspace


class TokenShown(Shown):
    id: str
    name: str
    scopes: tuple[Scope, ...]
    created_at: str
    revoked_at: str | None


class TokenCreated(TokenShown):
    """`token` is shown this once."""

    token: str


class TokenList(Shown):
    items: list[TokenShown]
    next: str | None


class CredentialsShown(Shown):
    flow: str
    client_id: str


class ConnectionShown(Connection):
    """A connection without its secrets."""

    credentials: CredentialsShown | None = None  # type: ignore[assignment] # shown, never parsed


class SavedConnection(Shown):
    result: Result
    connection: ConnectionShown


class NamedConnection(Shown):
    name: str
    connection: ConnectionShown


class ConnectionList(Shown):
    items: list[NamedConnection]
    next: str | None


class AccessShown(Shown):
    object: str
    readable: bool
    createable: bool
    updateable: bool
    deletable: bool
    message: str | None


class ConnectionTested(Shown):
    """`bound` is true when this test bound the connection to its org."""

    ok: bool
    org_id: str
    user_id: str
    username: str
    bound: bool
    objects: list[AccessShown]
    requests: int


class FindingShown(Shown):
    severity: Literal["error", "warning"]
    code: str
    line: int | None
    field: str
    value: str | float | bool | None
    message: str
    remedy: str


class JobDeleted(Shown):
    """Warnings; without any there is no answer but 204."""

    findings: list[FindingShown]


class Validated(Shown):
    valid: bool
    findings: list[FindingShown]


class RunShown(Shown):
    """A run: poll it until its status is one of the last five."""

    id: str
    workspace: str
    job: str
    mode: RunMode
    status: RunStatus
    trigger: str
    created_at: str
    started_at: str | None
    ended_at: str | None
    leg: int
    batch: int
    phase: int
    ledger: dict[str, Any]
    error: dict[str, Any] | None
    plan: str | None
    cancel: bool
    requests: int


class RunList(Shown):
    items: list[RunShown]
    next: str | None


class SavedJob(Shown):
    result: Result
    job: Job
    findings: list[FindingShown]
    run: RunShown | None


class SystemJobShown(Shown):
    """A job that the system has by itself for a connection; it cannot be changed."""

    system: Literal[True]
    kind: Literal["bulk_write_back"]
    connection: str
    title: str
    enabled: bool
    notify: Notify


class AnyJob(RootModel[Job | SystemJobShown]):
    """What users have configured, or what the system has by itself."""


class NamedJob(Shown):
    name: str
    job: Job | SystemJobShown
    last_run: RunShown | None


class JobList(Shown):
    items: list[NamedJob]
    next: str | None


class PreviewFieldShown(Shown):
    """A field that would be written, by its name on the side that it is written on; `attribute` is
    the platform's, null for what no line of the mapping gives. `before` is what is there, as the
    platform shows it; null also where that is not known."""

    field: str
    attribute: str | None
    before: str | float | bool | None
    after: str | float | bool | None


class PreviewRowShown(Shown):
    """`values` by attribute: of the Salesforce record as it is mapped, or of the platform's record
    that would be sent. `fields` is what a run would write."""

    crm_id: str | None
    platform_id: str | None
    verb: str
    reason: str
    detail: str
    values: dict[str, str | float | bool | None]
    fields: list[PreviewFieldShown]


class PreviewShown(Shown):
    """`total` is how many records a full run would read, where that is known. An outbound job
    shows what it would send or refuse; an inbound one everything that it reads first."""

    direction: Literal["inbound", "outbound"]
    rows: list[PreviewRowShown]
    total: int | None


class RecordShown(Shown):
    """`edits` says when a person last changed an attribute that the sync has not settled yet."""

    object: str
    id: str
    version: int
    values: dict[str, str | float | bool | None]
    updated_at: str
    edits: dict[str, str]


class SavedRecord(Shown):
    result: Result
    record: RecordShown


class RecordList(Shown):
    items: list[RecordShown]
    next: str | None


class FlawShown(Shown):
    """One thing wrong. `field` is a JSON pointer where `in` is body, else a name."""

    place: Annotated[Literal["body", "query", "path", "header"], Field(alias="in")]
    field: str
    code: str
    message: str
    remedy: str | None = None
    value: str | float | bool | None = None


class ProblemShown(Shown):
    """A problem document (RFC 9457). `code` is stable; `run` and `jobs` come with some codes."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[FlawShown]
    remedy: str | None = None
    run: str | None = None
    jobs: list[str] | None = None
