"""Routes of platform records and their history."""

import re
from collections.abc import Iterable
from typing import Any, Final

from syncline.http.bodies import read_body
from syncline.http.calls import Call
from syncline.http.messages import Answer, Request
from syncline.http.names import checked_record_id
from syncline.http.pages import cursor_of, limit_of, next_of, page_of
from syncline.http.problems import Flaw, RequestError
from syncline.http.shapes import Edit
from syncline.http.shown import journalled, record_shown
from syncline.http.telling import NOTES, title_of, why_of
from syncline.ports import Receipts
from syncline.usecases.delete_record import DeleteRecord
from syncline.usecases.edit_record import EditRecord
from syncline.usecases.find import find_workspace, object_attributes, unknown
from syncline.usecases.tell_history import Chapter, Place, TellHistory

_VERSION_TAG: Final = re.compile(r'(?:W/)?"?([0-9]{1,15})"?')
_ENTRY: Final = re.compile(r"[^/]+/[0-9]{1,12}/[0-9]{1,4}/[0-9]{1,9}")


def list_records(call: Call) -> Answer:
    object = _known_object(call)
    limit = limit_of(call.request)
    cursor = cursor_of(call.request, str)
    after = str(cursor[0]) if cursor else None
    found, _ = call.services.records(call.workspace).page(object, limit=limit + 1, after=after)
    page = page_of(found, limit=limit, show=record_shown, after=lambda record: next_of(record.id))
    return Answer(200, page)


def get_record(call: Call) -> Answer:
    object, id = _known_object(call), call.path["id"]
    found = call.services.records(call.workspace).get(object, [id]).get(id)
    if found is None or found.deleted:
        unknown("record", id)
    return Answer(200, record_shown(found), _tag(found.version))


def put_record(call: Call) -> Answer:
    object, id = _known_object(call), checked_record_id(call.path["id"])
    body = read_body(call.request, Edit)
    services = call.services
    edit = EditRecord(services.configuration, services.records, services.clock)
    version = _expected(call.request)
    result, record = edit(call.workspace, object, id, body.values, version=version)
    shown = {"result": result, "record": record_shown(record)}
    return Answer(201 if result == "created" else 200, shown, _tag(record.version))


def delete_record(call: Call) -> Answer:
    object, id = _known_object(call), call.path["id"]
    delete = DeleteRecord(call.services.records, call.services.clock)
    delete(call.workspace, object, id, version=_expected(call.request))
    return Answer(204)


def get_history(call: Call) -> Answer:
    object, id = _known_object(call), call.path["id"]
    services, told = call.services, _told(call.request)
    tell = TellHistory(services.configuration, services.links, services.journal, services.runs)
    page = page_of(
        tell(call.workspace, object, id, after=told),
        limit=limit_of(call.request),
        show=_chapter,
        after=lambda chapter: next_of(*chapter.place),
    )
    _name_announced(page["items"], services.receipts(call.workspace))
    silent = not page["items"] and told is None
    note = NOTES[tell.silence(call.workspace, object, id)] if silent else None
    return Answer(200, {**page, "note": note})


def _known_object(call: Call) -> str:
    object = call.path["object"]
    object_attributes(find_workspace(call.services.configuration, call.workspace), object)
    return object


def _tag(version: int) -> dict[str, str]:
    return {"etag": f'"{version}"'}


def _expected(request: Request) -> int | None:
    """The version in If-Match. RequestError 400."""
    given = request.headers.get("if-match")
    if given is None:
        return None
    found = _VERSION_TAG.fullmatch(given.strip())
    if found is None:
        remedy = 'Repeat the ETag of the record, such as "3".'
        flaw = Flaw("header", "If-Match", "invalid_parameter", "no version", remedy, given)
        raise RequestError(400, "invalid_parameter", "If-Match names no version", flaws=[flaw])
    return int(found[1])


def _told(request: Request) -> Place | None:
    cursor = cursor_of(request, str, str, str)
    if cursor is None:
        return None
    connection, linked, aside = cursor
    if not all(_ENTRY.fullmatch(entry) for entry in (linked, aside) if entry):
        raise RequestError(400, "invalid_cursor", "the cursor does not belong to this list")
    return connection, linked, aside


def _name_announced(items: Iterable[dict[str, Any]], receipts: Receipts) -> None:
    """One read for all of a page."""
    ids = {id for each in items for id in each["announced"]}
    known = receipts.get(ids) if ids else {}
    for each in items:
        each["announced"] = [
            {"receipt": id, "origin": r.origin, "actor": r.actor, "at": r.at}
            for id in each["announced"]
            if (r := known.get(id)) is not None
        ]


def _chapter(chapter: Chapter) -> dict[str, Any]:
    run, shown = chapter.run, journalled(chapter.stored)
    crm = chapter.dialect.title
    return {
        "connection": chapter.connection,
        "entry": chapter.entry,
        "run": chapter.run_id,
        "job": run.job if run else None,
        "at": chapter.at,
        "by": chapter.by,
        "announced": list(chapter.stored.get("receipts") or ()),
        **shown,
        "crm_id": shown["crm_id"] or chapter.crm_id,
        "title": title_of(chapter.stored, crm),
        "why": why_of(chapter.stored, crm, by=chapter.by),
    }
