"""The whole org as a value: snapshots by name, files to start from, and what a database keeps.

Rows are copied as SQLite. All other fields of `Org` are pickled as one graph, so that a field
added later is covered without a word here; those in `APART` are not, each for its reason. Only
classes of this package and plain values are read back: a file is data, not a program.
"""

from __future__ import annotations

import io
import json
import pickle
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Collection
from dataclasses import dataclass, fields
from pathlib import Path
from types import GeneratorType
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

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
_OURS: Final = "local.salesforce"
_PLAIN: Final = frozenset(
    {
        ("array", "_array_reconstructor"),
        ("array", "array"),
        ("builtins", "complex"),
        ("builtins", "frozenset"),
        ("builtins", "iter"),
        ("builtins", "range"),
        ("builtins", "set"),
        ("collections", "Counter"),
        ("collections", "OrderedDict"),
        ("collections", "defaultdict"),
        ("collections", "deque"),
        ("copyreg", "__newobj__"),
        ("copyreg", "_reconstructor"),
        ("datetime", "date"),
        ("datetime", "datetime"),
        ("datetime", "timedelta"),
        ("datetime", "timezone"),
        ("decimal", "Decimal"),
        ("random", "Random"),
        ("re", "_compile"),
        ("zoneinfo", "ZoneInfo"),
    }
)
_UNTOUCHED: Final = frozenset({".pem", ".key"})


class ImageError(ValueError):
    """A file that is no image of an org, or one of another version of the emulator."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state of the org to come back to: rows, everything else, and the files of jobs."""

    rows: sqlite3.Connection
    state: bytes
    files: Path


class _UnfinishedError(Exception):
    """Something in the graph is half done and cannot be written down."""

    def __init__(self, work: GeneratorType[object, None, None]) -> None:
        super().__init__()
        self.work = work


class _Writer(pickle.Pickler):
    """Paths in the scratch folder stay relative to it, and files that are open stay open."""

    def __init__(self, org: Org, target: io.BytesIO) -> None:
        super().__init__(target, protocol=5)
        self._org = org

    def persistent_id(self, obj: object) -> tuple[str, object] | None:
        for name in ("database", "clock"):
            if obj is getattr(self._org, name):
                return name, None
        if isinstance(obj, Path) and obj.is_relative_to(self._org.scratch):
            return "path", str(obj.relative_to(self._org.scratch))
        if isinstance(obj, io.BufferedReader | io.BufferedWriter):
            return "file", self._opened(obj)
        return self._ended(obj) if isinstance(obj, GeneratorType) else None

    def _ended(self, work: GeneratorType[object, None, None]) -> tuple[str, object]:
        if work.gi_frame is not None:
            raise _UnfinishedError(work)
        return "ended", None

    def _opened(self, file: io.BufferedReader | io.BufferedWriter) -> tuple[str, str, int]:
        name = str(Path(file.name).relative_to(self._org.scratch))
        if file.closed:
            return name, "closed", 0
        if isinstance(file, io.BufferedReader):
            return name, "rb", file.tell()
        file.flush()
        return name, "r+b", file.tell()


class _Reader(pickle.Unpickler):
    def __init__(self, org: Org, source: bytes) -> None:
        super().__init__(io.BytesIO(source))
        self._org = org

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("builtins", "getattr"):
            return _part
        found = super().find_class(module, name)
        ours = isinstance(found, type) and found.__module__.startswith((_OURS, "pathlib"))
        if not ours and (module, name) not in _PLAIN:
            raise ImageError(f"an image holds no {module}.{name}")
        return found

    def persistent_load(self, pid: tuple[str, Any]) -> Any:
        kind, value = pid
        if kind == "file":
            name, mode, at = value
            return _reopened(self._org.scratch / name, mode, at)
        if kind == "path":
            return self._org.scratch / str(value)
        if kind == "ended":
            return iter(())
        return getattr(self._org, kind)


def _part(kind: object, name: str) -> Any:
    """The one use of getattr in what is pickled here: how a time zone comes back."""
    if kind is ZoneInfo and name == "_unpickle":
        return getattr(kind, name)
    raise ImageError(f"an image holds no part {name}")


def _reopened(path: Path, mode: str, at: int) -> object:
    if mode == "closed":
        closed = io.BytesIO()
        closed.close()
        return closed
    file = path.open(mode)
    file.seek(at)
    return file


def covered(org: Org) -> tuple[str, ...]:
    """The fields of an org that are pickled."""
    return tuple(each.name for each in fields(org) if each.name not in APART)


def state_of(org: Org) -> bytes:
    """All covered fields; work that is half done is first done to its end."""
    while True:
        target = io.BytesIO()
        try:
            found = {name: getattr(org, name) for name in covered(org)}
            _Writer(org, target).dump({**found, "clock": vars(org.clock)})
        except _UnfinishedError as unfinished:
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
    for job in org.jobs.values():
        job.discard()
    _remove_files(org.scratch)
    _copy_files(snapshot.files, org.scratch)
    org.database.restore(snapshot.rows)
    put_state(org, snapshot.state, keep=keep)


def put_state(org: Org, state: bytes, *, keep: Collection[str] = ()) -> None:
    """Take over all covered fields; raises ImageError for what is none of ours."""
    try:
        found: dict[str, Any] = _Reader(org, state).load()
    except (pickle.UnpicklingError, AttributeError, TypeError, ImportError, EOFError) as error:
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
                about = json.loads(archive.read("about.json"))
                archive.extractall(unpacked)
        except (zipfile.BadZipFile, KeyError, ValueError) as error:
            raise ImageError(f"no image of an org: {error}") from error
        if about.get("format") != FORMAT:
            raise ImageError(f"an image of format {about.get('format')}; this one reads {FORMAT}")
        files = unpacked / "files"
        files.mkdir(exist_ok=True)
        rows = sqlite3.connect(unpacked / "rows.sqlite")
        try:
            state = (unpacked / "state").read_bytes()
            put_back(org, Snapshot(rows, state, files), keep=keep)
        finally:
            rows.close()


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
    if kept[0] != FORMAT:
        raise ImageError(f"a database of format {kept[0]}; this one reads {FORMAT}")
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
