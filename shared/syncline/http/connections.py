"""Routes of connections."""

from syncline.config.models import Connection
from syncline.http.bodies import read_body
from syncline.http.calls import Call
from syncline.http.messages import Answer
from syncline.http.names import checked_name
from syncline.http.shown import access_shown
from syncline.usecases.check_connection import CheckConnection
from syncline.usecases.delete_connection import DeleteConnection
from syncline.usecases.save_connection import SaveConnection
from syncline.usecases.show_connection import ShowConnection


def put_connection(call: Call) -> Answer:
    name = checked_name("connection", call.path["connection"])
    body = read_body(call.request, Connection)
    services = call.services
    result = SaveConnection(services.configuration, services.secrets)(call.workspace, name, body)
    shown = ShowConnection(services.configuration)(call.workspace, name)
    return Answer(201 if result == "created" else 200, {"result": result, "connection": shown})


def get_connection(call: Call) -> Answer:
    show = ShowConnection(call.services.configuration)
    return Answer(200, show(call.workspace, call.path["connection"]))


def list_connections(call: Call) -> Answer:
    found = ShowConnection(call.services.configuration).all(call.workspace)
    items = [{"name": name, "connection": shown} for name, shown in found]
    return Answer(200, {"items": items, "next": None})


def delete_connection(call: Call) -> Answer:
    services = call.services
    delete = DeleteConnection(services.configuration, services.secrets, services.conflicts)
    delete(call.workspace, call.path["connection"])
    return Answer(204)


def check_connection(call: Call) -> Answer:
    services = call.services
    check = CheckConnection(services.configuration, services.crm)
    report = check(call.workspace, call.path["connection"])
    shown = {
        "ok": all(each.readable for each in report.objects),
        "org_id": report.identity.org_id,
        "user_id": report.identity.user_id,
        "username": report.identity.username,
        "bound": report.bound,
        "objects": [access_shown(each) for each in report.objects],
        "requests": report.requests,
    }
    return Answer(200, shown)
