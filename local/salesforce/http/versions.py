"""Which API versions exist, and what each offers."""

from __future__ import annotations

from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.routing import Route
from local.salesforce.org import Org

OLDEST: Final = 31
RETIRED: Final = 21
NEWEST: Final = 66
_SEASONS: Final = ("Spring", "Summer", "Winter")
_SUMMER_2014: Final = 31


def _label(version: int) -> str:
    """Three releases a year; 31.0 was Summer '14, and Winter carries the next year's number."""
    steps = version - _SUMMER_2014 + 1
    season = _SEASONS[steps % 3]
    return f"{season} '{14 + steps // 3 + (season == 'Winter')}"


def versions(_org: Org, _call: Call) -> Answer:
    """`GET /services/data`, which needs no session."""
    return Answer(
        200,
        [
            {
                "label": _label(number),
                "url": f"/services/data/v{number}.0",
                "version": f"{number}.0",
            }
            for number in range(OLDEST, NEWEST + 1)
        ],
    )


def resources(_org: Org, call: Call) -> Answer:
    """`GET /services/data/vNN.N`."""
    names = ("sobjects", "query", "queryAll", "limits", "composite", "jobs")
    return Answer(200, {name: f"{call.base}/{name}" for name in names})


def check_version(given: str) -> None:
    """Raises ApiError for versions that are retired or never were."""
    text = given.lower().removeprefix("v")
    whole, dot, tenth = text.partition(".")
    if not (given[:1] in "vV" and whole.isdigit() and dot and tenth == "0"):
        raise ApiError(Kind.NOT_FOUND)
    number = int(whole)
    if RETIRED <= number < OLDEST:
        raise ApiError(Kind.UNSUPPORTED_VERSION, version=text)
    if not OLDEST <= number <= NEWEST:
        raise ApiError(Kind.NOT_FOUND)


ROUTES = (
    Route("GET", "/services/data", "versions", versions, open=True),
    Route("GET", "/services/data/{version}", "resources", resources),
)
