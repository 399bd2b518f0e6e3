"""Bodies and answers of change events and their receipts."""

import re
from datetime import UTC, datetime
from math import isfinite
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
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
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}")


def _is_instant(given: Any) -> Any:
    """A number, also one in quotes, would be taken for seconds since 1970."""
    if isinstance(given, str) and _INSTANT.match(given):
        return given
    raise ValueError("it must be a text with date, time and zone, such as 2026-01-31T09:30:00.250Z")


def _is_scalar(given: Any) -> Any:
    """Before the alternatives, each of which would say what it misses."""
    if isinstance(given, (dict, list)) or (isinstance(given, float) and not isfinite(given)):
        raise ValueError("it must be a text, a finite number, true, false or null")
    return given


At = Annotated[
    AwareDatetime,
    BeforeValidator(_is_instant),
    Field(ge=datetime(1970, 1, 1, tzinfo=UTC), le=datetime(2999, 12, 31, tzinfo=UTC)),
]
Scalar = Annotated[str | bool | int | FiniteFloat | None, BeforeValidator(_is_scalar)]


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
