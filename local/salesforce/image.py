"""The whole org as a value: snapshots by name, files to start from, and what a database keeps.

Rows are copied as SQLite. All other fields of `Org` are pickled as one graph, so that a field
added later is covered without a word here; those in `APART` are not, each for its reason.
"""

from __future__ import annotations

import io
import json
import pickle
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from local.salesforce.graph import GraphReader, GraphWriter, ImageError, UnfinishedError

if TYPE_CHECKING:
    from local.salesforce.org import Org

#: Fields of `Org` that no snapshot holds, and why.
APART: Final = {
    "database": "copied as SQLite",
    "scratch": "where the files are, not what they are",
    "snapshots": "a snapshot holds no others",
    "journal": "what this emulator was asked, whatever the state of its org",
    "long_requests": "connections that are open now",
}
#: The version of what is pickled; another one is refused.
FORMAT: Final = 1
#: Fields of `Org` that may be None.
_OPTIONAL: Final = frozenset({"log_cut"})
_UNTOUCHED: Final = frozenset({".pem", ".key"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state of the org to come back to: rows, everything else, and the files of jobs."""

    rows: sqlite3.Connection
    state: bytes
    files: Path


def covered(org: Org) -> tuple[str, ...]:
    """The fields of an org that are pickled."""
    return tuple(each.name for each in fields(org) if each.name not in APART)


def state_of(org: Org) -> bytes:
    """All covered fields; work that is half done is first done to its end."""
    while True:
        target = io.BytesIO()
        try:
            found = {name: getattr(org, name) for name in covered(org)}
            GraphWriter(org, target).dump({**found, "clock": vars(org.clock)})
        except UnfinishedError as unfinished:
            for _ in unfinished.work:
                continue
        else:
            return target.getvalue()


def take(org: Org) -> Snapshot:
    """The org as it is now."""
    state = state_of(org)
    folder = org.scratch / "snapshots"
    folder.mkdir(exist_ok=True)
    files = Path(tempfile.mkdtemp(dir=folder))
    _copy_files(org.scratch, files)
    return Snapshot(org.database.copy(), state, files)


def drop(snapshot: Snapshot) -> None:
    """Let go of a snapshot's rows and files."""
    snapshot.rows.close()
    shutil.rmtree(snapshot.files, ignore_errors=True)


def put_back(org: Org, snapshot: Snapshot, *, keep: Collection[str] = ()) -> None:
    """Make the org what it was, except for the fields that are to be kept."""
    _check_rows(snapshot.rows)
    for job in org.jobs.values():
        job.discard()
    _remove_files(org.scratch)
    _copy_files(snapshot.files, org.scratch)
    org.database.restore(snapshot.rows)
    put_state(org, snapshot.state, keep=keep)


def _check_rows(rows: sqlite3.Connection) -> None:
    """Raises ImageError for what is no database of an org, before anything is changed."""
    try:
        rows.execute('SELECT 1 FROM "Organization"').fetchone()
    except sqlite3.Error as error:
        raise ImageError(f"its rows cannot be read: {error}") from error


def put_state(org: Org, state: bytes, *, keep: Collection[str] = ()) -> None:
    """Take over all covered fields; raises ImageError for what is none of ours."""
    try:
        found: dict[str, Any] = GraphReader(org, state).load()
        _check_types(org, found)
    except (pickle.UnpicklingError, LookupError, AttributeError, TypeError, ImportError,
            EOFError) as error:  # fmt: skip
        raise ImageError(f"the state is of another version of the emulator: {error}") from error
    wake = org.runner.wake
    for name in covered(org):
        if name == "clock" and name not in keep:
            vars(org.clock).update(found[name])
        elif name in found and name not in keep:
            setattr(org, name, found[name])
    org.runner.wake = wake
    if wake is not None:
        wake()


def _check_types(org: Org, found: dict[str, Any]) -> None:
    for name in found.keys() & set(covered(org)) - _OPTIONAL:
        wanted = dict if name == "clock" else type(getattr(org, name))
        if not isinstance(found[name], wanted):
            raise TypeError(f"{name} is a {type(found[name]).__name__}")


def write_image(org: Org, path: Path) -> None:
    """The whole org as one file, to start another emulator from."""
    state = state_of(org)
    rows = org.scratch / "image.sqlite"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("about.json", json.dumps({"format": FORMAT}))
        archive.writestr("state", state)
        target = sqlite3.connect(rows)
        try:
            org.database.connection.backup(target)
        finally:
            target.close()
        archive.write(rows, "rows.sqlite")
        rows.unlink()
        for file in _files(org.scratch):
            archive.write(file, f"files/{file.name}")


def read_image(org: Org, path: Path, *, keep: Collection[str] = ()) -> None:
    """Make the org what a file says; raises ImageError."""
    with tempfile.TemporaryDirectory(dir=org.scratch) as folder:
        unpacked = Path(folder)
        try:
            with zipfile.ZipFile(path) as archive:
                _check_format("an image", json.loads(archive.read("about.json"))["format"])
                state = archive.read("state")
                archive.extractall(unpacked)
        except ImageError:
            raise
        except (zipfile.BadZipFile, zlib.error, LookupError, TypeError, ValueError) as error:
            raise ImageError(f"no image of an org: {error}") from error
        files = unpacked / "files"
        files.mkdir(exist_ok=True)
        rows = sqlite3.connect(unpacked / "rows.sqlite")
        try:
            put_back(org, Snapshot(rows, state, files), keep=keep)
        finally:
            rows.close()


def _check_format(what: str, found: object) -> None:
    if found != FORMAT:
        raise ImageError(f"{what} of format {found}; this one reads {FORMAT}")


def save(org: Org) -> None:
    """Keep everything that is not rows in the org's own database file."""
    connection = org.database.connection
    connection.execute('CREATE TABLE IF NOT EXISTS "_org" (format INTEGER, state BLOB)')
    state = state_of(org)
    with org.database.transaction():
        connection.execute('DELETE FROM "_org"')
        connection.execute('INSERT INTO "_org" VALUES (?, ?)', (FORMAT, state))


def load(org: Org) -> bool:
    """Take over what `save` kept; False when there is nothing. Raises ImageError."""
    connection = org.database.connection
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = '_org'").fetchone() is None:
        return False
    kept = connection.execute('SELECT format, state FROM "_org"').fetchone()
    if kept is None:
        return False
    _check_format("a database", kept[0])
    put_state(org, kept[1])
    return True


def _files(folder: Path) -> list[Path]:
    """The files of jobs; certificates are not of the org."""
    return [each for each in folder.iterdir() if each.is_file() and each.suffix not in _UNTOUCHED]


def _copy_files(source: Path, target: Path) -> None:
    for file in _files(source):
        shutil.copy2(file, target / file.name)


def _remove_files(folder: Path) -> None:
    for file in _files(folder):
        file.unlink()
