"""Bodies that came packed: gzip or deflate, piece by piece and bounded, bad ones told.

REST takes both encodings; https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_compression.htm
"""

from __future__ import annotations

import zlib
from typing import Final

from local.salesforce.errors import ApiError, Kind

#: A Bulk upload may be 150 MB, and no request is larger.
MOST_BYTES: Final = 150 * 1024 * 1024

_GZIP: Final = zlib.MAX_WBITS | 16
_GZIP_NAMES: Final = ("gzip", "x-gzip")
_PLAIN: Final = ("", "identity")


class Unpacking:
    """One body in pieces; an encoding that is not known is refused with its first byte."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding.strip().lower()
        self._unpacker: zlib._Decompress | None = None
        self._seen = 0

    def feed(self, part: bytes) -> bytes:
        """The next piece as it was before packing. Raises ApiError."""
        if part and self._unpacker is None:
            self._unpacker = _unpacker(self._encoding, part)
        if self._unpacker is not None:
            part = self._unpacked(self._unpacker, part)
        self._seen += len(part)
        if self._seen > MOST_BYTES:
            raise ApiError(Kind.BODY_TOO_LARGE)
        return part

    def _unpacked(self, unpacker: zlib._Decompress, part: bytes) -> bytes:
        """A gzip file may be several, one after the other."""
        try:
            found = unpacker.decompress(part, MOST_BYTES + 1)
            while unpacker.unused_data and self._encoding in _GZIP_NAMES:
                rest = unpacker.unused_data
                self._unpacker = unpacker = zlib.decompressobj(_GZIP)
                found += unpacker.decompress(rest, MOST_BYTES + 1)
        except zlib.error as error:
            raise _bad(self._encoding) from error
        return found

    def end(self) -> None:
        """Raises ApiError when the packed body stopped in the middle."""
        if self._unpacker is not None and not self._unpacker.eof:
            raise _bad(self._encoding)


def _unpacker(encoding: str, first: bytes) -> zlib._Decompress | None:
    if encoding in _GZIP_NAMES:
        return zlib.decompressobj(_GZIP)
    if encoding == "deflate":
        return zlib.decompressobj(_deflate_bits(first))
    if encoding not in _PLAIN:
        raise ApiError(Kind.UNSUPPORTED_ENCODING, value=encoding)
    return None


def _deflate_bits(first: bytes) -> int:
    """Zlib's wrapping as RFC 9110 wants it, or the bare stream that some clients send."""
    wrapped = first[0] & 0x0F == zlib.DEFLATED and (len(first) < 2 or not _header(first) % 31)
    return zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS


def _header(first: bytes) -> int:
    return (first[0] << 8) | first[1]


def _bad(encoding: str) -> ApiError:
    """The status is that of any bad body; the text is not documented."""
    return ApiError(Kind.BAD_ENCODING, encoding=encoding)
