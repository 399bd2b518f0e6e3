"""Answers packed as the client can read them: gzip before deflate, small ones plain."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

_PACK_FROM: Final = 1_000
_LEVEL: Final = 1
_GZIP: Final = zlib.MAX_WBITS | 16
_BITS: Final = {"gzip": _GZIP, "deflate": zlib.MAX_WBITS}


def encoding_for(accepted: str) -> str | None:
    """The first of ours in an Accept-Encoding header; `q=0` refuses one."""
    wanted = {}
    for each in accepted.lower().split(","):
        name, _, weight = each.partition(";")
        wanted[name.strip()] = weight.replace(" ", "")
    usable = [name for name in _BITS if name in wanted and wanted[name] not in ("q=0", "q=0.0")]
    return usable[0] if usable else None


def packed(content: bytes, encoding: str | None) -> tuple[bytes, str | None]:
    """A body, and the encoding it really has."""
    if encoding is None or len(content) <= _PACK_FROM:
        return content, None
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _BITS[encoding])
    return packer.compress(content) + packer.flush(), encoding


def gzipped(parts: Iterator[bytes]) -> Iterator[bytes]:
    """A stream as gzip, which is the only packing that Bulk knows."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    for part in parts:
        yield packer.compress(part)
    yield packer.flush()
