"""Whose changes a run of write-back is about, as it tells people."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Final

from syncline.engine.records import OutboxEntry
from syncline.ports import Receipts

ORIGINS: Final = "origins"
"""Option of a run: (origin, actor) of the changes that it settled first."""
_ASKED: Final = 100
_SHOWN: Final = 3
_WORDS: Final[Mapping[str, str]] = {
    "profile": "a profile",
    "segment": "a segment",
    "form": "a form",
    "task_completion": "a task completion",
    "success_play": "a SuccessPlay",
    "nps_campaign": "an NPS campaign",
    "csat_campaign": "a CSAT campaign",
}


def origins_of(receipts: Receipts, entries: Mapping[str, Sequence[OutboxEntry]]) -> list[list[str]]:
    """One read, of the first changes: who sends many sends them together."""
    ids = dict.fromkeys(each.receipt for each in chain.from_iterable(entries.values()))
    known = receipts.get(list(islice(ids, _ASKED)))
    found = dict.fromkeys((known[id].origin, known[id].actor) for id in ids if id in known)
    return [list(each) for each in islice(found, _SHOWN)]


def origins_told(origins: Iterable[Sequence[str]]) -> str:
    """As a person says it: changes of a segment (ada@example.com)."""
    told = [
        _WORDS.get(origin, origin.replace("_", " ")) + (f" ({actor})" if actor else "")
        for origin, actor in origins
    ]
    return f"changes of {', '.join(told)}" if told else "changes on the platform"
