"""The writing half of the Crm port: which way rows go, in the names and types of the describe."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from syncline.engine.plan import SendKind
from syncline.errors import ConfigurationError
from syncline.ports import Answers, Cursor, Person, Row, RowAnswer, Waiting, WriteRequest
from syncline.salesforce.costs import job_is_cheaper
from syncline.salesforce.describe import Descriptions
from syncline.salesforce.guests import Guests
from syncline.salesforce.ingest import IngestJobs, abort
from syncline.salesforce.people import people
from syncline.salesforce.session import OrgSession
from syncline.salesforce.writefaults import UNFIT
from syncline.salesforce.writing import write_at_once

_NO_JOBS: Final = frozenset(
    {
        *("acceptedeventrelation", "declinedeventrelation", "undecidedeventrelation"),
        *("eventwhorelation", "taskwhorelation", "recentlyviewed"),
        *("taskstatus", "taskpriority", "casestatus", "contractstatus", "solutionstatus"),
        *("partnerrole", "attachedcontentnote", "contentfolderitem", "quotetemplaterichtextdata"),
    }
)
"""Objects that the Bulk API refuses, in lower case. Salesforce publishes no list; this is what
https://github.com/singer-io/tap-salesforce leaves out of Bulk."""
_PROCESS: Final[set[tuple[str, str]]] = set()
"""Connections and objects that turned out to be the same."""


class CrmWrites:
    """Repeatable rows go at once or by a job, whichever costs fewer requests; creations without a
    key always by a job, which alone can make them once."""

    def __init__(
        self, session: OrgSession, descriptions: Descriptions, *, upload_bytes: int
    ) -> None:
        self._session = session
        self._descriptions = descriptions
        self._upload_bytes = upload_bytes
        self._guests = Guests(session, descriptions)

    def people(
        self, object: str, field: str, values: Collection[str]
    ) -> Mapping[str, Sequence[Person]]:
        if not values:
            return {}
        return people(self._session, self._descriptions.recent(object), field, values)

    def people_of(
        self, object: str, field: str, ids: Collection[str]
    ) -> Mapping[str, Sequence[str]]:
        return self._guests.of(object, field, ids)

    def wants_job(self, request: WriteRequest) -> bool:
        """Makes no request."""
        if not request.repeatable:
            return True
        object = request.object.lower()
        unfit = object in _NO_JOBS or (self._session.sessions.key, object) in _PROCESS
        return not unfit and job_is_cheaper(request.count)

    def write(self, request: WriteRequest, rows: Sequence[Row]) -> Sequence[RowAnswer]:
        if not rows:
            return []
        object, types = self._target(request)
        answers = list(write_at_once(self._session, request, rows, object=object, types=types))
        repeated = self._repeated(request, rows, answers)
        if repeated:
            bare = list(repeated.values())
            found = write_at_once(self._session, request, bare, object=object, types=types)
            for at, answer in zip(repeated, found, strict=True):
                answers[at] = answer
        return answers

    def submit(self, request: WriteRequest, rows: Iterable[Row]) -> Cursor:
        """ConfigurationError(code="bulk_unsupported") where the object is not for the Bulk API;
        from then on `wants_job` knows, and what can be repeated may be given to `write`."""
        object, types = self._target(request)
        jobs = IngestJobs(self._session, request)
        try:
            return jobs.submit(rows, object=object, types=types, largest=self._upload_bytes)
        except ConfigurationError as exc:
            if exc.code == UNFIT:
                _PROCESS.add((self._session.sessions.key, request.object.lower()))
            raise

    def collect(self, request: WriteRequest, cursor: Cursor) -> Waiting | Answers:
        return IngestJobs(self._session, request).collect(cursor)

    def abandon(self, cursor: Cursor) -> None:
        abort(self._session, cursor["jobs"])

    def _repeated(
        self, request: WriteRequest, rows: Sequence[Row], answers: Sequence[RowAnswer]
    ) -> dict[int, Row]:
        """Place → row without what only a creation may set (TaskSubtype), where Salesforce refused
        it for that: the record is there, so an earlier answer to its creation was lost."""
        if request.kind is not SendKind.CREATE:
            return {}
        fields = self._descriptions.recent(request.object).fields
        once = {name for name, each in fields.items() if each.createable and not each.updateable}
        found = {}
        for at, (row, answer) in enumerate(zip(rows, answers, strict=True)):
            blamed = {each.lower() for each in answer.fields}
            if answer.code == "read_only" and blamed and blamed <= once:
                kept = {
                    name: value for name, value in row.values.items() if name.lower() not in once
                }
                found[at] = replace(row, values=kept)
        return found

    def _target(self, request: WriteRequest) -> tuple[str, Mapping[str, str]]:
        """The object as the CRM spells it, and the types of the request's fields. A field that the
        user cannot see is sent as text: Salesforce refuses it in its own words."""
        description = self._descriptions.recent(request.object)
        known = description.fields
        names = (name.lower() for name in request.fields)
        return description.name, {name: known[name].type for name in names if name in known}
