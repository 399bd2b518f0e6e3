"""The deeds of a story in words: what happened to a record, and why.

A reason without a sentence here is told as its own words, so a new one is never silent.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from syncline.engine.records import Value
from syncline.usecases.resolution import RESOLVED
from syncline.usecases.tell_history import Silence

Stored = Mapping[str, Any]

_LONGEST: Final = 80
_AGAIN: Final = "try_again"
_DONE: Final = frozenset({"create", "update", "link", "delete"})
_TITLES: Final[Mapping[str, Mapping[str, str]]] = {
    "inbound": {
        "create": "Created on the platform",
        "update": "Updated on the platform",
        "link": "Matched: both sides have it",
        "delete": "Deleted on the platform",
        "leave": "Left as it is",
        "skip": "Not taken over from {crm}",
        "park": "Waits for its account",
        "hold": "Held for a person",
        "reject": "Refused: it cannot be taken over",
    },
    "outbound": {
        "create": "Created in {crm}",
        "update": "Updated in {crm}",
        "link": "Matched: both sides have it",
        "delete": "Deleted in {crm}",
        "leave": "Left as it is",
        "skip": "Not sent to {crm}",
        "park": "Waits for its account",
        "hold": "Held for a person",
        "reject": "Not sent: it cannot be sent as it is",
    },
}
_TURNS: Final[Mapping[str, str]] = {
    "inherited": "Took over the platform record of another one",
    "link_moved": "Merged or converted into another record in {crm}",
    "agreed_meanwhile": "Both sides agree again",
}
_DECIDED: Final = "A person decided"
_LATER: Final = "Not sent yet"
_REFUSED: Final = "{crm} refused it"
_REASONS: Final[Mapping[str, str]] = {
    "new": "it was new",
    "account_arrived": "the account that it waited for has arrived",
    "mended": "what had kept it out was mended",
    "undeleted": "it was restored in {crm}",
    "matched": "both sides have the same values",
    "matched_and_differs": "it was matched with the record of the other side, and they differed",
    "changed": "{there} changed it, and {here} did not change the same fields",
    "written_back": "a change on the platform was written back",
    "written_in_part": "a change on the platform was written back; some fields were refused",
    "already_there": "{crm} had that value already",
    "later_change": "a later change was there",
    "refreshed": "a reference was written back, and what else is read through it was fetched",
    "contested": "both sides changed the same {fields}",
    "agreed_meanwhile": "both sides have come to the same values",
    "platform_is_later": "the platform's edit is the later one",
    "crm_is_later": "the edit in {crm} is the later one",
    "account_never_changes": "a sync never moves a record to another account",
    "no_account": "it has no account",
    "account_not_there": "its account is not on the platform yet",
    "account_not_matched": "its account is not in {crm} yet",
    "create_off": "the job does not create records",
    "deletes_off": "the job does not delete records",
    "deleted_in_crm": "it was deleted in {crm}",
    "deleted_on_platform": "it was deleted on the platform",
    "edited_after_deletion": "one side deleted it, the other edited it later",
    "gone_on_both_sides": "it is gone on both sides",
    "purged_long_ago": "it is gone from {crm} for good",
    "inherited": "another record was merged or converted into it in {crm}",
    "link_moved": "it was merged or converted into another record in {crm}",
    "merged_away": "it was merged or converted into another record in {crm}",
    "already_linked": "its counterpart belongs to another record",
    "short_external_id": "its External Id is not whole",
    "several_matches": "its External Id is that of several records",
    "linked_to_another_object": "its {crm} record is of another object",
    "external_id_taken": "its External Id is now that of another platform record",
    "unknown_external_id": "{crm} has no record with the External Id that it carries",
    "changed_since_plan": "it was changed between plan and write",
    "kept_changing": "it kept changing while it was written",
    _AGAIN: "{crm} may take it at another time",
    RESOLVED: "",
}
NOTES: Final[Mapping[Silence, str]] = {
    "unheard": "no run has decided anything about a record with this id. What a job does not read,"
    " or what its filter or its conditions leave out, it does not note",
    "expired": "the record is known, but the journal no longer keeps what happened to it",
    "silent": "the record is known, and no run has changed it since",
}
_PLACES: Final[Mapping[str, Mapping[str, str]]] = {
    "inbound": {"there": "{crm}", "here": "the platform"},
    "outbound": {"there": "the platform", "here": "{crm}"},
}
_SIDES: Final[Mapping[str, str]] = {"crm": "{crm}'s", "platform": "the platform's"}


def direction_of(stored: Stored) -> str | None:
    """An outbound action's key is its platform id; a person's decision has no direction."""
    if stored["reason"] == RESOLVED:
        return None
    return "outbound" if stored["key"] == stored.get("platform_id") else "inbound"


def title_of(stored: Stored, crm: str) -> str:
    """What happened, as a headline; `crm` is what people call the CRM."""
    direction = direction_of(stored)
    if direction is None:
        return _DECIDED
    if stored["reason"] == _AGAIN:
        return _LATER
    if stored["verb"] == "reject" and answered(stored):
        return _REFUSED.format(crm=crm)
    told = _TURNS.get(stored["reason"]) or _TITLES[direction][stored["verb"]]
    return told.format(crm=crm)


def answered(stored: Stored) -> bool:
    """Whether the CRM refused what was sent: the detail is in its own words then."""
    return stored.get("send") is not None and stored["verb"] in ("reject", "skip")


def why_of(stored: Stored, crm: str, *, by: str | None = None) -> list[str]:
    """Why it happened: the cause, or the engine's details where they say no less; each contested
    field with both values and who won; the CRM's own words where it refused."""
    contests = stored.get("contests") or ()
    detail = stored.get("detail") or ""
    decided = [f"decided by {by}"] if by else []
    cause = _REASONS.get(stored["reason"], stored["reason"].replace("_", " "))
    fields = "field" if len(contests) == 1 else "fields"
    side = direction_of(stored) or "inbound"
    places = {n: each.format(crm=crm) for n, each in _PLACES[side].items()}
    cause = cause.format(fields=fields, crm=crm, **places)
    if answered(stored):
        return [cause, f"{crm} said: {detail}"]
    whys, rest = _details(detail, [each[0] for each in contests])
    both = [_contest(each, whys.get(each[0]), crm) for each in contests]
    told = [cause] if cause and (not rest or _keeps_cause(stored)) else []
    return [*decided, *told, *both, *rest]


def _keeps_cause(stored: Stored) -> bool:
    """Where something was done, its details come on top of the cause."""
    return stored["verb"] in _DONE or stored["reason"] == _AGAIN


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


def _contest(contest: Sequence[Any], why: str | None, title: str) -> str:
    name, crm, platform, winner = contest
    stays = (
        f"{_SIDES[winner].format(crm=title)} value stays"
        if winner in _SIDES
        else "a person must decide"
    )
    both = f"{name}: {title} has {_quoted(crm)}, the platform {_quoted(platform)}; {stays}"
    return f"{both}: {why}" if why and winner in _SIDES else both


def _quoted(value: Value) -> str:
    if value is None:
        return "nothing"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f"“{short}”" if isinstance(value, str) else short
