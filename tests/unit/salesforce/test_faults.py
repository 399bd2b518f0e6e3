"""The table of refusals: every row can be reached, and every answer finds one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncline.errors import ConfigurationError, RateLimitedError, RetryableError, SyncError
from syncline.salesforce.faults import FAULTS, LOGIN_FAULTS, Answer, answer, refusal

HOST = "example.my.salesforce.com"
TABLES = {"api": FAULTS, "login": LOGIN_FAULTS}
ROWS = [(name, row) for name, table in TABLES.items() for row in table]


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_every_row_is_reachable(name: str, row: tuple[int, str]) -> None:
    status, code = row
    # Another status of the same hundred where the row stands for all of them.
    said = Answer(status or 400, code or "A_CODE_OF_TOMORROW", "words", HOST)
    marked = {**TABLES[name], row: lambda _: SyncError("reached")}

    assert refusal(said, marked).message == "reached"


@given(st.integers(300, 599), st.sampled_from(["", "SOMETHING_NEW", "INVALID_FIELD"]))
def test_every_status_has_a_row(status: int, code: str) -> None:
    error = refusal(Answer(status, code, "", HOST))

    assert error.code != "odd_answer"


@pytest.mark.parametrize(
    ("status", "code", "words", "kind", "name"),
    [
        (
            403,
            "REQUEST_LIMIT_EXCEEDED",
            "TotalRequests Limit exceeded.",
            RateLimitedError,
            "daily_limit",
        ),
        (
            403,
            "REQUEST_LIMIT_EXCEEDED",
            "ConcurrentPerOrgLongTxn Limit exceeded.",
            RateLimitedError,
            "concurrent_limit",
        ),
        (400, "MALFORMED_QUERY", "unexpected token: 'x'", ConfigurationError, "query_refused"),
        (
            400,
            "QUERY_TIMEOUT",
            "Your query request was running for too long.",
            RetryableError,
            "query_timeout",
        ),
        (503, "", "", RetryableError, "org_unreachable"),
        (502, "SERVER_UNAVAILABLE", "", RetryableError, "org_unreachable"),
        (401, "INVALID_SESSION_ID", "", ConfigurationError, "credentials_refused"),
        (401, "", "", ConfigurationError, "credentials_refused"),
        (403, "", "", ConfigurationError, "access_refused"),
        (410, "UNSUPPORTED_API_VERSION", "", ConfigurationError, "api_version_retired"),
        (414, "", "", ConfigurationError, "query_too_long"),
        (431, "", "", ConfigurationError, "query_too_long"),
        (418, "", "", ConfigurationError, "salesforce_refused"),
        (302, "", "", ConfigurationError, "login_url_wrong"),
    ],
)
def test_an_answer_says_what_to_do_next(
    status: int, code: str, words: str, kind: type[SyncError], name: str
) -> None:
    error = refusal(Answer(status, code, words, HOST))

    assert type(error) is kind
    assert error.code == name


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ([{"errorCode": "A", "message": "b  c\n d"}], "A", "b c d"),
        ({"error": "invalid_grant", "error_description": "no"}, "invalid_grant", "no"),
        ("<h1>Bad Message 431</h1>", "", ""),
        ("", "", ""),
        ([], "", ""),
        (None, "", ""),
        (["text"], "", ""),
    ],
)
def test_any_body_can_be_read(body: object, code: str, words: str) -> None:
    said = answer(400, body, HOST)

    assert (said.code, said.words) == (code, words)


def test_only_a_query_repeats_the_words_of_salesforce() -> None:
    secret = Answer(400, "STRING_TOO_LONG", "Subject: data value too large: the boss", HOST)
    query = Answer(400, "INVALID_FIELD", "No such column 'Foo__c'", HOST)

    assert "the boss" not in refusal(secret).message
    assert "Foo__c" in refusal(query).message


def test_every_configuration_error_has_a_remedy() -> None:
    errors = [
        refusal(Answer(row[0] or 400, row[1], "", HOST), table)
        for table in TABLES.values()
        for row in table
    ]

    assert [
        each for each in errors if isinstance(each, ConfigurationError) and not each.remedy
    ] == []


def test_too_many_logins_are_waited_out() -> None:
    error = refusal(Answer(400, "invalid_grant", "login rate exceeded", HOST), LOGIN_FAULTS)

    assert isinstance(error, RateLimitedError)


def test_a_refused_query_does_not_show_our_own_part_of_it() -> None:
    words = (
        "FROM Task WHERE IsDeleted = false AND (Foo = 1) ^ ERROR at Row:1:Column:84 No column Foo"
    )

    error = refusal(Answer(400, "INVALID_FIELD", words, HOST))

    assert error.message == "Salesforce refused the query: No column Foo"
