"""Who may do what: identity comes from the authorizer, workspace and scope are checked here."""

import pytest

from syncline.http.calls import Route
from syncline.http.routes import ROUTES
from tests.unit.http.world import ACME, TASKS, World

SCOPES = ("read", "write", "operate")
NAMES = {
    "workspace": "acme", "connection": "crm", "job": "tasks", "plan": "p", "run": "r",
    "object": "task", "id": "t1", "token": "tok_1", "conflict": "crm.task.t1",
    "attribute": "title", "receipt": "rcp", "letter": "m-1",
}  # fmt: skip
PROTECTED = [route for route in ROUTES if route.scope != "none"]
OPEN_TO_TOKENS = [route for route in PROTECTED if route.scope != "administrator"]


def place(path: str, workspace: str = "acme") -> str:
    return path.format(**{**NAMES, "workspace": workspace})


@pytest.mark.parametrize("route", PROTECTED, ids=lambda r: f"{r.method} {r.path}")
def test_without_a_token_no_route_answers(api: World, route: Route) -> None:
    reply = api(route.method, place(route.path), token=None)

    assert (reply.status, reply.code) == (401, "unauthenticated")
    assert reply.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("route", PROTECTED, ids=lambda r: f"{r.method} {r.path}")
def test_a_token_of_another_workspace_is_told_nothing(api: World, route: Route) -> None:
    api("PUT", "/v1/workspaces/other", {})
    token = api.token("other")
    before = api.cloud.dump()

    there = api(route.method, place(route.path), token=token)
    nowhere = api(route.method, place(route.path, "nowhere"), token=token)

    assert (there.status, there.code) == (403, "workspace_forbidden")
    assert (nowhere.status, nowhere.code) == (403, "workspace_forbidden")
    assert there.body["detail"] == nowhere.body["detail"]
    assert api.cloud.dump() == before


@pytest.mark.parametrize("route", OPEN_TO_TOKENS, ids=lambda r: f"{r.method} {r.path}")
def test_each_route_needs_its_scope(api: World, route: Route) -> None:
    others = [scope for scope in SCOPES if scope != route.scope]
    without, exactly = api.token("acme", *others), api.token("acme", route.scope)

    refused = api(route.method, place(route.path), token=without)
    let_in = api(route.method, place(route.path), token=exactly)

    assert (refused.status, refused.code) == (403, "scope_missing")
    assert f"'{route.scope}'" in refused.body["errors"][0]["remedy"]
    assert let_in.status not in (401, 403)


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", ""), ("GET", ""), ("DELETE", ""), ("POST", "/tokens"), ("GET", "/tokens")],
)
def test_only_the_administrator_handles_workspaces_and_tokens(
    api: World, method: str, path: str
) -> None:
    reply = api(method, ACME + path, {"title": "Mine"}, token=api.token("acme"))

    assert (reply.status, reply.code) == (403, "administrator_only")


def test_the_administrator_may_do_everything(api: World) -> None:
    assert api("PUT", f"{ACME}/jobs/tasks", TASKS).status == 201
    assert api("POST", f"{ACME}/jobs/tasks/runs").status == 202


@pytest.mark.parametrize("path", ["", "/jobs", "/connections/crm", "/runs/r", "/records/task"])
def test_an_unknown_workspace_is_named(api: World, path: str) -> None:
    reply = api("GET", f"/v1/workspaces/nowhere{path}")

    assert (reply.status, reply.code) == (404, "unknown_workspace")
    assert reply.body["remedy"]
    assert reply.flaws[0][:2] == ("path", "workspace")


def test_a_workspaces_job_cannot_be_put_before_the_workspace(bare: World) -> None:
    reply = bare("PUT", f"{ACME}/jobs/tasks", TASKS)

    assert (reply.status, reply.code) == (404, "unknown_workspace")
    assert bare.cloud.dump() == World().cloud.dump()


def test_a_new_token_opens_its_workspace_until_it_is_revoked(api: World) -> None:
    made = api("POST", f"{ACME}/tokens", {"name": "ci", "scopes": ["read", "operate"]})
    token = made.body["token"]
    assert api("GET", f"{ACME}/jobs", token=token).status == 200

    listed = api("GET", f"{ACME}/tokens").body["items"]
    revoked = api("DELETE", f"{ACME}/tokens/{made.body['id']}")

    assert [(each["name"], each["scopes"]) for each in listed] == [("ci", ["read", "operate"])]
    assert revoked.status == 204
    assert api("GET", f"{ACME}/jobs", token=token).status == 401
    assert api("GET", f"{ACME}/tokens").body["items"][0]["revoked_at"] == "2026-01-05T12:00:00Z"


def test_a_token_is_stored_as_a_digest_only(api: World) -> None:
    token = api("POST", f"{ACME}/tokens", {"name": "ci", "scopes": ["read"]}).body["token"]

    assert len(token) > 40
    assert token not in str(api.cloud.dump())
    assert token not in str(api("GET", f"{ACME}/tokens").body)


def test_an_unknown_token_cannot_be_revoked(api: World) -> None:
    reply = api("DELETE", f"{ACME}/tokens/tok_none")

    assert (reply.status, reply.code) == (404, "unknown_token")


def test_deleting_a_workspace_revokes_its_tokens(bare: World) -> None:
    bare("PUT", ACME, {})
    token = bare.token("acme")

    assert bare("DELETE", ACME).status == 204
    assert bare("GET", f"{ACME}/jobs", token=token).status == 401
    assert bare("GET", ACME).code == "unknown_workspace"
