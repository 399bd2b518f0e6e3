"""What a connection said of a change event, as JSON: pure, so that memory keeps what DynamoDB
keeps."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from syncline.engine.told import Told

DETAIL_LENGTH: Final = 1_000
"""Characters: the values that a picklist accepts, all told, would not fit into an item."""


def word_json(told: Mapping[str, Told]) -> dict[str, Any]:
    """By attribute; longer details are cut, and end with an ellipsis."""
    return {name: {**asdict(each), "detail": _cut(each.detail)} for name, each in told.items()}


def word_from(stored: Mapping[str, Any]) -> dict[str, Told]:
    return {name: Told(**each) for name, each in stored.items()}


def _cut(detail: str) -> str:
    return detail if len(detail) <= DETAIL_LENGTH else f"{detail[: DETAIL_LENGTH - 1]}…"
