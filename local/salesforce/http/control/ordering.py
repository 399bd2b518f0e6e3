"""What a fault request may say, checked at the edge: a typing error must not pass silently."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from local.salesforce.faultkinds import FaultKind, Work
from local.salesforce.faults import Fault, When, Where

_FORBID: Final = ConfigDict(extra="forbid")
Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]


class WhenOrder(BaseModel):
    """Which of the calls, or of the rows of a call; counted from 1 after `skip`."""

    model_config = _FORBID
    once: bool = False
    times: Positive | None = None
    skip: Annotated[int, Field(ge=0)] = 0
    on: list[Positive] = []
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


class WhereOrder(BaseModel):
    """Which calls of the endpoint."""

    model_config = _FORBID
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
                "expression", "path is no regular expression: {why}", {"why": str(error)}
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
    headers: dict[str, str] = {}
    body: str | None = None
    seconds: Annotated[float, Field(ge=0)] = 0.0
    answer: Literal["at_once", "at_commit"] = "at_once"

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


class LateOrder(WhenOrder):
    """Late commits as `PUT late-commits` has them."""

    endpoint: str = "*"
    where: WhereOrder = WhereOrder()
    seconds: Annotated[float, Field(gt=0)]
    answer: Literal["at_once", "at_commit"] = "at_once"

    def order(self) -> FaultOrder:
        """The fault that it stands for."""
        return FaultOrder(kind=FaultKind.LATE_COMMIT, **self.model_dump())
