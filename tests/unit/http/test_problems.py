"""Every error has its status, and what nobody expected says nothing about itself."""

from collections.abc import Iterator

import pytest

from syncline import errors
from syncline.errors import SyncError
from syncline.http.problems import STATUS, problem_of
from tests.unit.http.world import ACME, World


def family(error: type[SyncError]) -> Iterator[type[SyncError]]:
    yield error
    for child in error.__subclasses__():
        yield from family(child)


@pytest.mark.parametrize(
    "error", [e for e in family(SyncError) if e.__module__ == errors.__name__], ids=str
)
def test_each_error_of_the_tree_has_a_status(error: type[SyncError]) -> None:
    assert error in STATUS


def test_each_row_of_the_table_is_an_error_that_exists() -> None:
    assert set(STATUS) <= set(family(SyncError))


def test_an_error_of_a_new_class_has_its_nearest_bases_status() -> None:
    class NewlyMadeError(errors.ConflictError):
        pass

    assert problem_of(NewlyMadeError("no", code="new")).status == 409


def test_an_unexpected_error_is_a_problem_without_its_words(
    api: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError("a value of a record")

    monkeypatch.setattr(api.cloud.runs, "get", broken)

    reply = api("GET", f"{ACME}/runs/r1")

    assert (reply.status, reply.code) == (500, "internal_error")
    assert "value" not in str(reply.body["detail"])
    assert api.log.failures == ["GET /v1/workspaces/{workspace}/runs/{run}"]


def test_the_log_holds_templates_not_ids(api: World) -> None:
    api("GET", f"{ACME}/records/task/secret-id")

    route, status, code = api.log.lines[-1]
    assert route == "GET /v1/workspaces/{workspace}/records/{object}/{id}"
    assert (status, code) == (404, "unknown_record")
