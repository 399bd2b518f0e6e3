"""What the Turnstile port promises."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from syncline.aws.database import Database
from syncline.ports import Turnstile
from syncline.store.turnstile import DynamoTurnstile
from tests.contract.aws_cloud import AwsCloud
from tests.contract.cloud import Cloud

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
PLACE = "acme|org|task"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def turnstile(cloud: Cloud) -> Turnstile:
    return cloud.turnstile


def enter(turnstile: Turnstile, holder: str, at: datetime = NOW, place: str = PLACE) -> bool:
    return turnstile.enter(place, holder, now=at, until=at + MINUTE)


def test_one_writer_enters_at_a_time(turnstile: Turnstile) -> None:
    assert turnstile.holder(PLACE, now=NOW) is None

    assert enter(turnstile, "a")
    assert not enter(turnstile, "b")

    assert turnstile.holder(PLACE, now=NOW) == "a"


def test_who_leaves_lets_the_next_one_in(turnstile: Turnstile) -> None:
    enter(turnstile, "a")

    turnstile.leave(PLACE, "a")
    assert turnstile.holder(PLACE, now=NOW) is None

    assert enter(turnstile, "b")


def test_nobody_leaves_for_another(turnstile: Turnstile) -> None:
    turnstile.leave(PLACE, "a")
    enter(turnstile, "a")

    turnstile.leave(PLACE, "b")

    assert turnstile.holder(PLACE, now=NOW) == "a"


def test_a_holder_may_stay_longer(turnstile: Turnstile) -> None:
    enter(turnstile, "a")

    assert enter(turnstile, "a", NOW + MINUTE / 2)

    assert turnstile.holder(PLACE, now=NOW + MINUTE) == "a"
    assert not enter(turnstile, "b", NOW + MINUTE)


def test_a_place_is_free_when_its_time_is_up(turnstile: Turnstile) -> None:
    enter(turnstile, "a")
    last = NOW + MINUTE - timedelta(microseconds=1)

    assert not enter(turnstile, "b", last)
    assert turnstile.holder(PLACE, now=last) == "a"
    assert turnstile.holder(PLACE, now=NOW + MINUTE) is None
    assert enter(turnstile, "b", NOW + MINUTE)

    turnstile.leave(PLACE, "a")
    assert turnstile.holder(PLACE, now=NOW + MINUTE) == "b"


def test_a_moment_is_the_same_in_any_zone(turnstile: Turnstile) -> None:
    berlin = NOW.astimezone(timezone(timedelta(hours=1)))
    enter(turnstile, "a", berlin)

    assert turnstile.holder(PLACE, now=NOW + MINUTE / 2) == "a"
    assert turnstile.holder(PLACE, now=berlin + MINUTE) is None


def test_places_do_not_wait_for_each_other(turnstile: Turnstile) -> None:
    assert enter(turnstile, "a")
    assert enter(turnstile, "b", place="acme|org|account")

    assert turnstile.holder("acme|org|account", now=NOW) == "b"


class Interrupted(Database):
    """Lets something happen before the first write, or loses its answer."""

    def __init__(self, client: Any, *, before: Callable[[], object], lose: bool = False) -> None:
        super().__init__(client)
        self._before = before
        self._lose = lose
        self._writes = 0

    def execute(self, statements: Any) -> list[bool]:
        self._writes += 1
        if self._writes > 1:
            return super().execute(statements)
        self._before()
        done = super().execute(statements)
        return [False] * len(done) if self._lose else done


@pytest.mark.parametrize("left_behind", [False, True], ids=["empty", "time is up"])
def test_of_two_who_find_it_free_one_enters(aws_cloud: AwsCloud, left_behind: bool) -> None:
    first = aws_cloud.turnstile
    if left_behind:
        enter(first, "dead", NOW - MINUTE)
    table = aws_cloud.tables["RunsTable"]
    database = Interrupted(aws_cloud.clients.dynamodb, before=lambda: enter(first, "a"))

    assert not enter(DynamoTurnstile(database, table), "b")

    assert first.holder(PLACE, now=NOW) == "a"


def test_who_entered_without_hearing_of_it_is_in(aws_cloud: AwsCloud) -> None:
    table = aws_cloud.tables["RunsTable"]
    database = Interrupted(aws_cloud.clients.dynamodb, before=lambda: None, lose=True)

    assert enter(DynamoTurnstile(database, table), "a")

    assert aws_cloud.turnstile.holder(PLACE, now=NOW) == "a"
