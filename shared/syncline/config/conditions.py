"""The shape that a user's SOQL condition must have before it is put between parentheses."""

from typing import Final

from pydantic_core import PydanticCustomError

_QUOTE: Final = "'"
_STEP: Final = {"(": 1, ")": -1}


def checked_condition(text: str) -> str:
    """Refuses what could leave the parentheses that the reader puts around it (T8).

    Everything else is for Salesforce to judge, in its own words: a parenthesis too many or an
    open text literal would change the query around the condition instead of being refused there.
    """
    depth, quoted, escaped = 0, False, False
    for character in text:
        if quoted:
            quoted = escaped or character != _QUOTE
            escaped = character == "\\" and not escaped
            continue
        quoted = character == _QUOTE
        depth += _STEP.get(character, 0)
        if depth < 0:
            raise PydanticCustomError(
                "condition_escapes",
                "the filter closes a parenthesis that it did not open",
                {"remedy": "Balance the parentheses of the filter."},
            )
    if quoted:
        raise PydanticCustomError(
            "condition_open",
            "the filter ends inside a text literal",
            {"remedy": "Close the text with a single quote; write a quote inside it as \\'."},
        )
    return text.strip()
