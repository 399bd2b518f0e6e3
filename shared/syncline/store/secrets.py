"""Credentials of connections in Secrets Manager."""

import json
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from syncline.aws.faults import code_of, translated
from syncline.aws.items import compact
from syncline.ports import JsonObject

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class ManagedSecrets:
    """The Secrets port: `{prefix}{workspace}/{connection}`, one JSON object each."""

    def __init__(self, client: "SecretsManagerClient", prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    def get(self, workspace: str, connection: str) -> JsonObject | None:
        with translated("reading a secret"):
            try:
                answer = self._client.get_secret_value(SecretId=self._name(workspace, connection))
            except ClientError as exc:
                if code_of(exc) == "ResourceNotFoundException":
                    return None
                raise
        value: JsonObject = json.loads(answer["SecretString"])
        return value

    def put(self, workspace: str, connection: str, value: JsonObject) -> None:
        """A new value of the one that exists, which is the common case, or a new secret."""
        name, text = self._name(workspace, connection), compact(value)
        with translated("storing a secret"):
            try:
                self._client.put_secret_value(SecretId=name, SecretString=text)
            except ClientError as exc:
                if code_of(exc) != "ResourceNotFoundException":
                    raise
                self._create(name, text)

    def delete(self, workspace: str, connection: str) -> None:
        """At once, without a recovery window: a window would keep the name, and a connection that
        is made again under it could not store its credentials for 7 to 30 days.
        https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html"""
        with translated("deleting a secret"):
            try:
                self._client.delete_secret(
                    SecretId=self._name(workspace, connection), ForceDeleteWithoutRecovery=True
                )
            except ClientError as exc:
                if code_of(exc) != "ResourceNotFoundException":
                    raise

    def _create(self, name: str, text: str) -> None:
        try:
            self._client.create_secret(Name=name, SecretString=text)
        except ClientError as exc:
            if code_of(exc) != "ResourceExistsException":
                raise
            self._client.put_secret_value(SecretId=name, SecretString=text)

    def _name(self, workspace: str, connection: str) -> str:
        return f"{self._prefix}{workspace}/{connection}"
