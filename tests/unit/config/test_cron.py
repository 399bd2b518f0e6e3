"""Cron expressions are EventBridge's: what it would refuse is refused before it is stored."""

import pytest

from syncline.config.cron import checked_cron


@pytest.mark.parametrize(
    "text",
    [
        "0 10 * * ? *",
        "0/15 8-17 ? * MON-FRI *",
        "0 18 ? * 6L *",
        "0 9 ? * 2#1 *",
        "15 10 L * ? 2026-2030",
        "0,30 * 15W JAN,JUL ? *",
    ],
)
def test_what_eventbridge_takes_passes(text: str) -> None:
    assert checked_cron(text.lower()) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("* * * * *", "six fields"),
        ("60 * * * ? *", "minutes"),
        ("0 24 * * ? *", "hours"),
        ("0 0 32 * ? *", "day-of-month"),
        ("0 0 * 13 ? *", "month"),
        ("0 0 ? * 8 *", "day-of-week"),
        ("0 0 ? * MON 1969", "year"),
        ("0 0 * * * *", "exactly one"),
        ("0 0 ? * ? *", "exactly one"),
        ("5-1 * * * ? *", "5-1"),
        ("*/0 * * * ? *", "*/0"),
        ("1-2-3 * * * ? *", "1-2-3"),
        ("1,, * * * ? *", "''"),
        ("0 ٣ * * ? *", "hours"),
        ("L * * * ? *", "minutes"),
    ],
)
def test_what_it_refuses_is_refused_by_field(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("*", r"\*")):
        checked_cron(text)
