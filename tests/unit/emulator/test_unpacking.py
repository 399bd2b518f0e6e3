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


@pytest.mark.parametrize("encoding", ["", "identity", "Identity "])
def test_what_is_not_packed_stays(encoding: str) -> None:
    assert unpacked(encoding, b"any", b"thing") == b"anything"


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, br"])
def test_an_unknown_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(ApiError, match=f"Content-Encoding '{encoding}' is not") as refused:
        unpacked(encoding, b"any", b"thing")

    assert (refused.value.status, refused.value.code) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_small_body_cannot_become_a_large_one() -> None:
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    bomb = packer.compress(bytes(MOST_BYTES + 1)) + packer.flush()

    with pytest.raises(ApiError, match="too large") as refused:
        unpacked("gzip", bomb)

    assert refused.value.status == 413
