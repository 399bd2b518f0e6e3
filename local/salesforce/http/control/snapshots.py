"""Snapshots by name, and the org as a file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from local.salesforce.graph import ImageError
from local.salesforce.http.control.asking import (
    BadRequestError,
    Name,
    Order,
    asked_model,
    routes,
)
from local.salesforce.http.messages import NO_CONTENT, Answer, Call
from local.salesforce.image import (
    Snapshot,
    covered,
    drop,
    put_back,
    read_image,
    take,
    write_image,
)
from local.salesforce.org import Org

#: What stays as it is unless `keep` says otherwise: faults are of the test, not of the org.
_KEPT: Final = ("faults",)
_PIECE: Final = 1 << 18


class SnapshotOrder(Order):
    """Under which name."""

    name: Name


class RestoreOrder(SnapshotOrder):
    """And what stays as it is."""

    keep: list[str] | None = None


def snapshot(org: Org, call: Call) -> Answer:
    """`POST snapshot`: {"name"} keeps the whole org as it is; a name can be used again."""
    name = asked_model(call, SnapshotOrder).name
    found = take(org)
    if name in org.snapshots:
        drop(org.snapshots.pop(name))
    org.snapshots[name] = found
    return NO_CONTENT


def restore(org: Org, call: Call) -> Answer:
    """`POST restore`: {"name", "keep": ["faults"]}; `keep` names what stays as it is."""
    asked = asked_model(call, RestoreOrder)
    put_back(org, _found(org, asked.name), keep=_keep(org, asked.keep))
    return NO_CONTENT


def _found(org: Org, name: str) -> Snapshot:
    if name not in org.snapshots:
        known = f"one of {sorted(org.snapshots)}" if org.snapshots else "POST snapshot first"
        raise BadRequestError("name", name, "there is no such snapshot", known)
    return org.snapshots[name]


def _keep(org: Org, asked: list[str] | None) -> Collection[str]:
    if asked is None:
        return _KEPT
    known = covered(org)
    if not set(asked) <= set(known):
        raise BadRequestError("keep", asked, "there is no such part", f"a list of {sorted(known)}")
    return asked


def listing(org: Org, _call: Call) -> Answer:
    """`GET snapshots`: their names."""
    return Answer(200, {"snapshots": sorted(org.snapshots)})


def delete(org: Org, call: Call) -> Answer:
    """`DELETE snapshots/{name}`."""
    drop(_found(org, call.params["name"]))
    del org.snapshots[call.params["name"]]
    return NO_CONTENT


def image(org: Org, _call: Call) -> Answer:
    """`GET image`: the whole org as a file, for `--image` and `PUT image`."""
    folder = Path(tempfile.mkdtemp(dir=org.scratch))
    write_image(org, folder / "org.zip")
    return Answer(200, stream=_pieces(folder), media="application/zip")


def _pieces(folder: Path) -> Iterator[bytes]:
    try:
        with (folder / "org.zip").open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
    finally:
        shutil.rmtree(folder)


def put_image(org: Org, call: Call) -> Answer:
    """`PUT image`: the org becomes what the file says; faults stay. A bad file changes nothing."""
    with tempfile.TemporaryDirectory(dir=org.scratch) as folder:
        path = Path(folder) / "org.zip"
        path.write_bytes(call.body)
        before = take(org)
        try:
            read_image(org, path, keep=_KEPT)
        except ImageError as error:
            put_back(org, before)
            size = f"{len(call.body)} bytes"
            raise BadRequestError("body", size, str(error), "send what GET image gave") from error
        finally:
            drop(before)
    return NO_CONTENT


ROUTES = routes(
    (
        ("POST", "snapshot", snapshot),
        ("POST", "restore", restore),
        ("GET", "snapshots", listing),
        ("DELETE", "snapshots/{name}", delete),
        ("GET", "image", image),
        ("PUT", "image", put_image),
    )
)
