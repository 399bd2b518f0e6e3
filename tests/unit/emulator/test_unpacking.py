"""Packed bodies by themselves: what a socket could send, but no test should wait for."""

import gzip
import zlib

import pytest

from local.salesforce.errors import ApiError
from local.salesforce.http.unpacking import MOST_BYTES, Unpacking


def unpacked(encoding: str, *parts: bytes) -> bytes:
    unpacking = Unpacking(encoding)
    found = b"".join([unpacking.feed(part) for part in parts])
    unpacking.end()
    return found


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_pieces_of_one_byte_are_put_together(encoding: str) -> None:
    text = b"some text, some more text" * 10
    whole = gzip.compress(text) if encoding == "gzip" else zlib.compress(text)

    assert unpacked(encoding, *(whole[at : at + 1] for at in range(len(whole)))) == text


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "", "br"])
def test_nothing_at_all_is_no_mistake(encoding: str) -> None:
    assert unpacked(encoding) == unpacked(encoding, b"", b"") == b""


def test_an_unknown_encoding_leaves_the_bytes() -> None:
    assert unpacked("br", b"any", b"thing") == b"anything"


def test_a_small_body_cannot_become_a_large_one() -> None:
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    bomb = packer.compress(bytes(MOST_BYTES + 1)) + packer.flush()

    with pytest.raises(ApiError, match="too large") as refused:
        unpacked("gzip", bomb)

    assert refused.value.status == 413
