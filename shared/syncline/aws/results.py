"""What a connection said of a change event, as JSON: pure, so that memory keeps what DynamoDB
keeps."""

from collections.abc import Mapping
from typing import Any, Final

from syncline.engine.told import Told

DETAIL_LENGTH: Final = 1_000
"""Characters: the values that a picklist accepts, all told, would not fit into an item."""

_RUN: Final = "@run"
"""No attribute has such a name."""


def word_json(told: Mapping[str, Told]) -> dict[str, Any]:
    """By attribute; longer details are cut, and end with an ellipsis. The run, which is one for all
    of them, is written once."""
    words: dict[str, Any] = {
        name: {"outcome": each.outcome, "reason": each.reason, "detail": _cut(each.detail)}
        for name, each in told.items()
    }
    run = next((each.run for each in told.values() if each.run), "")
    return {**words, _RUN: run} if run else words


def word_from(stored: Mapping[str, Any]) -> dict[str, Told]:
    run = stored.get(_RUN, "")
    return {name: Told(**each, run=run) for name, each in stored.items() if name != _RUN}


def _cut(detail: str) -> str:
    return detail if len(detail) <= DETAIL_LENGTH else f"{detail[: DETAIL_LENGTH - 1]}…"
