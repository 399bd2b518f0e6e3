"""Which API versions exist, and what each offers."""

from __future__ import annotations

from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.routing import Route
from local.salesforce.http.signin.hosts import identity_url
from local.salesforce.org import Org

#: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/api_rest_eol.htm
OLDEST: Final = 31
RETIRED: Final = 7
NEWEST: Final = 68
_SEASONS: Final = ("Spring", "Summer", "Winter")
_SUMMER_2014: Final = 31

#: What a version lists, in its order, with the version that first did where one is known:
#: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_discoveryresource.htm
#: shows 60.0, and recordings by clients 32.0 and 43.0. Most of these answer 404 here.
_RESOURCES: Final = (
    ("tooling", 0), ("metadata", 33), ("eclair", 0), ("folders", 0), ("prechatForms", 0),
    ("contact-tracing", 49), ("jsonxform", 44), ("chatter", 0), ("payments", 44), ("tabs", 0),
    ("appMenu", 0), ("quickActions", 0), ("queryAll", 0), ("commerce", 0), ("wave", 36),
    ("iot", 42), ("analytics", 0), ("search", 0), ("smartdatadiscovery", 44), ("identity", 0),
    ("composite", 34), ("parameterizedSearch", 36), ("fingerprint", 43), ("theme", 0),
    ("nouns", 34), ("domino", 44), ("event", 37), ("serviceTemplates", 43), ("recent", 0),
    ("connect", 0), ("licensing", 0), ("limits", 0), ("process", 0), ("dedupe", 43),
    ("async-queries", 36), ("query", 0), ("jobs", 41), ("localizedvalue", 44), ("mobile", 44),
    ("emailConnect", 38), ("consent", 44), ("tokenizer", 49), ("compactLayouts", 0),
    ("sobjects", 0), ("actions", 0), ("support", 38),
)  # fmt: skip
_IDENTITY: Final = "identity"


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


def resources(org: Org, call: Call) -> Answer:
    """`GET /services/data/vNN.N`: every resource of that version by its address."""
    number = int(call.version.partition(".")[0])
    found = {name: f"{call.base}/{name}" for name, since in _RESOURCES if since <= number}
    return Answer(200, {**found, _IDENTITY: identity_url(org, call, call.user_id)})


def check_version(given: str) -> None:
    """Raises ApiError for versions that are retired or never were.

    A retired one is answered 410, as the page above says; the words of its body are not
    documented. What 404 tells of a version that does not exist is from practice.
    """
    text = given.lower().removeprefix("v")
    whole, dot, tenth = text.partition(".")
    if not (given[:1] in ("v", "V") and whole.isdecimal() and dot and tenth == "0"):
        raise ApiError(Kind.NOT_FOUND)
    number = int(whole) if len(whole) <= 3 else 0
    if RETIRED <= number < OLDEST:
        raise ApiError(Kind.UNSUPPORTED_VERSION, version=text)
    if not OLDEST <= number <= NEWEST:
        raise ApiError(Kind.NOT_FOUND)


ROUTES = (
    Route("GET", "/services/data", "versions", versions, open=True),
    Route("GET", "/services/data/{version}", "resources", resources),
)
