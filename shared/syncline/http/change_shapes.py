"""Bodies and answers of change events and their receipts."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    RootModel,
    StringConstraints,
)

MOST_CHANGES = 10_000

Origin = Literal[
    "profile",
    "segment",
    "form",
    "task_completion",
    "success_play",
    "nps_campaign",
    "csat_campaign",
]
Key = Annotated[str, StringConstraints(min_length=1, max_length=200)]
At = Annotated[
    AwareDatetime,
    Field(ge=datetime(1970, 1, 1, tzinfo=UTC), le=datetime(2999, 12, 31, tzinfo=UTC)),
]
Scalar = str | bool | int | FiniteFloat | None


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Change(_Model):
    """One record that somebody changed. `at` is when; now where it is left out. `key` is unique to
    the change; without one the request's Idempotency-Key and its place in the request stand for it.
    """

    object: str = Field(min_length=1, max_length=100)
    id: str = Field(min_length=1, max_length=200)
    values: dict[str, Scalar] = Field(min_length=1, max_length=200)
    origin: Origin = "profile"
    actor: str = Field(default="", max_length=320)
    at: At | None = None
    key: Key | None = None


class Changes(_Model):
    """Several changes of one action are sent together, so that they go out together."""

    changes: list[Change] = Field(min_length=1, max_length=MOST_CHANGES)


class ToldShown(_Model):
    """What became of one attribute in one connection; `run` is the bulk run that it was in."""

    outcome: Literal["applied", "superseded", "refused", "held", "skipped"]
    reason: str
    detail: str
    run: str | None


class ReceiptShown(_Model):
    """`status` is waiting until every connection has answered; then the worst of what they said."""

    receipt: str
    status: Literal["waiting", "applied", "superseded", "refused", "held", "skipped"]
    object: str
    id: str
    origin: str
    actor: str
    at: datetime
    accepted_at: datetime
    bulk: bool
    results: dict[str, dict[str, ToldShown]]


class ReceiptsShown(_Model):
    """Of a request that was captured before its answer: one receipt for each change, in order; of
    a larger one, a single receipt for all of them."""

    receipts: list[ReceiptShown]
    batch: str | None = None
    count: int
    captured: int


class BatchShown(_Model):
    """A request of many changes: how many are captured, how many of all have which status, and a
    page of those that are captured."""

    receipt: str
    accepted_at: datetime
    count: int
    captured: int
    statuses: dict[str, int]
    items: list[ReceiptShown]
    next: str | None


class ReceiptOrBatch(RootModel[ReceiptShown | BatchShown]):
    """Of one change, or of a request of many."""
