"""What the API answers about single records: what runs did to them, their stories, conflicts."""

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from syncline.http.shapes import Body, RunShown, Shown

Scalar = str | float | bool | None
Side = Literal["salesforce", "platform"]
_SIDES: Final = ("salesforce", "platform")


def _sides(given: Any) -> Any:
    """One sentence about what is wrong, instead of one for each form that it might have had."""
    each = given if isinstance(given, dict) and given else {"": given}
    for name, side in each.items():
        if side not in _SIDES:
            told = {"remedy": "Choose 'salesforce' or 'platform'."}
            raise PydanticCustomError(
                "no_side", "this is no side", {**told, "field": name} if name else told
            )
    return given


class ChangeShown(Shown):
    field: str
    before: Scalar
    after: Scalar


class ContestShown(Shown):
    """A field that both sides changed, both values, and whose stays. `hold`: a person decides."""

    field: str
    salesforce: Scalar
    platform: Scalar
    winner: Literal["salesforce", "platform", "hold"]


class SentShown(Shown):
    """What was written to Salesforce, by Salesforce field; null clears one."""

    kind: Literal["create", "update", "delete"]
    values: dict[str, Scalar]


class DeedShown(Shown):
    """One thing that was decided about a record. `direction` is null for a person's decision;
    `crm_id` for a record that Salesforce has not got (yet)."""

    direction: Literal["inbound", "outbound"] | None
    crm_id: str | None
    platform_id: str | None
    verb: str
    bucket: str
    reason: str
    detail: str | None
    changes: list[ChangeShown]
    contests: list[ContestShown]
    sent: SentShown | None


class ActionShown(DeedShown):
    batch: int
    attempt: int


class ActionList(Shown):
    items: list[ActionShown]
    next: str | None


class PlanShown(ActionList):
    plan: RunShown


class AnnouncedShown(Shown):
    """A change event that was written back: who changed something, where, when."""

    receipt: str
    origin: str
    actor: str
    at: str


class ChapterShown(DeedShown):
    """`announced` are the change events that it came from, as far as their receipts are kept.
    `title` and `why` tell it in words; `by` is who decided, where a person did."""

    connection: str
    entry: str
    run: str
    job: str | None
    at: str | None
    by: str | None
    announced: list[AnnouncedShown]
    title: str
    why: list[str]


class HistoryShown(Shown):
    """`note` says what an empty story means."""

    items: list[ChapterShown]
    next: str | None
    note: str | None


class ContestedShown(Shown):
    field: str
    salesforce: Scalar
    platform: Scalar


class ConflictShown(Shown):
    """A record that both sides changed and that the job `job` holds for a person."""

    id: str
    connection: str
    object: str
    platform_id: str
    crm_id: str
    job: str
    run: str
    at: str
    fields: list[ContestedShown]


class ConflictList(Shown):
    items: list[ConflictShown]
    next: str | None


class Resolve(Body):
    """Whose value stays: one choice for all contested fields, or one for each."""

    choose: Annotated[
        Side | Annotated[dict[str, Side], Field(min_length=1)], BeforeValidator(_sides)
    ]


class KeptShown(Shown):
    field: str
    chosen: Side
    value: Scalar


class ConflictResolved(Shown):
    """`fields` tells what the platform has now, `senders` the jobs that will send what the
    platform keeps (`write_back`: without a job, within minutes); with none it simply stays."""

    conflict: ConflictShown
    fields: list[KeptShown]
    senders: list[str]
    entry: str
