"""Bodies over real sockets: packed, half packed, and what is no JSON or no record."""

import gzip
import zlib

import httpx
import pytest

from tests.unit.emulator.doors import code_of

BASE = "/services/data/v62.0"
NAME = b'{"Name": "packed"}'
JSON = {"Content-Type": "application/json"}


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(NAME, mtime=0)),
        ("GZIP", gzip.compress(NAME[:5], mtime=0) + gzip.compress(NAME[5:], mtime=0)),
        ("deflate", zlib.compress(NAME)),
        ("deflate", deflated(NAME)),
        ("identity", NAME),
    ],
)
def test_a_body_may_be_packed(wire: httpx.Client, encoding: str, body: bytes) -> None:
    headers = {**JSON, "Content-Encoding": encoding}

    answer = wire.post(f"{BASE}/sobjects/Account", content=body, headers=headers)

    assert answer.status_code == 201


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("body", [b"no packing at all", gzip.compress(NAME, mtime=0)[:-9], b"\x1f"])
def test_a_badly_packed_body_is_told(wire: httpx.Client, encoding: str, body: bytes) -> None:
    headers = {**JSON, "Content-Encoding": encoding}

    answer = wire.post(f"{BASE}/sobjects/Account", content=body, headers=headers)
    after = wire.get(f"{BASE}/limits")

    assert (answer.status_code, code_of(answer)) == (400, "JSON_PARSER_ERROR")
    assert after.status_code == 200


def test_an_unknown_packing_is_refused(wire: httpx.Client) -> None:
    headers = {**JSON, "Content-Encoding": "br"}

    answer = wire.post(f"{BASE}/sobjects/Account", content=NAME, headers=headers)

    assert (answer.status_code, code_of(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert answer.json()[0]["message"] == "Content-Encoding 'br' is not supported"


@pytest.mark.parametrize(
    ("accepted", "used"),
    [
        ("gzip", "gzip"),
        ("deflate", "deflate"),
        ("deflate, gzip;q=0.5", "gzip"),
        ("gzip;q=0, deflate", "deflate"),
        ("br", None),
        ("identity", None),
    ],
)
def test_an_answer_is_packed_as_asked(wire: httpx.Client, accepted: str, used: str) -> None:
    answer = wire.get(f"{BASE}/sobjects/Task/describe", headers={"Accept-Encoding": accepted})

    assert answer.headers.get("Content-Encoding") == used
    assert answer.json()["name"] == "Task"


BAD_BODIES = [
    b"", b" ", b"{", b"nothing", b'{"Name"}', b'{"Name": "x",}', b'{"Name": NaN}', b'{"Name": "x"',
    b'{"Name": "\x00"}', b'{"Name": "caf\xe9"}', b"\xff\xfe\xff", b"[" * 100_000, b'"text"',
    b"null", b"7", b"[]", b'{"Name": ' + b"9" * 5_000 + b"}", b"\x1f\x8b\x08",
]  # fmt: skip


@pytest.mark.parametrize("body", BAD_BODIES, ids=range(len(BAD_BODIES)))
def test_a_body_that_is_no_record_is_a_400(wire: httpx.Client, body: bytes) -> None:
    answer = wire.post(f"{BASE}/sobjects/Account", content=body, headers=JSON)

    assert (answer.status_code, code_of(answer)) == (400, "JSON_PARSER_ERROR")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_a_number_must_be_one_of_json(wire: httpx.Client, number: str) -> None:
    body = f'{{"Name": "odd", "AnnualRevenue": {number}}}'

    answer = wire.post(f"{BASE}/sobjects/Account", content=body, headers=JSON)

    assert (answer.status_code, code_of(answer)) == (400, "JSON_PARSER_ERROR")
    assert answer.json()[0]["message"].startswith(f"Non-standard token '{number}'")


@pytest.mark.parametrize("form", ["utf-8-sig", "utf-16", "utf-32"])
def test_other_kinds_of_unicode_are_read(wire: httpx.Client, form: str) -> None:
    body = '{"Name": "café 😀"}'.encode(form)

    answer = wire.post(f"{BASE}/sobjects/Account", content=body, headers=JSON)

    found = wire.get(f"{BASE}/sobjects/Account/{answer.json()['id']}")
    assert found.json()["Name"] == "café 😀"


def test_half_a_character_becomes_a_question_mark(wire: httpx.Client) -> None:
    body = rb'{"Name": "half \ud83d whole \ud83d\ude00"}'

    answer = wire.post(f"{BASE}/sobjects/Account", content=body, headers=JSON)

    found = wire.get(f"{BASE}/sobjects/Account/{answer.json()['id']}")
    assert found.json()["Name"] == "half ? whole 😀"
