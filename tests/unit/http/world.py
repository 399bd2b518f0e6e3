"""The whole API over memory ports, spoken to in real events of the HTTP API (payload 2.0)."""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from syncline.errors import SyncError
from syncline.http.dispatch import Api
from syncline.http.messages import Request, identity_context
from syncline.http.routes import ROUTES
from syncline.http.services import Announcer, Previewer, not_here
from syncline.memory.cloud import MemoryCloud
from syncline.memory.crm import MemoryCrm
from syncline.ports import (
    BodiesFactory,
    Clock,
    Configuration,
    ConflictsFactory,
    Crm,
    CrmFactory,
    DeadLetters,
    Failures,
    JobStarter,
    Journal,
    LinksFactory,
    ReceiptsFactory,
    RecordsFactory,
    Runs,
    Schedules,
    Secrets,
    Tokens,
    WriteBackQueues,
)
from syncline.usecases.announce_changes import AnnounceChanges
from syncline.usecases.capture_changes import CaptureChanges
from syncline.usecases.check_changes import CheckChanges
from syncline.usecases.create_token import CreateToken
from syncline.usecases.identify import Identify
from syncline.usecases.judge_values import JudgeValues
from syncline.usecases.known_outlets import KnownOutlets
from syncline.usecases.preview_job import PreviewJob
from tests.unit.http.objects import OBJECTS

ADMINISTRATOR = "the-administrators-own-token"
OPEN = "IsClosed = false"
ACME = "/v1/workspaces/acme"
CONNECTION = {
    "login_url": "https://acme.my.salesforce.com",
    "credentials": {"client_id": "3MVG9", "client_secret": "hush"},
}
TASKS = {"kind": "tasks_inbound", "connection": "crm"}
ACCOUNTS = {"kind": "accounts_inbound", "connection": "crm"}


def org() -> MemoryCrm:
    """Its descriptions are its own: tests change them."""
    return MemoryCrm(copy.deepcopy(OBJECTS), where={OPEN: lambda row: row.get("isclosed") is False})


@dataclass(frozen=True)
class Reply:
    """An answer, read."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def code(self) -> str:
        return str(self.body["code"])

    @property
    def flaws(self) -> list[tuple[str, str, str]]:
        """(in, field, code) of each thing that was wrong."""
        return [(each["in"], each["field"], each["code"]) for each in self.body["errors"]]


@dataclass
class Log:
    """What the API told its watcher."""

    lines: list[tuple[str, int, str | None]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def answered(self, request: Request, *, route: str, status: int, code: str | None) -> None:
        self.lines.append((route, status, code))

    def failed(self, request: Request, *, route: str) -> None:
        self.failures.append(route)


@dataclass(frozen=True)
class Ports:
    """The API's services, all built beforehand."""

    configuration: Configuration
    tokens: Tokens
    secrets: Secrets
    schedules: Schedules
    starter: JobStarter
    runs: Runs
    journal: Journal
    links: LinksFactory
    records: RecordsFactory
    conflicts: ConflictsFactory
    clock: Clock
    crm: CrmFactory
    preview: Previewer
    receipts: ReceiptsFactory
    bodies: BodiesFactory
    queues: WriteBackQueues
    dead_letters: DeadLetters
    failures: Failures
    announce: Announcer


