"""Where a statement is wrong, shown as Salesforce shows it: the text, a caret, row and column.

What is shown begins and ends at a blank or comma, the first that is more than thirty characters
away from the caret. This holds for every message of a real org that could be found together with
its statement: forcedotcom/cli issue 1356, forcedotcom/SalesforceMobileSDK-ReactNative issue 82,
apex-dev-tools/apex-parser issue 165 (API 68.0), jamessimone/apex-rollup issue 273.
"""

from __future__ import annotations

from typing import Final

from local.salesforce.errors import ApiError, Kind

_REACH: Final = 30
_SEPARATORS: Final = " ,"


class SoqlError(Exception):
    """A refusal that still has to be placed in its statement; `at` is None where no place shows."""

    def __init__(self, kind: Kind, message: str, at: int | None) -> None:
        self.kind = kind
        self.message = message
        self.at = at
        super().__init__(message)


class GrammarError(SoqlError):
    """What the grammar refuses: the same messages of real orgs count its columns from 0.

    The caret then stands one character before the token, and nothing is shown where the column is
    0: a statement that does not begin with SELECT.
    """

    def __init__(self, message: str, at: int | None) -> None:
        super().__init__(Kind.MALFORMED_QUERY, message, at)


def place(error: SoqlError, statement: str) -> ApiError:
    """The answer of the API to a refusal."""
    if error.at is None:
        return ApiError(error.kind, text=error.message)
    row = statement.count("\n", 0, error.at) + 1
    start = statement.rfind("\n", 0, error.at) + 1
    end = statement.find("\n", error.at)
    line = statement[start : len(statement) if end < 0 else end]
    column = error.at - start + (0 if isinstance(error, GrammarError) else 1)
    if row == 1 and column == 0:
        return ApiError(error.kind, text=error.message)
    caret = max(0, column - 1)
    left, right = _shown(line, caret)
    mark = " " * (caret - left) + "^"
    text = f"\n{line[left:right]}\n{mark}\nERROR at Row:{row}:Column:{column}\n{error.message}"
    return ApiError(error.kind, text=text)


def _shown(line: str, caret: int) -> tuple[int, int]:
    left, right = max(0, caret - _REACH), min(len(line), caret + _REACH + 1)
    while left > 0 and line[left - 1] not in _SEPARATORS:
        left -= 1
    while right < len(line) and line[right] not in _SEPARATORS:
        right += 1
    return left, right
