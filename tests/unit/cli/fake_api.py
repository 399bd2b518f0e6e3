"""A small API on loopback that keeps what it is told, as docs/api.md says it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from syncline.config.attribute import Attribute
from syncline.config.models import Connection, Job, Workspace
from tests.unit.cli.fake_document import document

ADMINISTRATOR = "administrator-token"
TOKEN = "workspace-token"
ALL_SCOPES = ("read", "write", "operate")


def problem(status: int, code: str, detail: str = "it cannot be", **more: Any) -> JSONResponse:
    body = {
        "type": f"urn:syncline:problem:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "detail": detail,
        "code": code,
        "errors": [],
        **more,
    }
    return JSONResponse(body, status, media_type="application/problem+json")


def run_body(id: str = "tasks.1", status: str = "succeeded", **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "workspace": "acme",
        "job": "tasks",
        "mode": "incremental",
        "status": status,
        "trigger": "manual",
        "created_at": "2026-11-21T06:00:00Z",
        "started_at": "2026-11-21T06:00:01Z",
        "ended_at": None if status in ("queued", "running") else "2026-11-21T06:01:05Z",
        "leg": 1,
        "batch": 3,
        "phase": 0,
        "ledger": {},
        "error": None,
        "plan": None,
        "cancel": False,
        "requests": 12,
        **more,
    }


TARGET = {"connection": "crm", "job": "accounts", "salesforce_object": "Account",
          "path": "Owner.Email", "mode": "update_reference"}  # fmt: skip
EXTRA: dict[str, dict[str, Any]] = {"job": {"last_run": None}, "attribute": {"targets": [TARGET]}}
Answerer = Callable[[Request, Any], Response]


@dataclass
class FakeApi:
    """State, and answers for single routes that a test wants otherwise."""

    scopes: tuple[str, ...] = ALL_SCOPES
    workspaces: dict[str, Any] = field(default_factory=dict)
    connections: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, Any] = field(default_factory=dict)
    jobs: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    runs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """By id, the states it goes through: each look takes one, the last one stays."""
    actions: list[dict[str, Any]] = field(default_factory=list)
    records: dict[str, Any] = field(default_factory=dict)
    tokens: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[tuple[str, str], Answerer | list[Response]] = field(default_factory=dict)
    seen: list[tuple[str, str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [(method, path) for method, path, _ in self.seen if method != "GET"]

    def bodies(self, method: str, ending: str) -> list[Any]:
        return [body for seen, path, body in self.seen
                if seen == method and path.endswith(ending)]  # fmt: skip

    async def __call__(self, request: Request) -> Response:
        raw = await request.body()
        body = await request.json() if raw else None
        path = request.url.path.removeprefix("/v1/workspaces")
        self.seen.append((request.method, path, body))
        self.headers.append(request.headers)
        chosen = self.answers.get((request.method, path))
        if isinstance(chosen, list):
            if chosen:
                return chosen.pop(0)
        elif chosen is not None:
            return chosen(request, body)
        if request.method == "GET" and path in ("/health", "/openapi.json"):
            return JSONResponse({"status": "ok"} if path == "/health" else document())
        return self._refused(request, path) or self._serve(request, path, body)

    # --- who may do what ----------------------------------------------------------------------

    def _refused(self, request: Request, path: str) -> Response | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not token:
            return JSONResponse({"message": "Unauthorized"}, 401)
        if token == ADMINISTRATOR:
            return None
        if token != TOKEN:
            return JSONResponse({"message": "Forbidden"}, 403)
        parts = path.split("/")[1:]
        if len(parts) == 1 or parts[1] == "tokens":
            return problem(403, "administrator_only")
        needed = {"GET": "read", "POST": "operate"}.get(request.method, "write")
        return None if needed in self.scopes else problem(403, "scope_missing")

    # --- routes -------------------------------------------------------------------------------

    def _serve(self, request: Request, path: str, body: Any) -> Response:
        parts = path.split("/")[1:]
        name = parts[0]
        if len(parts) == 1:
            return self._stored(request, self.workspaces, name, Workspace, body, what="workspace")
        if name not in self.workspaces:
            return problem(404, "unknown_workspace")
        handler = getattr(self, f"_{parts[1].replace('-', '_')}", None)
        if handler is None:
            return problem(404, "unknown_route")
        answer: Response = handler(request, parts[2:], body)
        return answer

    def _stored(
        self, request: Request, store: dict[str, Any], name: str, model: type[BaseModel],
        body: Any, *, what: str,
    ) -> Response:  # fmt: skip
        if request.method == "PUT":
            return self._put(store, name, model, body, what=what)
        if name not in store:
            return problem(404, f"unknown_{what}", f"there is no {what} '{name}'")
        if request.method == "DELETE":
            del store[name]
            return Response(status_code=204)
        return JSONResponse(store[name])

    def _put(
        self, store: dict[str, Any], name: str, model: type[BaseModel], body: Any, *, what: str
    ) -> Response:
        try:
            clean = model.model_validate(body).model_dump(mode="json", exclude={"credentials"})
        except ValidationError as exc:
            flaws = [
                {"in": "body", "field": "/" + "/".join(map(str, each["loc"])), "code": each["type"],
                 "message": each["msg"], "remedy": "Correct it."}
                for each in exc.errors()
            ]  # fmt: skip
            return problem(422, "invalid_body", "the body is wrong", errors=flaws)
        before = store.get(name)
        renewed = self._keep_secret(name, clean, before, body) if what == "connection" else False
        result = "created" if before is None else "changed"
        result = "unchanged" if before == clean and not renewed else result
        store[name] = clean
        more: dict[str, Any] = {"findings": [], "run": None} if what == "job" else {}
        return JSONResponse({"result": result, what: clean, **more})

    def _keep_secret(
        self, name: str, clean: dict[str, Any], before: Any, body: Mapping[str, Any]
    ) -> bool:
        for key in ("org_id", "username"):
            clean[key] = clean.get(key) or (before or {}).get(key)
        given = body.get("credentials") and {"flow": "client_credentials", **body["credentials"]}
        old = self.secrets.get(name)
        self.secrets[name] = given or old
        kept = self.secrets[name]
        clean["credentials"] = {key: kept.get(key) for key in ("flow", "client_id")}
        return given is not None and given != old

    def _connections(self, request: Request, parts: list[str], body: Any) -> Response:
        if not parts:
            return self._list(request, self.connections, "connection")
        if parts[1:] == ["test"]:
            return JSONResponse({
                "ok": True, "org_id": "00D1", "user_id": "0051", "username": "sync@acme.example",
                "bound": False, "requests": 5,
                "objects": [{"object": "Account", "readable": True, "createable": False,
                             "updateable": True, "deletable": False, "message": None}],
            })  # fmt: skip
        return self._stored(
            request, self.connections, parts[0], Connection, body, what="connection"
        )

    def _jobs(self, request: Request, parts: list[str], body: Any) -> Response:
        if not parts:
            return self._list(request, self.jobs, "job")
        if len(parts) == 1:
            return self._stored(request, self.jobs, parts[0], Job, body, what="job")
        if parts[0] not in self.jobs:
            return problem(404, "unknown_job", f"there is no job '{parts[0]}'")
        return self._work(request, parts)

    def _attributes(self, request: Request, parts: list[str], body: Any) -> Response:
        if not parts:
            return self._list(request, self.attributes, "attribute")
        store, name = self.attributes, ".".join(parts)
        if request.method == "GET" and name in store:
            return JSONResponse({"name": name, "attribute": store[name], "targets": [TARGET]})
        return self._stored(request, store, name, Attribute, body, what="attribute")

    def _work(self, request: Request, parts: list[str]) -> Response:
        if parts[1] == "runs" and request.method == "GET":
            found = [states[-1] for states in self.runs.values() if states[-1]["job"] == parts[0]]
            return JSONResponse({"items": found, "next": None})
        if parts[1] in ("runs", "plans") and request.method == "POST":
            first = next(iter(self.runs.values()))
            return JSONResponse(first.pop(0) if len(first) > 1 else first[0], 202)
        if parts[1] == "plans":
            return self._page(request, self.actions, plan=next(iter(self.runs.values()))[-1])
        return problem(404, "unknown_route")

    def _runs(self, request: Request, parts: list[str], body: Any) -> Response:
        states = self.runs.get(parts[0])
        if states is None:
            return problem(404, "unknown_run")
        if parts[1:] == ["records"]:
            wanted = request.query_params.get("outcome")
            return self._page(request, [a for a in self.actions if wanted in (None, a["bucket"])])
        return JSONResponse(states.pop(0) if len(states) > 1 else states[0])

    def _records(self, request: Request, parts: list[str], body: Any) -> Response:
        if len(parts) == 1:
            return self._page(request, list(self.records.values()))
        before = self.records.get(parts[1])
        if request.method == "PUT":
            values = {**(before or {}).get("values", {}), **body["values"]}
            version = (before or {}).get("version", 0) + 1
            made = {"object": parts[0], "id": parts[1], "version": version, "values": values,
                    "updated_at": "2026-11-21T06:00:00Z", "edits": {}}  # fmt: skip
            self.records[parts[1]] = made
            result = "changed" if before else "created"
            return JSONResponse({"result": result, "record": made})
        return JSONResponse(before) if before else problem(404, "unknown_record")

    def _history(self, request: Request, parts: list[str], body: Any) -> Response:
        chapters = [{"title": "updated on the platform", "why": [], "changes": [],
                     "direction": "inbound", **action,
                     "connection": "crm", "run": "tasks.1", "job": "tasks",
                     "at": "2026-11-21T06:00:00Z", "entry": "tasks.1/0/0/0"}
                    for action in self.actions]  # fmt: skip
        return self._page(request, chapters)

    def _tokens(self, request: Request, parts: list[str], body: Any) -> Response:
        if request.method == "POST":
            made = {"id": "tok_1", "created_at": "2026-11-21T06:00:00Z", "revoked_at": None, **body}
            self.tokens.append(made)
            return JSONResponse({**made, "token": "shown-once"}, 201)
        if request.method == "DELETE":
            return Response(status_code=204)
        return self._page(request, self.tokens)

    def _list(self, request: Request, store: Mapping[str, Any], what: str) -> Response:
        extra = EXTRA.get(what, {})
        items = [{"name": name, what: body, **extra} for name, body in store.items()]
        for item in items:
            latest = [states[-1] for states in self.runs.values()
                      if what == "job" and states[-1]["job"] == item["name"]]  # fmt: skip
            item.update({"last_run": latest[-1]} if latest else {})
        return self._page(request, items)

    def _page(self, request: Request, items: list[Any], **more: Any) -> Response:
        start = int(request.query_params.get("cursor", "0"))
        end = start + int(request.query_params.get("limit", "50"))
        following = str(end) if end < len(items) else None
        return JSONResponse({"items": items[start:end], "next": following, **more})
