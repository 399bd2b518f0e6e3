"""Batches that AWS refuses in part: what is asked again, what is an answer, what is an error."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from syncline.aws.database import Database
from syncline.aws.retries import Patience
from syncline.aws.statements import Delete, Insert, Key, Update, to_partiql
from syncline.errors import (
    ConfigurationError,
    InvariantError,
    RecordRejectedError,
    RetryableError,
    SyncError,
)
from tests.contract.fake_dynamodb import FakeDynamoDB, client_error

WAITS: list[float] = []


@pytest.fixture
def fake() -> FakeDynamoDB:
    WAITS.clear()
    return FakeDynamoDB()


def database(fake: Any) -> Database:
    return Database(fake, patience=Patience(attempts=4, sleep=WAITS.append))


def inserts(count: int) -> list[Insert]:
    return [Insert("t", {"pk": "p", "sk": f"{number:04d}"}) for number in range(count)]


@pytest.mark.parametrize(
    "code",
    ["ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded",
     "InternalServerError", "TransactionConflict"],
)  # fmt: skip
def test_a_throttled_statement_alone_is_asked_again_after_a_wait(
    fake: FakeDynamoDB, code: str
) -> None:
    fake.codes = {"0001": [code, code]}

    assert database(fake).execute(inserts(3)) == [True, True, True]

    assert fake.batches == [3, 1, 1]
    assert len(WAITS) == 2


def test_a_false_condition_is_an_answer(fake: FakeDynamoDB) -> None:
    fake.codes = {"0000": ["DuplicateItem"], "0002": ["ConditionalCheckFailed"]}

    assert database(fake).execute(inserts(4)) == [False, True, False, True]


def test_patience_ends(fake: FakeDynamoDB) -> None:
    fake.codes = {"0000": ["ThrottlingError"] * 4}

    with pytest.raises(RetryableError):
        database(fake).execute(inserts(1))

    assert len(WAITS) == 3


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ResourceNotFound", ConfigurationError),
        ("AccessDenied", ConfigurationError),
        ("ValidationError", InvariantError),
        ("SomethingNew", InvariantError),
    ],
)
def test_other_codes_are_errors(fake: FakeDynamoDB, code: str, error: type[SyncError]) -> None:
    fake.codes = {"0001": [code]}

    with pytest.raises(error, match=code):
        database(fake).execute(inserts(2))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (client_error("ThrottlingException"), RetryableError),
        (client_error("AccessDeniedException"), ConfigurationError),
        (client_error("ValidationException"), InvariantError),
        (EndpointConnectionError(endpoint_url="http://x"), RetryableError),
    ],
)
def test_a_refused_call_is_one_of_our_errors(
    fake: FakeDynamoDB, fault: Exception, error: type[SyncError]
) -> None:
    fake.faults = [fault]

    with pytest.raises(error):
        database(fake).execute(inserts(1))


def test_calls_hold_25_statements_and_answers_keep_their_order(fake: FakeDynamoDB) -> None:
    fake.codes = {"0024": ["DuplicateItem"], "0050": ["DuplicateItem"]}

    answers = database(fake).execute(inserts(51))

    assert sorted(fake.batches) == [1, 25, 25]
    assert [index for index, ok in enumerate(answers) if not ok] == [24, 50]


def test_reads_that_were_put_off_are_asked_again(fake: FakeDynamoDB) -> None:
    fake.unprocessed = 2
    keys = [Key("p", str(number)) for number in (*range(101), 5)]

    assert set(database(fake).get("t", keys)) == set(keys)

    assert sum(fake.batches) == 103


def test_reads_put_off_for_ever_are_an_error(fake: FakeDynamoDB) -> None:
    fake.unprocessed = 99

    with pytest.raises(RetryableError):
        database(fake).get("t", [Key("p", "1")])


@pytest.mark.parametrize(
    ("statements", "error"),
    [
        ([*inserts(1), *inserts(1)], InvariantError),
        ([*inserts(1), Delete("t", Key("p", "0000"))], InvariantError),
        ([Insert("t", {"pk": "", "sk": "x"})], InvariantError),
        ([Update("t", Key("p", ""), set={"a": 1})], InvariantError),
        ([Insert("t", {"pk": "p", "sk": "x", "data": "x" * 410_000})], RecordRejectedError),
    ],
)
def test_what_aws_would_refuse_is_not_sent(
    fake: FakeDynamoDB, statements: list[Any], error: type[SyncError]
) -> None:
    with pytest.raises(error):
        database(fake).execute(statements)

    assert fake.batches == []


def cancelled(*codes: str) -> Exception:
    reasons = [{"Code": code} for code in codes]
    return client_error("TransactionCanceledException", CancellationReasons=reasons)


def test_a_transaction_whose_condition_is_false_is_an_answer(fake: FakeDynamoDB) -> None:
    fake.faults = [cancelled("None", "ConditionalCheckFailed", "DuplicateItem")]

    assert database(fake).transact(inserts(3)) is False


def test_a_transaction_that_meets_another_is_repeated_under_its_name(fake: FakeDynamoDB) -> None:
    fake.faults = [cancelled("TransactionConflict", "None"), client_error("ThrottlingException")]

    assert database(fake).transact(inserts(2)) is True

    assert len(fake.tokens) == 3
    assert len(set(fake.tokens)) == 1


def test_a_transaction_that_is_wrong_is_an_error(fake: FakeDynamoDB) -> None:
    fake.faults = [cancelled("ValidationError", "None")]

    with pytest.raises(InvariantError):
        database(fake).transact(inserts(2))


def test_a_transaction_never_ends_in_doubt_silently(fake: FakeDynamoDB) -> None:
    fake.faults = [cancelled("TransactionConflict")] * 9

    with pytest.raises(RetryableError):
        database(fake).transact(inserts(2))


def test_values_are_parameters_never_text() -> None:
    statement = Update(
        "t", Key("p'", 'k"'), set={"v": 2, "gone": True}, remove=("old",), where={"v": 1}
    )

    assert to_partiql(statement) == {
        "Statement": 'UPDATE "t" SET "v"=? SET "gone"=? REMOVE "old" '
        'WHERE "pk"=? AND "sk"=? AND "v"=?',
        "Parameters": [{"N": "2"}, {"BOOL": True}, {"S": "p'"}, {"S": 'k"'}, {"N": "1"}],
    }
