"""Requests nobody should send: each is refused, and the next one finds the org as it was."""

from __future__ import annotations

import io
import json
import pickle
import zipfile

import pytest

from local.salesforce.inprocess import Api

_OVERSIZED = 10**30


class _Escape:
    """Stands for a file outside the org in what is pickled."""


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj: object) -> object:
        return ("path", "/etc/hosts") if isinstance(obj, _Escape) else None


def _pickled(found: object) -> bytes:
    target = io.BytesIO()
    _Pickler(target, protocol=5).dump(found)
    return target.getvalue()


def _image(api: Api) -> dict[str, bytes]:
    found = api.send("GET", "/__emulator__/image")
    content = b"".join(found.stream or ())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(
    "body",
    [{"advance": 1e300}, {"scale": 1e308}, {"scale": "nan"}, {"now": "0001-01-01T00:00:00Z"}],
)
def test_impossible_clock_changes_nothing(api: Api, body: dict[str, object]) -> None:
    status, _ = api.call("PUT", "/__emulator__/clock", body)

    assert status == 400
    assert api.call("GET", "limits")[0] == 200


def test_naive_clock_is_utc(api: Api) -> None:
    _, found = api.call("PUT", "/__emulator__/clock", {"now": "2024-05-01T12:00:00"})

    assert found["now"] == "2024-05-01T12:00:00+00:00"


@pytest.mark.parametrize(
    ("name", "value"),
    [("page_size", 0), ("session_timeout_minutes", 1e300), ("my_domain", "a/../b"),
     ("requests_used", -1), ("bulk_slices_per_poll", 0)],
)  # fmt: skip
def test_impossible_setting_is_refused(api: Api, name: str, value: object) -> None:
    _, before = api.call("GET", "/__emulator__/settings")

    status, found = api.call("POST", "/__emulator__/settings", {name: value})

    assert (status, found["errors"][0]["field"]) == (400, name)
    assert api.call("GET", "/__emulator__/settings")[1] == before


def test_due_transaction_may_be_wrong(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    operation = {"op": "create", "sobject": "Account", "fields": {"Name": 5}}
    asked = {"operations": [operation], "seconds": 1}
    api.call("POST", "/__emulator__/transactions", asked)
    api.call("PUT", "/__emulator__/clock", {"advance": 2})

    found = api.query("SELECT Id FROM Account")

    assert found == []
    assert "rolled back: JSON_PARSER_ERROR" in capsys.readouterr().err


def test_merge_refuses_wrong_types(api: Api) -> None:
    winner, loser = (api.create("Account", Name=name) for name in "ab")
    asked = {"sobject": "Account", "winner": winner, "losers": [loser], "fields": {"Name": 5}}

    status, found = api.call("POST", "/__emulator__/merge", asked)

    assert (status, found[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")
    assert len(api.query("SELECT Id FROM Account")) == 2


@pytest.mark.parametrize(
    "line",
    [b"[" * 100_000,
     json.dumps({"sobject": "Account", "fields": {"Name": _OVERSIZED}}).encode(),
     b'{"sobject": "Account", "fields": {"CreatedDate": "9999-12-31T23:59:59-14:00"}}',
     b'{"sobject": "Account", "fields": {"CreatedDate": "2024-02-30T00:00:00.000Z"}}',
     b'{"sobject": "Account", "fields": 5}'],
)  # fmt: skip
def test_bad_line_loads_nothing(api: Api, line: bytes) -> None:
    good = b'{"sobject": "Account", "fields": {"Name": "a"}}\n'

    status, _ = api.call("POST", "/__emulator__/load", good + line)

    assert status == 400
    assert api.query("SELECT Id FROM Account") == []


@pytest.mark.parametrize(
    "value",
    ["2024-W01-1T00:00:00Z", "20240101T000000Z", "2024-01-01T00:00:00,5Z", "2024-01-01T00Z",
     "9999-12-31T23:59:59-14:00", "xxxx-xx-xxTxx:xx:xx.000Z"],
)  # fmt: skip
def test_moment_of_python_is_refused(api: Api, value: str) -> None:
    """What Python takes for ISO 8601 is more than the documented formats.

    https://developer.salesforce.com/docs/platform/api-asynch/guide/valid-date-format-in-records-2-0.html
    """
    fields = {"Subject": "a", "StartDateTime": value, "DurationInMinutes": 5}

    status, found = api.call("POST", "sobjects/Event", fields)

    assert (status, found[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


@pytest.mark.parametrize("value", ["2024-W01-1", "20240101", "2024-1-1"])
def test_day_of_python_is_refused(api: Api, value: str) -> None:
    status, found = api.call("POST", "sobjects/Task", {"ActivityDate": value})

    assert (status, found[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-sNaN"])
def test_number_must_be_finite(api: Api, value: str) -> None:
    for name in ("NumberOfEmployees", "AnnualRevenue"):
        status, found = api.call("POST", "sobjects/Account", {"Name": "a", name: value})

        assert (status, found[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_window_may_not_leave_the_calendar(api: Api) -> None:
    status, found = api.call(
        "GET", "sobjects/Account/updated",
        start="0001-01-01T00:00:00+14:00", end="2024-01-01T00:00:00Z",
    )  # fmt: skip

    assert (status, found[0]["errorCode"]) == (400, "INVALID_REPLICATION_DATE")


def test_count_of_nothing_orders_nothing(api: Api) -> None:
    status, found = api.call("GET", "query", q="SELECT Id FROM Account ORDER BY COUNT()")

    assert (status, found[0]["errorCode"]) == (400, "MALFORMED_QUERY")


def test_long_cursor_outlives_a_snapshot(api: Api) -> None:
    """More rows than a cursor keeps in memory."""
    api.load("Account", ({"Name": str(at)} for at in range(20_001)))
    api.org.settings.page_size = 20_000
    _, page = api.call("GET", "query", q="SELECT Name FROM Account ORDER BY Id")
    assert api.call("POST", "/__emulator__/snapshot", {"name": "a"})[0] == 204

    assert api.call("POST", "/__emulator__/restore", {"name": "a"})[0] == 204

    _, rest = api.call("GET", page["nextRecordsUrl"])
    assert [each["Name"] for each in rest["records"]] == ["20000"]


@pytest.mark.parametrize(
    ("part", "content"),
    [("rows.sqlite", b"no database"), ("rows.sqlite", b""), ("rows.sqlite", None),
     ("state", None), ("state", b"x"), ("state", pickle.dumps([1])),
     ("state", pickle.dumps({"jobs": 5})), ("about.json", b"[]"),
     ("state", _pickled({"policies": _Escape()}))],
)  # fmt: skip
def test_bad_image_changes_nothing(api: Api, part: str, content: bytes | None) -> None:
    api.create("Account", Name="a")
    files = _image(api)
    if content is None:
        del files[part]
    else:
        files[part] = content

    status, _ = api.call("PUT", "/__emulator__/image", _zipped(files))

    assert status == 400
    assert api.query("SELECT Name FROM Account") == [{"Name": "a"}]


@pytest.mark.parametrize("attributes", [None, {}, {"type": None}])
def test_record_without_a_type_names_none(api: Api, attributes: object) -> None:
    record = {"attributes": attributes, "Name": "a"}

    _, found = api.call("POST", "composite/sobjects", {"records": [record]})

    assert found[0]["errors"][0]["message"].startswith("sObject type '' is not supported")
