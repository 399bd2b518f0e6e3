"""AWS clients of the runner itself, as root; functions have credentials of their own."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, Final

import boto3
from botocore.config import Config

ROOT_KEY: Final = "test"


@dataclass(frozen=True, slots=True)
class Credentials:
    access_key: str
    secret_key: str
    session_token: str = ""


ROOT: Final = Credentials(ROOT_KEY, ROOT_KEY)


class Clients:
    """One client per service, made when first asked for; boto3 clients may be shared by threads."""

    def __init__(self, endpoint: str, region: str) -> None:
        self.region = region
        self._endpoint = endpoint
        self._session = boto3.Session(
            aws_access_key_id=ROOT.access_key,
            aws_secret_access_key=ROOT.secret_key,
            region_name=region,
        )
        self._made: dict[str, Any] = {}
        self._making = threading.Lock()

    def of(self, service: str) -> Any:
        """A client for `service` that talks to the data plane directly, past every tap."""
        with self._making:
            if service not in self._made:
                self._made[service] = self._session.client(  # type: ignore[call-overload]
                    service,
                    endpoint_url=self._endpoint,
                    config=Config(
                        max_pool_connections=32,
                        read_timeout=70,
                        retries={"total_max_attempts": 2, "mode": "standard"},
                        proxies={},
                    ),
                )
            return self._made[service]

    def allows(self, role_arn: str, action: str, resource: str) -> bool:
        """Whether the role's policies grant an action that the runner answers itself."""
        answer = self.of("iam").simulate_principal_policy(
            PolicySourceArn=role_arn, ActionNames=[action], ResourceArns=[resource]
        )
        return all(each["EvalDecision"] == "allowed" for each in answer["EvaluationResults"])

    def close(self) -> None:
        with self._making:
            for client in self._made.values():
                client.close()
            self._made.clear()

    def assume(self, role_arn: str, session_name: str) -> Credentials:
        """Temporary credentials of a role, as Lambda gives them to a function."""
        answer = self.of("sts").assume_role(
            RoleArn=role_arn, RoleSessionName=session_name[:64], DurationSeconds=43_200
        )["Credentials"]
        return Credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])
