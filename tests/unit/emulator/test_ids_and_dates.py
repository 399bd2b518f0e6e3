"""Ids with their checksum, the days of date words, and bounds that may only widen."""

from datetime import date

import pytest

from local.salesforce.ids import mint, normalise
from local.salesforce.inprocess import Api
from local.salesforce.soql.datewords import span

# Ids that the documentation and the master record type show.
KNOWN = ["001D000000INjVeIAL", "012000000000000AAA", "005D0000001GCL3IAO"]


@pytest.mark.parametrize("known", KNOWN)
def test_the_checksum_is_that_of_known_ids(known: str) -> None:
    assert normalise(known[:15]) == known
    assert normalise(known) == known


@pytest.mark.parametrize(
    "text", ["", "001", "a00B000000FSjVUIB1", "001D000000INjVeIA!", "001D000000INjVeIALX"]
)
def test_what_is_no_id_has_no_normal_form(text: str) -> None:
    assert normalise(text) is None


def test_minted_ids_are_distinct_valid_and_sort_as_made() -> None:
    ids = [mint("00T", number) for number in range(5_000)]

    assert ids == sorted(set(ids))
    assert all(normalise(each) == each for each in ids)


# 2024-05-15 is a Wednesday; weeks begin on Sunday.
SPANS = [
    ("TODAY", 0, "2024-05-15", "2024-05-16"),
    ("YESTERDAY", 0, "2024-05-14", "2024-05-15"),
    ("TOMORROW", 0, "2024-05-16", "2024-05-17"),
    ("LAST_WEEK", 0, "2024-05-05", "2024-05-12"),
    ("THIS_WEEK", 0, "2024-05-12", "2024-05-19"),
    ("NEXT_WEEK", 0, "2024-05-19", "2024-05-26"),
    ("LAST_MONTH", 0, "2024-04-01", "2024-05-01"),
    ("THIS_QUARTER", 0, "2024-04-01", "2024-07-01"),
    ("LAST_QUARTER", 0, "2024-01-01", "2024-04-01"),
    ("NEXT_YEAR", 0, "2025-01-01", "2026-01-01"),
    ("LAST_90_DAYS", 0, "2024-02-15", "2024-05-16"),
    ("NEXT_90_DAYS", 0, "2024-05-16", "2024-08-14"),
    ("LAST_N_DAYS", 3, "2024-05-12", "2024-05-16"),
    ("NEXT_N_DAYS", 3, "2024-05-16", "2024-05-19"),
    ("N_DAYS_AGO", 3, "2024-05-12", "2024-05-13"),
    ("LAST_N_WEEKS", 2, "2024-04-28", "2024-05-12"),
    ("N_WEEKS_AGO", 1, "2024-05-05", "2024-05-12"),
    ("LAST_N_MONTHS", 6, "2023-11-01", "2024-05-01"),
    ("NEXT_N_MONTHS", 8, "2024-06-01", "2025-02-01"),
    ("LAST_N_YEARS", 1, "2023-01-01", "2024-01-01"),
    ("N_FISCAL_QUARTERS_AGO", 1, "2024-01-01", "2024-04-01"),
]


@pytest.mark.parametrize(("word", "count", "first", "after"), SPANS)
def test_a_date_word_means_these_days(word: str, count: int, first: str, after: str) -> None:
    found = span(word, count=count, today=date(2024, 5, 15))

    assert found == (date.fromisoformat(first), date.fromisoformat(after))


def test_a_sunday_begins_its_week() -> None:
    assert span("THIS_WEEK", count=0, today=date(2024, 5, 12))[0] == date(2024, 5, 12)
    assert span("THIS_WEEK", count=0, today=date(2024, 5, 18))[0] == date(2024, 5, 12)


def test_an_alternative_with_an_earlier_moment_is_not_cut_off(api: Api) -> None:
    moments = [f"2026-01-0{day}T00:00:00Z" for day in range(1, 6)]
    api.load("Task", [{"SystemModstamp": moment} for moment in moments])

    found = api.query(
        "SELECT Id FROM Task WHERE SystemModstamp > 2026-01-03T00:00:00Z"
        " OR (SystemModstamp >= 2026-01-01T00:00:00Z AND SystemModstamp < 2026-01-02T00:00:00Z)"
    )
    unbounded = api.query(
        "SELECT Id FROM Task WHERE SystemModstamp > 2026-01-03T00:00:00Z OR Subject = null"
    )

    assert (len(found), len(unbounded)) == (3, 5)


def test_a_last_page_that_is_full_is_done(api: Api) -> None:
    api.call("POST", "/__emulator__/settings", {"page_size": 2})
    api.load("Task", [{} for _ in range(4)])

    _, first = api.call("GET", "query", q="SELECT Id FROM Task")
    _, second = api.call("GET", first["nextRecordsUrl"])

    assert (first["done"], second["done"], len(second["records"])) == (False, True, 2)
