"""One folder is one function, and each has just the settings its code reads."""

from pathlib import Path
from typing import Final

import pytest

from syncline.http.routes import ROUTES
from syncline.kinds.registry import BULK_WRITE_BACK, KINDS
from syncline.runtime import settings
from tests.template.conftest import Stack

JOBS: Final = [*sorted(KINDS), BULK_WRITE_BACK]
SETTINGS: Final[dict[str, type[settings.Settings]]] = {
    **dict.fromkeys(KINDS, settings.JobSettings),
    "write_back": settings.WriteBackSettings,
    "bulk_write_back": settings.BulkWriteBackSettings,
    "api": settings.ApiSettings,
    "inspect": settings.InspectSettings,
    "authorizer": settings.AuthorizerSettings,
    "sweeper": settings.SweeperSettings,
}
FOR_EVERYONE: Final = {"LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE"}
ANY_METHOD: Final = "x-amazon-apigateway-any-method"


def test_every_folder_is_deployed_once(stack: Stack, root: Path) -> None:
    folders = sorted(path.name for path in (root / "functions").iterdir() if path.is_dir())

    assert sorted(stack.folder(name) for name in stack.functions) == folders


def test_a_folder_holds_app_and_nothing_else(root: Path) -> None:
    found = {path.name for path in (root / "functions").glob("*/*")} - {"__pycache__"}

    assert found == {"app.py"}


def test_every_function_runs_alike(stack: Stack) -> None:
    for name, function in stack.functions.items():
        assert function["Handler"] == "app.handler", name
        assert function["Runtime"] == "python3.13", name
        assert function["TracingConfig"] == {"Mode": "Active"}, name
        assert len(function["Layers"]) == 2, name


def test_every_kind_has_its_function_by_the_name_that_schedules_use(stack: Stack) -> None:
    names = {str(each["FunctionName"]["Fn::Sub"]) for each in stack.functions.values()}

    for kind in JOBS:
        assert f"syncline-${{Stage}}-{kind.replace('_', '-')}" in names


@pytest.mark.parametrize("folder", SETTINGS)
def test_the_environment_is_what_the_code_reads(stack: Stack, folder: str) -> None:
    variables = set(stack.function_of(folder)["Environment"]["Variables"])

    assert variables - FOR_EVERYONE == SETTINGS[folder].names()


def test_the_settings_of_every_function_are_compared(stack: Stack) -> None:
    assert set(SETTINGS) == {stack.folder(name) for name in stack.functions}


@pytest.mark.parametrize("folder", JOBS)
def test_a_job_has_the_longest_time_and_is_not_retried(stack: Stack, folder: str) -> None:
    configs = stack.of("AWS::Lambda::EventInvokeConfig").values()
    function = stack.function_of(folder)
    by_folder = {stack.folder(stack.target(each["FunctionName"])): each for each in configs}

    assert (function["Timeout"], function["MemorySize"]) == (900, 1024)
    assert "ReservedConcurrentExecutions" not in function
    assert by_folder[folder]["MaximumRetryAttempts"] == 0
    assert by_folder[folder]["DestinationConfig"]["OnFailure"]["Destination"] == {
        "Ref": "NotificationsTopic"
    }


def test_routes_reach_the_function_that_answers_them(stack: Stack) -> None:
    """More specific routes win, so whatever `inspect` answers must be named in the template."""
    paths = stack.of("AWS::ApiGatewayV2::Api")["HttpApi"]["Body"]["paths"]
    deployed = {
        (method.upper(), path)
        for path, methods in paths.items()
        for method, route in methods.items()
        if "InspectFunction" in str(route)
    }

    assert deployed == {(each.method, each.path) for each in ROUTES if each.function == "inspect"}


def test_only_what_anyone_may_see_is_without_the_authorizer(stack: Stack) -> None:
    body = stack.of("AWS::ApiGatewayV2::Api")["HttpApi"]["Body"]
    open_routes = {
        path
        for path, methods in body["paths"].items()
        for route in methods.values()
        if route["security"] != [{"TokenAuthorizer": []}]
    }

    assert open_routes == {each.path for each in ROUTES if each.scope == "none"}
    assert ANY_METHOD in body["paths"]["/v1/{proxy+}"]


def test_the_authorizer_answers_simply_and_is_never_cached(stack: Stack) -> None:
    schemes = stack.of("AWS::ApiGatewayV2::Api")["HttpApi"]["Body"]["components"]["securitySchemes"]
    authorizer = schemes["TokenAuthorizer"]["x-amazon-apigateway-authorizer"]

    assert authorizer["authorizerResultTtlInSeconds"] == 0
    assert authorizer["enableSimpleResponses"] is True
    assert authorizer["identitySource"] == ["$request.header.Authorization"]


def test_the_api_is_throttled_and_logged(stack: Stack) -> None:
    stage = stack.of("AWS::ApiGatewayV2::Stage")["HttpApiApiGatewayDefaultStage"]

    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
    assert stack.target(stage["AccessLogSettings"]["DestinationArn"]) == "AccessLogs"
