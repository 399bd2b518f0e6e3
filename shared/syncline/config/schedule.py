"""When a job runs (T15)."""

from datetime import datetime
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from syncline.config.cron import checked_cron


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise ValueError(f"'{name}' is no time zone; use a name such as Europe/Berlin") from exc
    return name


Every = Literal[
    "manual", "once", "minutes", "hourly", "daily", "workdays", "weekly", "monthly", "cron"
]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

_NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "once": ("at_time",),
    "minutes": ("minutes",),
    "daily": ("at",),
    "workdays": ("at",),
    "weekly": ("at", "weekday"),
    "monthly": ("at", "day"),
    "cron": ("cron",),
}


class Schedule(BaseModel):
    """A job's schedule. `manual` means only on request.

    `at` is a wall-clock time HH:MM in `time_zone`; through a change of daylight saving time it
    stays that wall-clock time. `cron` has the six fields of an EventBridge cron expression.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    every: Every = "manual"
    minutes: int | None = Field(default=None, ge=5, le=1440)
    at: str | None = Field(default=None, pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    at_time: datetime | None = None
    weekday: Weekday | None = None
    day: int | None = Field(default=None, ge=1, le=31)
    cron: Annotated[str, Field(max_length=120), AfterValidator(checked_cron)] | None = None
    time_zone: Annotated[str, Field(max_length=64), AfterValidator(_known_zone)] = "UTC"
    enabled: bool = True

    @model_validator(mode="after")
    def _complete(self) -> "Schedule":
        for name in _NEEDS.get(self.every, ()):
            if getattr(self, name) is None:
                raise PydanticCustomError(
                    "needed",
                    "a schedule '{every}' needs '{field}'",
                    {"every": self.every, "field": name, "remedy": f"Give '{name}'."},
                )
        return self
