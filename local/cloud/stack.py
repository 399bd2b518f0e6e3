"""The deployed stack: tables, queues and the like in the data plane, the rest for the runner."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from local.cloud.clients import Clients
from local.cloud.intrinsics import Resolver, references
from local.cloud.ministack import DataPlaneError
from local.cloud.template import ACCOUNT, Json, Template

STACK: Final = "local"
_SECRET: Final = "AWS::SecretsManager::Secret"
DEPLOY_LIMIT_SECONDS: Final = 60.0

# Everything else is the runner's own (functions, mappings, HTTP API) or has no effect on one
# machine (alarms, dashboards, permissions).
_DEPLOYED: Final = {
    "AWS::DynamoDB::Table",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::SSM::Parameter",
    "AWS::Scheduler::Schedule",
    "AWS::Scheduler::ScheduleGroup",
    _SECRET,
}


@dataclass(frozen=True, slots=True)
class Stack:
    """A template after deployment: `resources` are resolved, absent conditions left out."""

    resources: Mapping[str, Json]
    physical: Mapping[str, str]
    outputs: Mapping[str, str]

    def of_type(self, kind: str) -> Iterator[tuple[str, Json]]:
        """(logical id, resolved properties) of each resource of one CloudFormation type."""
        for name, resource in self.resources.items():
            if resource["Type"] == kind:
                yield name, resource.get("Properties", {})


def function_arn(region: str, name: str) -> str:
    return f"arn:aws:lambda:{region}:{ACCOUNT}:function:{name}"


def deploy(template: Template, clients: Clients, api_url: str) -> Stack:
    """Create the stack and resolve the whole template against it.

    Raises DataPlaneError with the data plane's reason when the stack fails.
    """
    values: dict[str, Any] = {**_pseudo(template.region), **template.parameters}
    attributes: dict[tuple[str, str], Any] = {}
    first = Resolver(template.body, values, attributes)
    present = {
        name: resource
        for name, resource in template.resources.items()
        if "Condition" not in resource or first.truth(resource["Condition"])
    }
    for name, resource in present.items():
        if resource["Type"] not in _DEPLOYED:
            _name_it(name, resource, first, template.region, values, attributes)
        if resource["Type"] == _SECRET:
            # Ref is the ARN on AWS, MiniStack gives the name.
            values[name] = {"Fn::GetAtt": [name, "Id"]}
    physical = _create(present, first, clients, attributes)
    values.update({name: attributes.get((name, "Id"), made) for name, made in physical.items()})
    _enable_ttl(present, physical, clients)
    second = Resolver(template.body, values, attributes)
    resources = {
        name: {"Type": each["Type"], "Properties": second.resolve(each.get("Properties", {}))}
        for name, each in present.items()
    }
    outputs = {
        name: _local_url(str(second.resolve(output["Value"])), template.region, api_url)
        for name, output in template.body.get("Outputs", {}).items()
        if "Condition" not in output or second.truth(output["Condition"])
    }
    names = {name: str(values[name]) for name in present}
    return Stack(_with_local_urls(resources, template.region, api_url), names, outputs)


def _pseudo(region: str) -> dict[str, str]:
    return {
        "AWS::Region": region,
        "AWS::AccountId": ACCOUNT,
        "AWS::Partition": "aws",
        "AWS::URLSuffix": "amazonaws.com",
        "AWS::StackName": STACK,
        "AWS::StackId": f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{STACK}/local",
    }


def _name_it(
    name: str,
    resource: Json,
    resolver: Resolver,
    region: str,
    values: dict[str, Any],
    attributes: dict[tuple[str, str], Any],
) -> None:
    properties = resource.get("Properties", {})
    if resource["Type"] == "AWS::Lambda::Function":
        given = resolver.resolve(properties.get("FunctionName", f"{STACK}-{name}"))
        values[name] = given
        attributes[name, "Arn"] = function_arn(region, given)
    elif resource["Type"] == "AWS::Lambda::LayerVersion":
        values[name] = f"arn:aws:lambda:{region}:{ACCOUNT}:layer:{name}:1"
    else:
        values[name] = name.lower() if resource["Type"] == "AWS::ApiGatewayV2::Api" else name


def _create(
    present: Mapping[str, Json],
    resolver: Resolver,
    clients: Clients,
    attributes: dict[tuple[str, str], Any],
) -> dict[str, str]:
    deployed = {name: each for name, each in present.items() if each["Type"] in _DEPLOYED}
    names = set(deployed)
    resources = {name: _deployable(each, resolver, names) for name, each in deployed.items()}
    found = references(resolver.resolve(dict(present)))
    found |= {(name, "Id") for name, each in deployed.items() if each["Type"] == _SECRET}
    wanted = sorted(each for each in found if each[0] in deployed)
    outputs = {f"A{n}": {"Value": {"Fn::GetAtt": list(each)}} for n, each in enumerate(wanted)}
    body = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources, "Outputs": outputs}
    cloudformation = clients.of("cloudformation")
    cloudformation.create_stack(
        StackName=STACK, TemplateBody=json.dumps(body), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    made = _wait_for_stack(cloudformation)
    answers = {output["OutputKey"]: output["OutputValue"] for output in made.get("Outputs", [])}
    for n, each in enumerate(wanted):
        attributes[each] = answers[f"A{n}"]
    described = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in described}


def _deployable(resource: Json, resolver: Resolver, deployed: set[str]) -> Json:
    properties = resolver.resolve(resource.get("Properties", {}))
    made: Json = {"Type": resource["Type"], "Properties": properties}
    depends = resource.get("DependsOn", [])
    listed = [depends] if isinstance(depends, str) else depends
    kept = [each for each in listed if each in deployed]
    return {**made, "DependsOn": kept} if kept else made


def _wait_for_stack(cloudformation: Any) -> Json:
    limit = time.monotonic() + DEPLOY_LIMIT_SECONDS
    pause = threading.Event()
    while True:
        stack: Json = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        if stack["StackStatus"] == "CREATE_COMPLETE":
            return stack
        if "FAILED" in stack["StackStatus"] or "ROLLBACK" in stack["StackStatus"]:
            raise DataPlaneError(f"the stack failed: {_reasons(cloudformation)}")
        if time.monotonic() > limit:
            raise DataPlaneError(f"the stack is not ready after {DEPLOY_LIMIT_SECONDS} s")
        pause.wait(0.05)


def _reasons(cloudformation: Any) -> str:
    events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    failed = [each for each in events if "FAILED" in each["ResourceStatus"]]
    return "; ".join(
        f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason', 'no reason')}"
        for each in failed
    )


def _enable_ttl(present: Mapping[str, Json], physical: Mapping[str, str], clients: Clients) -> None:
    """MiniStack's CloudFormation leaves time to live out; its API call takes it."""
    for name, resource in present.items():
        wanted = resource.get("Properties", {}).get("TimeToLiveSpecification")
        if resource["Type"] == "AWS::DynamoDB::Table" and wanted:
            try:
                clients.of("dynamodb").update_time_to_live(
                    TableName=physical[name], TimeToLiveSpecification=wanted
                )
            except ClientError as exc:
                raise DataPlaneError(f"time to live of {name}: {exc}") from exc


def _local_url(text: str, region: str, api_url: str) -> str:
    """An address of the HTTP API as the template builds it becomes the runner's."""
    head, mark, rest = text.partition(f".execute-api.{region}.amazonaws.com")
    start = head.rfind("https://")
    return head[:start] + api_url + rest if mark and start >= 0 else text


def _with_local_urls(node: Any, region: str, api_url: str) -> Any:
    if isinstance(node, dict):
        return {key: _with_local_urls(value, region, api_url) for key, value in node.items()}
    if isinstance(node, list):
        return [_with_local_urls(each, region, api_url) for each in node]
    return _local_url(node, region, api_url) if isinstance(node, str) else node
