"""Routes of attributes: whether and how each is written back."""

from typing import Any

from syncline.config.attribute import Attribute, attribute_name
from syncline.http.attribute_shapes import TargetShown
from syncline.http.bodies import read_body
from syncline.http.calls import Call
from syncline.http.messages import Answer
from syncline.http.shown import findings_shown
from syncline.usecases.delete_attribute import DeleteAttribute
from syncline.usecases.save_attribute import SaveAttribute
from syncline.usecases.show_attributes import ShowAttributes, ShownAttribute


def put_attribute(call: Call) -> Answer:
    object, name = _place(call)
    body = read_body(call.request, Attribute)
    services = call.services
    saved = SaveAttribute(services.configuration, services.crm)(call.workspace, object, name, body)
    shown = {
        "result": saved.result,
        **_shown(ShowAttributes(services.configuration)(call.workspace, object, name)),
        "findings": findings_shown(saved.findings),
    }
    return Answer(201 if saved.result == "created" else 200, shown)


def get_attribute(call: Call) -> Answer:
    show = ShowAttributes(call.services.configuration)
    return Answer(200, _shown(show(call.workspace, *_place(call))))


def list_attributes(call: Call) -> Answer:
    found = ShowAttributes(call.services.configuration).all(call.workspace)
    return Answer(200, {"items": [_shown(each) for each in found], "next": None})


def delete_attribute(call: Call) -> Answer:
    DeleteAttribute(call.services.configuration)(call.workspace, *_place(call))
    return Answer(204)


def _place(call: Call) -> tuple[str, str]:
    return call.path["object"], call.path["attribute"]


def _shown(found: ShownAttribute) -> dict[str, Any]:
    return {
        "name": attribute_name(found.object, found.attribute),
        "attribute": found.settings.model_dump(mode="json"),
        "targets": [
            {name: getattr(each, name) for name in TargetShown.model_fields}
            for each in found.targets
        ],
    }
