"""AWS clients with our time-outs and retries, each made when it is first used."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

CONFIG: Final = Config(
    connect_timeout=3,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 5},
    max_pool_connections=16,
)
"""Long enough for 25 statements, short enough that a call which hangs is repeated in this leg."""


class Clients:
    """One client per service. `make` stands in for `boto3.client` in tests; `settings` are passed
    on to it (`endpoint_url`, `region_name`)."""

    def __init__(self, make: Callable[..., Any] = boto3.client, **settings: Any) -> None:
        self._make = make
        self._settings = {"config": CONFIG, **settings}

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        client: DynamoDBClient = self._make("dynamodb", **self._settings)
        return client

    @cached_property
    def s3(self) -> "S3Client":
        client: S3Client = self._make("s3", **self._settings)
        return client

    @cached_property
    def scheduler(self) -> "EventBridgeSchedulerClient":
        client: EventBridgeSchedulerClient = self._make("scheduler", **self._settings)
        return client

    @cached_property
    def secrets(self) -> "SecretsManagerClient":
        client: SecretsManagerClient = self._make("secretsmanager", **self._settings)
        return client

    @cached_property
    def sns(self) -> "SNSClient":
        client: SNSClient = self._make("sns", **self._settings)
        return client

    @cached_property
    def sqs(self) -> "SQSClient":
        client: SQSClient = self._make("sqs", **self._settings)
        return client

    @cached_property
    def functions(self) -> Any:
        """The Lambda client, `lambda` being a word of Python."""
        return self._make("lambda", **self._settings)
