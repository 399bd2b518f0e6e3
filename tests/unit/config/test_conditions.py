"""A condition stays between the parentheses that are put around it."""

import pytest
from pydantic_core import PydanticCustomError

from syncline.config.conditions import checked_condition


@pytest.mark.parametrize(
    "text",
    [
        "IsClosed = false",
        "(A = 1 OR B = 2) AND C = 3",
        r"Subject = 'it\'s ) fine'",
        r"Subject = 'a backslash \\' AND (Id != null)",
        "Name = '' OR Name = ')('",
        "",
    ],
)
def test_what_stays_inside_passes_as_it_is(text: str) -> None:
    assert checked_condition(f" {text} ") == text


@pytest.mark.parametrize(
    "text",
    [
        "A = 1) OR (B = 2",
        ")",
        r"Subject = 'closed \\') OR (Id != null",
        "Subject = 'open",
        r"Subject = 'open \'",
        "'",
    ],
)
def test_what_would_get_out_is_refused(text: str) -> None:
    with pytest.raises(PydanticCustomError):
        checked_condition(text)
