"""Routes of conflicts: what waits for a person, and what the person decides."""

from typing import Any

from syncline.http.bodies import read_body
from syncline.http.calls import Call
from syncline.http.messages import Answer
from syncline.http.pages import cursor_of, limit_of, next_of, page_of
from syncline.http.story_shapes import ConflictShown, Resolve
from syncline.ports import Conflict, ConflictPlace
from syncline.usecases.find import find_connection
from syncline.usecases.list_conflicts import ListConflicts, find_conflict
from syncline.usecases.resolve_conflict import ResolveConflict


def list_conflicts(call: Call) -> Answer:
    services, connection = call.services, call.request.query.get("connection")
    if connection is not None:
        find_connection(services.configuration, call.workspace, connection)
    found = ListConflicts(services.conflicts)(
        call.workspace, connection=connection, after=cursor_of(call.request, str, str, str)
    )
    page = page_of(
        found,
        limit=limit_of(call.request),
        show=conflict_shown,
        after=lambda conflict: next_of(*conflict.place),
    )
    return Answer(200, page)


def get_conflict(call: Call) -> Answer:
    found = find_conflict(call.services.conflicts, call.workspace, _place(call))
    return Answer(200, conflict_shown(found))


def resolve_conflict(call: Call) -> Answer:
    body = read_body(call.request, Resolve)
    services = call.services
    resolve = ResolveConflict(
        services.configuration,
        services.records,
        services.links,
        services.conflicts,
        services.journal,
        services.clock,
    )
    done = resolve(call.workspace, _place(call), body.choose, by=_who(call))
    fields = [
        {"field": name, "chosen": choice, "value": done.values.get(name)}
        for name, choice in done.choices.items()
    ]
    return Answer(
        200,
        {
            "conflict": conflict_shown(done.conflict),
            "fields": fields,
            "senders": list(done.senders),
            "entry": done.entry,
        },
    )


def conflict_shown(conflict: Conflict) -> dict[str, Any]:
    own = (name for name in ConflictShown.model_fields if name not in ("id", "fields"))
    return {
        "id": ".".join(conflict.place),
        **{name: getattr(conflict, name) for name in own},
        "fields": [
            {"field": name, "salesforce": crm, "platform": platform}
            for name, (crm, platform) in conflict.fields.items()
        ],
    }


def _place(call: Call) -> ConflictPlace:
    """Names of connections and objects hold no dot, so the first two end them."""
    connection, _, rest = call.path["conflict"].partition(".")
    object, _, platform_id = rest.partition(".")
    return connection, object, platform_id


def _who(call: Call) -> str:
    """The token's name and id: names are for people, and two tokens may have the same."""
    id = call.identity.token if call.identity else ""
    names = [each.name for each in call.services.tokens.all(call.workspace) if each.id == id]
    return f"{names[0]} ({id})" if names else id
