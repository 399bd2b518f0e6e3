"""What a fault request may say, checked at the edge: a typing error must not pass silently."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from local.salesforce.faultkinds import FaultKind, Work
from local.salesforce.faults import Fault, When, Where
from local.salesforce.http.control.asking import Count, Order, Positive
from local.salesforce.rowfaults import ROW_KINDS

#: The kinds that are nothing without time.
_TIMED: Final = frozenset({FaultKind.DELAY, FaultKind.LATE_COMMIT, FaultKind.QUERY_LAG})
Share = Annotated[float, Field(ge=0, le=1)]


class WhenOrder(Order):
    """Which of the calls, or of the rows of a call; counted from 1 after `skip`."""

    once: bool = False
    times: Positive | None = None
    skip: Count = 0
    on: list[Positive] = Field(default_factory=list)
    every: Positive | None = None
    share: Share | None = None
    seed: int = 0

    @property
    def chooses(self) -> bool:
        """Whether it says anything about how often."""
        return bool(self.on or self.every or self.share is not None)

    def when(self, *, default_times: int | None = None) -> When:
        """As the counters take it."""
        times = 1 if self.once else self.times
        return When(
            times=default_times if times is None else times,
            skip=self.skip,
            on=frozenset(self.on),
            every=self.every or 0,
            share=self.share,
            seed=self.seed,
        )


class WhereOrder(Order):
    """Which calls of the endpoint."""

    method: str = ""
    path: str = ""
    sobject: str = ""
    user: str = ""
    word: str = ""

    @model_validator(mode="after")
    def _path_is_an_expression(self) -> WhereOrder:
        try:
            re.compile(self.path)
        except re.error as error:
            raise PydanticCustomError(
                "expression",
                "no regular expression: {why}",
                {"key": "path", "why": str(error), "remedy": "escape what is meant as it is"},
            ) from error
        return self


class FaultOrder(WhenOrder):
    """A request to arm one; without `kind` it is the free form."""

    endpoint: str = "*"
    kind: FaultKind = FaultKind.ERROR
    where: WhereOrder = WhereOrder()
    rows: WhenOrder = WhenOrder()
    for_seconds: Annotated[float, Field(gt=0)] | None = None
    work: Work | None = None
    status: Annotated[int, Field(ge=200, le=599)] | None = None
    code: str | None = None
    message: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    body: str | None = None
    seconds: Annotated[float, Field(ge=0)] = 0.0
    answer: Literal["at_once", "at_commit"] = "at_once"

    @model_validator(mode="after")
    def _means_something(self) -> Self:
        if "rows" in self.model_fields_set and self.kind not in ROW_KINDS:
            fitting = ", ".join(sorted(ROW_KINDS))
            raise _wrong("rows", f"{self.kind} is not about rows", f"leave it out, or {fitting}")
        if self.kind in _TIMED and not self.seconds:
            raise _wrong("seconds", f"{self.kind} is nothing without seconds", "give more than 0")
        return self

    def fault(self) -> Fault:
        """As it is armed: once, unless anything is said about how often or how long."""
        endless = self.chooses or self.for_seconds is not None
        return Fault(
            endpoint=self.endpoint,
            kind=self.kind,
            when=self.when(default_times=None if endless else 1),
            where=Where(**self.where.model_dump()),
            rows=self.rows.when(),
            work=self.work,
            status=self.status,
            code=self.code,
            message=self.message,
            headers=self.headers,
            body=self.body,
            seconds=self.seconds,
            at_commit=self.answer == "at_commit",
        )


def _wrong(field: str, message: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError("senseless", "{why}",
                               {"key": field, "why": message, "remedy": remedy})  # fmt: skip


class LateOrder(WhenOrder):
    """Late commits as `PUT late-commits` has them."""

    endpoint: str = "*"
    where: WhereOrder = WhereOrder()
    seconds: Annotated[float, Field(gt=0)]
    answer: Literal["at_once", "at_commit"] = "at_once"

    def order(self) -> FaultOrder:
        """The fault that it stands for."""
        return FaultOrder(kind=FaultKind.LATE_COMMIT, **self.model_dump())
