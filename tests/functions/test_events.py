"""Every function of the template, imported and invoked with each of its files in events/."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from tests.functions.conftest import ROOT, Invoke, Json, event

Check = Callable[[Json], bool]


def status(wanted: int, **body: Any) -> Check:
    """An HTTP answer with that status and those members in its body."""

    def check(answer: Json) -> bool:
        if answer["statusCode"] != wanted:
            return False
        members: Mapping[str, Any] = json.loads(answer.get("body") or "{}")
        return all(members.get(name) == value for name, value in body.items())

    return check


def problem(wanted: int, code: str) -> Check:
    def check(answer: Json) -> bool:
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        form = headers["content-type"].startswith("application/problem+json")
        return form and status(wanted, code=code)(answer)

    return check


def failures(*positions: int) -> Check:
    names = [{"itemIdentifier": f"00000000-0000-4000-8000-{at:012d}"} for at in positions]
    return lambda answer: answer == {"batchItemFailures": names}


def run(wanted: str) -> Check:
    return lambda answer: answer["status"] == wanted


def authorized(*, administrator: bool) -> Check:
    wanted = "true" if administrator else "false"
    return lambda answer: answer["isAuthorized"] and answer["context"]["administrator"] == wanted


REFUSED: Final[Check] = lambda answer: answer == {"isAuthorized": False}  # noqa: E731 a row below

CASES: Final[Mapping[tuple[str, str], Check]] = {
    ("accounts_inbound", "scheduled"): run("succeeded"),
    ("accounts_inbound", "late_leg"): run("nothing_to_do"),
    ("accounts_inbound", "deleted_job"): run("nothing_to_do"),
    ("users_inbound", "scheduled"): run("succeeded"),
    ("users_inbound", "late_leg"): run("nothing_to_do"),
    ("users_inbound", "deleted_job"): run("nothing_to_do"),
    ("tasks_inbound", "scheduled"): run("succeeded"),
    ("tasks_inbound", "late_leg"): run("nothing_to_do"),
    ("tasks_inbound", "deleted_job"): run("nothing_to_do"),
    ("accounts_outbound", "scheduled"): run("succeeded"),
    ("accounts_outbound", "late_leg"): run("nothing_to_do"),
    ("accounts_outbound", "deleted_job"): run("nothing_to_do"),
    ("tasks_outbound", "scheduled"): run("succeeded"),
    ("tasks_outbound", "late_leg"): run("nothing_to_do"),
    ("tasks_outbound", "deleted_job"): run("nothing_to_do"),
    ("touchpoints_inbound", "scheduled"): run("succeeded"),
    ("touchpoints_inbound", "late_leg"): run("nothing_to_do"),
    ("touchpoints_inbound", "deleted_job"): run("nothing_to_do"),
    ("touchpoints_outbound", "scheduled"): run("succeeded"),
    ("touchpoints_outbound", "late_leg"): run("nothing_to_do"),
    ("touchpoints_outbound", "deleted_job"): run("nothing_to_do"),
    ("campaign_touches_outbound", "scheduled"): run("succeeded"),
    ("campaign_touches_outbound", "late_leg"): run("nothing_to_do"),
    ("campaign_touches_outbound", "deleted_job"): run("nothing_to_do"),
    ("write_back", "two_requests"): failures(),
    ("write_back", "one_malformed"): failures(2),
    ("write_back", "all_malformed"): failures(1, 2),
    ("bulk_write_back", "a_window"): failures(),
    ("bulk_write_back", "not_for_it"): failures(2),
    ("bulk_write_back", "late_leg"): run("nothing_to_do"),
    ("bulk_write_back", "deleted_connection"): run("nothing_to_do"),
    ("api", "health"): status(200),
    ("api", "openapi"): status(200, openapi="3.1.0"),
    ("api", "put_workspace"): status(201),
    ("api", "create_token"): status(201, name="console"),
    ("api", "get_connection"): status(200),
    ("api", "list_runs"): status(200),
    ("api", "put_record"): status(201),
    ("api", "other_workspace"): problem(403, "workspace_forbidden"),
    ("api", "scope_missing"): problem(403, "scope_missing"),
    ("api", "unknown_route"): problem(404, "unknown_route"),
    ("inspect", "test_connection"): status(200),
    ("inspect", "save_job"): status(201),
    ("inspect", "save_job_refused_filter"): problem(422, "query_refused"),
    ("inspect", "validate_job"): status(200),
    ("inspect", "preview_job"): status(200),
    ("authorizer", "administrator"): authorized(administrator=True),
    ("authorizer", "unknown_token"): REFUSED,
    ("authorizer", "other_scheme"): REFUSED,
    ("sweeper", "tick"): lambda answer: answer == {"failed": [], "waiting": 0, "requests": 0},
}


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(("folder", "case"), CASES)
def test_an_event_is_answered(invoke: Invoke, folder: str, case: str) -> None:
    answer = invoke(folder, event(folder, case))

    assert CASES[folder, case](answer), answer


def test_every_file_is_used_and_every_function_has_one() -> None:
    files = {(path.parent.name, path.stem) for path in (ROOT / "events").glob("*/*.json")}
    folders = {path.name for path in (ROOT / "functions").iterdir() if path.is_dir()}

    assert files == set(CASES)
    assert {folder for folder, _ in files} == folders
