"""Routes of workspaces, tokens, and what needs no workspace."""

from syncline.config.models import Workspace
from syncline.http.bodies import read_body
from syncline.http.calls import Call
from syncline.http.messages import Answer
from syncline.http.names import checked_name
from syncline.http.shapes import NewToken, TokenShown
from syncline.ports import TokenRecord
from syncline.usecases.create_token import CreateToken
from syncline.usecases.delete_workspace import DeleteWorkspace
from syncline.usecases.find import find_document
from syncline.usecases.revoke_token import RevokeToken
from syncline.usecases.save_workspace import SaveWorkspace


def health(_call: Call) -> Answer:
    return Answer(200, {"status": "ok"})


def put_workspace(call: Call) -> Answer:
    name = checked_name("workspace", call.workspace)
    body = read_body(call.request, Workspace)
    result = SaveWorkspace(call.services.configuration)(name, body)
    shown = {"result": result, "workspace": body.model_dump(mode="json")}
    return Answer(201 if result == "created" else 200, shown)


def get_workspace(call: Call) -> Answer:
    name = call.workspace
    return Answer(200, find_document(call.services.configuration, name, "workspace", name).body)


def delete_workspace(call: Call) -> Answer:
    services = call.services
    DeleteWorkspace(services.configuration, services.tokens, services.clock)(call.workspace)
    return Answer(204)


def create_token(call: Call) -> Answer:
    body = read_body(call.request, NewToken)
    services = call.services
    create = CreateToken(services.configuration, services.tokens, services.clock)
    record, token = create(call.workspace, name=body.name, scopes=body.scopes)
    return Answer(201, {**_shown(record), "token": token})


def list_tokens(call: Call) -> Answer:
    items = [_shown(token) for token in call.services.tokens.all(call.workspace)]
    return Answer(200, {"items": items, "next": None})


def revoke_token(call: Call) -> Answer:
    revoke = RevokeToken(call.services.tokens, call.services.clock)
    revoke(call.workspace, call.path["token"])
    return Answer(204)


def _shown(token: TokenRecord) -> dict[str, object]:
    return {name: getattr(token, name) for name in TokenShown.model_fields}
