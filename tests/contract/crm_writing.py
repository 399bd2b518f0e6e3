"""Writing to either org of the Crm contract, at once or by jobs, and reading what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from syncline.engine.coercion import coercer
from syncline.engine.plan import SendKind
from syncline.engine.records import Value
from syncline.ports import Answers, Cursor, ReadRequest, Row, RowAnswer, Waiting, WriteRequest
from tests.contract.crm_orgs import Org

_TYPES = {
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "int": "number",
    "double": "number",
}


def request_for(
    kind: SendKind, object: str, rows: Sequence[Row], *, key_field: str | None = None
) -> WriteRequest:
    """What the rows have in common."""
    fields = dict.fromkeys(name for each in rows for name in each.values)
    return WriteRequest(object, kind, tuple(fields), len(rows), key_field)


def written_id(answer: RowAnswer | None) -> str:
    """The id in an answer that says that the row was written."""
    assert answer is not None
    assert answer.done, answer
    assert answer.id is not None
    return answer.id


@dataclass(frozen=True, slots=True)
class Writing:
    """One org, and whether rows go by jobs; those that only a job may make always do."""

    org: Org
    jobs: bool
    opened: list[Answers] = field(default_factory=list)

    def create(self, object: str, *rows: Row, key_field: str | None = None) -> list[RowAnswer]:
        return self.send(request_for(SendKind.CREATE, object, rows, key_field=key_field), rows)

    def update(self, object: str, *rows: Row) -> list[RowAnswer]:
        return self.send(request_for(SendKind.UPDATE, object, rows), rows)

    def delete(self, object: str, *ids: str) -> list[RowAnswer]:
        rows = [Row(f"p-{each}", each, {}) for each in ids]
        return self.send(request_for(SendKind.DELETE, object, rows), rows)

    def send(self, request: WriteRequest, rows: Sequence[Row]) -> list[RowAnswer]:
        crm = self.org.crm()
        once = request.kind is SendKind.CREATE and request.key_field is None
        if not (self.jobs or once):
            return list(crm.write(request, rows))
        answers = self.collected(request, crm.submit(request, iter(rows)))
        found = [each for each in map(answers.take, rows) if each is not None]
        assert len(found) == len(rows)
        return found

    def collected(self, request: WriteRequest, cursor: Cursor) -> Answers:
        """Visit by visit, each by another process."""
        for _ in range(10):
            found = self.org.crm().collect(request, cursor)
            if not isinstance(found, Waiting):
                self.opened.append(found)
                return found
            cursor = found.cursor
        raise AssertionError("the job never ended")

    def close(self) -> None:
        for each in self.opened:
            each.close()

    def read(self, object: str, id: str, *paths: str) -> tuple[Value, ...]:
        """The canonical values of a live record."""
        crm = self.org.crm()
        fields = crm.describe(object).fields
        (found,) = crm.find(ReadRequest(object, paths), [id])
        types = [
            fields[each.lower()].type if each.lower() in fields else "string" for each in paths
        ]
        return tuple(
            coercer(type, _TYPES.get(type, "text"))(raw)
            for type, raw in zip(types, found.row, strict=True)
        )
