"""Where a statement is wrong, shown as Salesforce shows it: the text, a caret, row and column."""

from __future__ import annotations

from typing import Final

from local.salesforce.errors import ApiError, Kind

_CONTEXT: Final = 40


class SoqlError(Exception):
    """A refusal that still has to be placed in its statement."""

    def __init__(self, kind: Kind, message: str, at: int | None) -> None:
        self.kind = kind
        self.message = message
        self.at = at
        super().__init__(message)


def place(error: SoqlError, statement: str) -> ApiError:
    """The answer of the API: about forty characters around the place, cut at blanks.

    The cut follows messages recorded from real orgs (airbyte issue 62877 shows one whose text
    before the caret starts at FROM and ends before the next AND); the exact rule is not public.
    """
    if error.at is None:
        return ApiError(error.kind, text=error.message)
    before = statement[: error.at]
    row = before.count("\n") + 1
    start = before.rfind("\n") + 1
    end = statement.find("\n", error.at)
    line = statement[start : len(statement) if end < 0 else end]
    column = error.at - start
    left, right = _window(line, column)
    caret = " " * (column - left) + "^"
    text = f"\n{line[left:right]}\n{caret}\nERROR at Row:{row}:Column:{column + 1}\n{error.message}"
    return ApiError(error.kind, text=text)


def _window(line: str, column: int) -> tuple[int, int]:
    left, right = max(0, column - _CONTEXT), min(len(line), column + _CONTEXT)
    if left > 0:
        blank = line.find(" ", left, column)
        left = blank + 1 if blank >= 0 else column
    if right < len(line):
        blank = line.rfind(" ", column, right)
        right = blank if blank > column else right
    return left, right
