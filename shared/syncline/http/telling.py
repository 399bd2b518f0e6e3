"""The deeds of a story in words: what happened to a record, and why.

A reason without a sentence here is told as its own words, so a new one is never silent.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from syncline.engine.records import Value
from syncline.usecases.resolution import RESOLVED
from syncline.usecases.tell_history import Silence

Stored = Mapping[str, Any]

_LONGEST: Final = 80
_TITLES: Final[Mapping[str, Mapping[str, str]]] = {
    "inbound": {
        "create": "Created on the platform",
        "update": "Updated on the platform",
        "link": "Matched: both sides have it",
        "delete": "Deleted on the platform",
        "leave": "Left as it is",
        "skip": "Not taken over from Salesforce",
        "park": "Waits for its account",
        "hold": "Held for a person",
        "reject": "Refused: it cannot be taken over",
    },
    "outbound": {
        "create": "Created in Salesforce",
        "update": "Updated in Salesforce",
        "link": "Matched: both sides have it",
        "delete": "Deleted in Salesforce",
        "leave": "Left as it is",
        "skip": "Not sent to Salesforce",
        "park": "Waits for its account",
        "hold": "Held for a person",
        "reject": "Refused: it was not sent, or Salesforce did not take it",
    },
}
_DECIDED: Final = "A person decided"
_LATER: Final = "Not sent yet"
_REASONS: Final[Mapping[str, str]] = {
    "new": "it was new",
    "account_arrived": "the account that it waited for has arrived",
    "mended": "what had kept it out was mended",
    "undeleted": "it was restored in Salesforce",
    "matched": "both sides have the same values",
    "matched_and_differs": "it was matched with the record of the other side, and they differed",
    "changed": "it was changed on the other side, and nobody changed the same here",
    "contested": "both sides changed the same",
    "agreed_meanwhile": "both sides have come to the same values",
    "platform_is_later": "the platform's edit is the later one",
    "salesforce_is_later": "the edit in Salesforce is the later one",
    "account_never_changes": "a sync never moves a record to another account",
    "no_account": "it has no account",
    "account_not_there": "its account is not on the platform yet",
    "account_not_matched": "its account is not in Salesforce yet",
    "create_off": "the job does not create records",
    "deletes_off": "the job does not delete records",
    "deleted_in_salesforce": "it was deleted in Salesforce",
    "deleted_on_platform": "it was deleted on the platform",
    "edited_after_deletion": "one side deleted it, the other edited it later",
    "gone_on_both_sides": "it is gone on both sides",
    "purged_long_ago": "it is gone from Salesforce for good",
    "merged_away": "it was merged into another record in Salesforce",
    "already_linked": "its counterpart belongs to another record",
    "unknown_external_id": "Salesforce has no record with the External Id that it carries",
    "changed_since_plan": "it was changed between plan and write",
    "kept_changing": "it kept changing while it was written",
    "try_again": "Salesforce may take it at another time",
    RESOLVED: "",
}
NOTES: Final[Mapping[Silence, str]] = {
    "unlinked": "no cross-reference leads to a record with this id, so there is no story to tell."
    " If a run skipped or refused it, that run lists it: see the records of the latest runs",
    "expired": "the record is known, but the journal no longer keeps what happened to it",
    "silent": "the record is known, and no run has changed it since",
}
_SIDES: Final[Mapping[str, str]] = {"crm": "Salesforce's", "platform": "the platform's"}


def direction_of(stored: Stored) -> str | None:
    """An outbound action's key is its platform id; a person's decision has no direction."""
    if stored["reason"] == RESOLVED:
        return None
    return "outbound" if stored["key"] == stored.get("platform_id") else "inbound"


def title_of(stored: Stored) -> str:
    """What happened, as a headline."""
    direction = direction_of(stored)
    if direction is None:
        return _DECIDED
    later = stored["verb"] == "hold" and stored["reason"] == "try_again"
    return _LATER if later else _TITLES[direction][stored["verb"]]


def why_of(stored: Stored, *, by: str | None = None) -> list[str]:
    """Why it happened: the cause, each contested field with both values and who won, and the
    details, which are Salesforce's own words where it refused."""
    contests = stored.get("contests") or ()
    whys, rest = _details(stored.get("detail") or "", [each[0] for each in contests])
    decided = [f"decided by {by}"] if by else []
    fields = [_contest(each, whys.get(each[0])) for each in contests]
    return [*decided, *_cause(stored["reason"], rest), *fields, *rest]


def _cause(reason: str, details: Sequence[str]) -> Iterator[str]:
    """A cause that is told in detail is not told twice."""
    known = _REASONS.get(reason, reason.replace("_", " "))
    if known and known not in "; ".join(details):
        yield known


def _details(detail: str, contested: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """The engine tells contested fields as `field: why`, joined by semicolons, before the rest."""
    whys: dict[str, str] = {}
    rest = []
    for part in detail.split("; ") if contested else [detail]:
        name, _, why = part.partition(": ")
        if name in contested:
            whys[name] = why
        elif part:
            rest.append(part)
    return whys, rest


def _contest(contest: Sequence[Any], why: str | None) -> str:
    name, crm, platform, winner = contest
    stays = f"{_SIDES[winner]} value stays" if winner in _SIDES else "a person must decide"
    both = f"{name}: Salesforce has {_quoted(crm)}, the platform {_quoted(platform)}; {stays}"
    return f"{both}: {why}" if why else both


def _quoted(value: Value) -> str:
    if value is None:
        return "nothing"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f"“{short}”" if isinstance(value, str) else short
