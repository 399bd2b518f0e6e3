"""The whole product on one machine: a Salesforce org, the cloud of template.yaml, a workspace."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from local.cloud.cloud import LocalCloud
from local.salesforce.running import Running
from local.salesforce.running import start as start_salesforce
from local.seed.org import DemoOrg

ROOT: Final = Path(__file__).resolve().parents[1]
WORKSPACE: Final = "acme"
_TIMEOUT: Final = 60.0


@dataclass(frozen=True, slots=True)
class House:
    """What runs, and how to reach it. `token` reads, writes and operates in the workspace."""

    salesforce: Running
    cloud: LocalCloud
    administrator: str
    token: str

    def endpoints(self) -> dict[str, str]:
        """What `.local/endpoints.json` holds: addresses, and secrets of this run only."""
        return {
            "api": self.cloud.api_url,
            "salesforce": self.salesforce.http,
            "aws": self.cloud.aws_endpoint,
            "workspace": WORKSPACE,
            "token": self.token,
            "administrator_token": self.administrator,
            "salesforce_client_id": self.salesforce.client_id,
            "salesforce_client_secret": self.salesforce.client_secret,
        }

    def call(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> Any:
        """One request to the API; RuntimeError with the problem if it is refused."""
        return _call(self.cloud.api_url, token or self.token, method, path, body)

    def connection(self) -> dict[str, Any]:
        """The body of `PUT …/connections/{connection}` for the emulator's org."""
        return {
            "title": "The demo org",
            "login_url": self.salesforce.http,
            "environment": "sandbox",
            "credentials": {
                "flow": "client_credentials",
                "client_id": self.salesforce.client_id,
                "client_secret": self.salesforce.client_secret,
            },
        }


@contextmanager
def stand(
    *,
    home: Path | None = None,
    template: Path = ROOT / "template.yaml",
    ports: Mapping[str, int] | None = None,
    **options: Any,
) -> Iterator[House]:
    """Starts everything and makes the workspace; ends everything with the block.

    `ports`: api, salesforce, salesforce_https; absent or 0 finds a free one. `options` go to the
    local cloud. RuntimeError when a part does not start, with its own words.
    """
    wanted = {**_ports_of_environment(), **(ports or {})}
    sides = (wanted.get("salesforce", 0), wanted.get("salesforce_https", 0))
    folder = home or ROOT / ".local"
    env = {"SYNCLINE_ALLOW_LOOPBACK": "true", **options.pop("env", {})}
    with (
        start_salesforce(ports=sides) as salesforce,
        LocalCloud.start(
            template,
            port=wanted.get("api", 0),
            home=folder,
            env=env,
            upstreams={"salesforce": salesforce.http},
            **options,
        ) as cloud,
    ):
        administrator = _administrator_token(cloud)
        _call(cloud.api_url, administrator, "PUT", f"/v1/workspaces/{WORKSPACE}", {"title": "Acme"})
        asked = {"name": "local", "scopes": ["read", "write", "operate"]}
        path = f"/v1/workspaces/{WORKSPACE}/tokens"
        made = _call(cloud.api_url, administrator, "POST", path, asked)
        yield House(salesforce, cloud, administrator, made["token"])


def furnish(salesforce: Running, org: DemoOrg) -> dict[str, int]:
    """Loads the demo org, with the two custom fields that local/demo.yaml names, as an admin would
    have made them (docs/two-way.md). How many records by object."""
    control = salesforce.control
    control.add_field(
        "Activity",
        "Syncline_Id__c",
        "string",
        length=255,
        external_id=True,
        unique=True,
        case_sensitive=True,
    )
    control.add_field("Activity", "Campaign_Touch__c", "string", length=128)
    return control.load(org.records)


def _administrator_token(cloud: LocalCloud) -> str:
    secret = cloud.client("secretsmanager").get_secret_value(SecretId=cloud.resource("AdminToken"))
    return str(secret["SecretString"])


def _ports_of_environment() -> dict[str, int]:
    """SYNCLINE_API_PORT, SYNCLINE_SALESFORCE_PORT, SYNCLINE_SALESFORCE_HTTPS_PORT."""
    names = ("api", "salesforce", "salesforce_https")
    return {name: int(os.environ.get(f"SYNCLINE_{name.upper()}_PORT", "0")) for name in names}


def _call(api: str, token: str, method: str, path: str, body: Any) -> Any:
    answer = httpx.request(
        method,
        f"{api}{path}",
        json=body,
        headers={"Authorization": f"Bearer {token}"},
        timeout=_TIMEOUT,
        trust_env=False,
    )
    if answer.is_error:
        raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
    return answer.json() if answer.content else None


def write_endpoints(house: House, home: Path) -> Path:
    """Readable by its owner only, for it holds the tokens of this run."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / "endpoints.json"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        json.dump(house.endpoints(), file, indent=2)
    return path