class World:
    """Both functions of the API, one cloud in memory, one org."""

    def __init__(self) -> None:
        self.cloud = MemoryCloud()
        self.crm = org()
        self.opening: SyncError | None = None
        self.log = Log()
        self._identify = Identify(self.cloud.tokens, lambda: ADMINISTRATOR)
        self._apis = {
            "api": Api(self._services(inspect=False), self.log, "api"),
            "inspect": Api(self._services(inspect=True), self.log, "inspect"),
        }

    def _open(self, workspace: str, connection: str) -> Crm:
        if self.opening is not None:
            raise self.opening
        return self.crm

    def _services(self, *, inspect: bool) -> Ports:
        cloud = self.cloud
        preview = PreviewJob(
            cloud.configuration, self._open, cloud.links, cloud.records, cloud.clock
        )
        return Ports(
            configuration=cloud.configuration,
            tokens=cloud.tokens,
            secrets=cloud.secrets,
            schedules=cloud.schedules,
            starter=cloud.starter,
            runs=cloud.runs,
            journal=cloud.journal,
            links=cloud.links,
            records=cloud.records,
            conflicts=cloud.conflicts,
            clock=cloud.clock,
            crm=self._open if inspect else not_here,
            preview=preview if inspect else not_here,
            receipts=cloud.receipts,
            bodies=cloud.bodies,
            queues=cloud.queues,
            dead_letters=cloud.dead_letters,
            failures=cloud.failures,
            announce=self._announcer() if inspect else not_here,
        )

    def _announcer(self) -> Announcer:
        cloud = self.cloud
        judge = JudgeValues(self._open, KnownOutlets(cloud.configuration, cloud.clock))
        return AnnounceChanges(
            check=CheckChanges(cloud.configuration, cloud.records, judge, cloud.clock),
            capture=CaptureChanges(cloud.records, cloud.receipts, cloud.queues, cloud.clock),
            receipts=cloud.receipts,
            bodies=cloud.bodies,
            queues=cloud.queues,
            clock=cloud.clock,
        )

    def token(self, workspace: str = "acme", *scopes: str) -> str:
        """A new token of the workspace; every scope unless some are named."""
        create = CreateToken(self.cloud.configuration, self.cloud.tokens, self.cloud.clock)
        given = scopes or ("read", "write", "operate")
        return create(workspace, name="a test's", scopes=given)[1]

    def __call__(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = ADMINISTRATOR,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """`body` is sent as JSON; bytes and texts are sent as they are."""
        event = self.event(method, path, body, token=token, query=query, headers=headers)
        answer = self._apis[_function(method, path)](event)
        text = answer["body"]
        return Reply(answer["statusCode"], answer["headers"], json.loads(text) if text else None)

    def event(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = ADMINISTRATOR,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """As API Gateway sends it, with the authorizer's context where there is a token."""
        identity = self._identify(token) if token else None
        context: dict[str, Any] = {
            "accountId": "123456789012",
            "apiId": "api",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1"},
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "ANY /v1/{proxy+}",
            "stage": "$default",
        }
        if identity is not None:
            context["authorizer"] = {"lambda": identity_context(identity)}
        given = {} if body is None else {"content-type": "application/json"}
        return {
            "version": "2.0",
            "routeKey": "ANY /v1/{proxy+}",
            "rawPath": path,
            "rawQueryString": urlencode(query or {}),
            "headers": {**given, **(headers or {})},
            "requestContext": context,
            **({} if body is None else {"body": _text(body)}),
            "isBase64Encoded": False,
        }


def _text(body: object) -> str:
    return body if isinstance(body, str) else json.dumps(body)


def _function(method: str, path: str) -> str:
    """As the template's routes send it."""
    segments = path.split("/")[1:]
    found = [r for r in ROUTES if r.method == method and r.match(segments) is not None]
    return found[0].function if found else "api"


def furnished() -> World:
    """A workspace `acme` with the connection `crm`, and nothing else."""
    world = World()
    assert world("PUT", ACME, {"title": "Acme"}).status == 201
    assert world("PUT", f"{ACME}/connections/crm", CONNECTION).status == 201
    return world


def journal(api: World, run: str, name: str, *actions: dict[str, Any]) -> None:
    api.cloud.journal.put("acme", run, name, {"read": len(actions), "actions": list(actions)})


def action(key: str, bucket: str = "created", **more: Any) -> dict[str, Any]:
    verb = {"created": "create", "updated": "update", "rejected": "reject", "held": "hold"}[bucket]
    return {"key": key, "verb": verb, "bucket": bucket, "reason": "new", **more}
