"""The stack's functions as specs, and the environment variables that Lambda gives to each."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from local.cloud.clients import Credentials
from local.cloud.functions import FunctionSpec
from local.cloud.gateway import Tap
from local.cloud.runtime_api import RuntimeApi
from local.cloud.stack import Stack, function_arn
from local.cloud.template import Json, Template

DEFAULT_RETRIES: Final = 2
"""https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html"""


def function_specs(
    template: Template, stack: Stack, extra: Mapping[str, Mapping[str, str] | str]
) -> dict[str, FunctionSpec]:
    """Logical id → spec.

    `extra` holds variables beyond the template's: a text is for every function, a mapping under a
    logical id is for that function alone.
    """
    everyone = {name: value for name, value in extra.items() if isinstance(value, str)}
    configs = {str(each["FunctionName"]): each for _, each in stack.of_type(_INVOKE_CONFIG)}
    specs = {}
    for name, properties in stack.of_type("AWS::Lambda::Function"):
        own = extra.get(name, {})
        variables = {**everyone, **(own if not isinstance(own, str) else {})}
        config = configs.get(stack.physical[name], {})
        specs[name] = _spec(name, properties, config, _Place(template, stack), variables)
    return specs


_INVOKE_CONFIG: Final = "AWS::Lambda::EventInvokeConfig"


class _Place:
    def __init__(self, template: Template, stack: Stack) -> None:
        self.template = template
        self.stack = stack

    def layers(self, function: str) -> tuple[Path, ...]:
        """The project's own package first: its layer is built from it, so here it is read there."""
        code = self.template.code
        built = [code[name] for name in self.template.layers[function] if name in code]
        folders = dict.fromkeys([self.template.root / "shared", *built])
        return tuple(each for each in folders if each.is_dir())


def _spec(
    name: str, properties: Json, config: Json, place: _Place, extra: Mapping[str, str]
) -> FunctionSpec:
    physical = place.stack.physical[name]
    declared = (properties.get("Environment") or {}).get("Variables", {})
    failure = (config.get("DestinationConfig") or {}).get("OnFailure", {})
    reserved = properties.get("ReservedConcurrentExecutions")
    return FunctionSpec(
        logical_id=name,
        name=physical,
        arn=function_arn(place.template.region, physical),
        handler=properties["Handler"],
        code=place.template.code[name],
        layers=place.layers(name),
        timeout_seconds=float(properties.get("Timeout", 3)),
        memory_mib=int(properties.get("MemorySize", 128)),
        role_arn=str(properties.get("Role", "")),
        environment={**{key: str(value) for key, value in declared.items()}, **extra},
        retries=int(config.get("MaximumRetryAttempts", DEFAULT_RETRIES)),
        on_failure=str(failure.get("Destination", "")),
        reserved=None if reserved is None else int(reserved),
        log_json=(properties.get("LoggingConfig") or {}).get("LogFormat") == "JSON",
    )


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every function of a cloud shares; `proxied` when calls beside AWS go through the tap."""

    region: str
    clock_file: Path
    proxied: bool


def variables(
    spec: FunctionSpec, api: RuntimeApi, tap: Tap, shared: Surroundings, credentials: Credentials
) -> dict[str, str]:
    """The whole environment of a process: nothing of the runner's own but path, language, scratch.

    One name is not Lambda's: SYNCLINE_CLOCK_FILE holds the seconds by which the runner's clock is
    ahead of real time, for a function that wants to live on it.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    found: dict[str, Any] = {
        **{key: os.environ[key] for key in ("PATH", "LANG", "TMPDIR") if key in os.environ},
        "PYTHONPATH": os.pathsep.join(str(each) for each in [spec.code, *_python_folders(spec)]),
        "TZ": ":UTC",
        "LAMBDA_TASK_ROOT": str(spec.code),
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_RUNTIME_API": api.address,
        "AWS_LAMBDA_FUNCTION_NAME": spec.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory_mib),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{spec.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "AWS_LAMBDA_LOG_FORMAT": "JSON" if spec.log_json else "Text",
        "_HANDLER": spec.handler,
        "AWS_REGION": shared.region,
        "AWS_DEFAULT_REGION": shared.region,
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "AWS_ENDPOINT_URL": tap.url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_CONFIG_FILE": os.devnull,
        "SYNCLINE_CLOCK_FILE": str(shared.clock_file),
        **spec.environment,
    }
    if credentials.session_token:
        found["AWS_SESSION_TOKEN"] = credentials.session_token
    if shared.proxied:
        # Upper case alone: the runtime client's own library reads the lower-case one.
        found["HTTP_PROXY"] = tap.url
    return found


def _python_folders(spec: FunctionSpec) -> list[Path]:
    """A layer's folder, or the `python` folder in it as an unpacked layer has it."""
    return [each / "python" if (each / "python").is_dir() else each for each in spec.layers]
