"""The files of ingest jobs: what is in them, and where they are cut."""

from collections.abc import Iterator

import pytest

from syncline.engine.plan import SendKind
from syncline.errors import InvariantError
from syncline.ports import Row, WriteRequest
from syncline.salesforce.printing import Printer
from syncline.salesforce.uploads import parts

PRINTER = Printer({"done__c": "boolean"})


def _request(kind: SendKind, *fields: str, key_field: str | None = None) -> WriteRequest:
    return WriteRequest("Task", kind, fields, 3, key_field)


def _texts(request: WriteRequest, *rows: Row, largest: int = 1000) -> list[tuple[str, int]]:
    found = []
    for part in parts(request, PRINTER, iter(rows), largest=largest):
        part.file.seek(0)
        found.append((part.file.read().decode(), part.rows))
    return found


@pytest.mark.parametrize(
    ("request_", "row", "text"),
    [
        (
            _request(SendKind.UPDATE, "Subject", "Done__c"),
            Row("p1", "00T1", {"Subject": None}),
            "Id,Subject,Done__c\n00T1,#N/A,\n",
        ),
        (_request(SendKind.DELETE), Row("p1", "00T1", {}), "Id\n00T1\n"),
        (
            _request(SendKind.CREATE, "Subject", "Done__c"),
            Row("p1", None, {"Done__c": True, "Subject": None}),
            "Subject,Done__c\n,true\n",
        ),
        (
            _request(SendKind.CREATE, "Subject", "key__C", key_field="Key__c"),
            Row("p1", None, {"Subject": "a"}),
            "Key__c,Subject\np1,a\n",
        ),
    ],
)
def test_a_file_has_what_each_kind_needs(request_: WriteRequest, row: Row, text: str) -> None:
    assert _texts(request_, row) == [(text, 1)]


def test_no_rows_make_no_file() -> None:
    assert _texts(_request(SendKind.DELETE)) == []


def test_a_row_that_cannot_be_sent_is_left_out() -> None:
    rows = [Row("p1", "1", {"Done__c": "perhaps"}), Row("p2", "2", {"Done__c": False})]

    assert _texts(_request(SendKind.UPDATE, "Done__c"), *rows) == [("Id,Done__c\n2,false\n", 1)]


def test_a_file_is_cut_before_it_is_too_large() -> None:
    rows = [Row(f"p{at}", f"00T{at}", {}) for at in range(5)]

    found = _texts(_request(SendKind.DELETE), *rows, largest=3 + 2 * 5)

    assert found == [("Id\n00T0\n00T1\n", 2), ("Id\n00T2\n00T3\n", 2), ("Id\n00T4\n", 1)]


def test_rows_are_taken_as_they_are_written() -> None:
    taken: list[int] = []

    def rows() -> Iterator[Row]:
        for at in range(9):
            taken.append(at)
            yield Row(f"p{at}", f"00T{at}", {})

    made = parts(_request(SendKind.DELETE), PRINTER, rows(), largest=3 + 2 * 5)
    first = next(made)

    assert (first.rows, taken) == (2, [0, 1, 2])
    made.close()  # type: ignore[attr-defined]
    assert first.file.closed


def test_a_field_nobody_named_is_not_lost_silently() -> None:
    with pytest.raises(InvariantError):
        _texts(_request(SendKind.UPDATE, "Subject"), Row("p1", "1", {"Other": "x"}))
