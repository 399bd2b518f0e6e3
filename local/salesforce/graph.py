"""The objects of an org as one pickled graph, and back again.

Only classes of this package and plain values are read back: a file is data, not a program.
"""

from __future__ import annotations

import io
import pickle
from array import array
from pathlib import Path
from types import GeneratorType
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from local.salesforce.cursors import SpilledRows, spilled

if TYPE_CHECKING:
    from local.salesforce.org import Org

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


class ImageError(ValueError):
    """A file that is no image of an org, or one of another version of the emulator."""


class UnfinishedError(Exception):
    """Something in the graph is half done and cannot be written down."""

    def __init__(self, work: GeneratorType[object, None, None]) -> None:
        super().__init__()
        self.work = work


class GraphWriter(pickle.Pickler):
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
        if isinstance(obj, SpilledRows):
            return "rows", obj[:].tobytes()
        return self._ended(obj) if isinstance(obj, GeneratorType) else None

    def _ended(self, work: GeneratorType[object, None, None]) -> tuple[str, object]:
        if work.gi_frame is not None:
            raise UnfinishedError(work)
        return "ended", None

    def _opened(self, file: io.BufferedReader | io.BufferedWriter) -> tuple[str, str, int]:
        name = str(Path(file.name).relative_to(self._org.scratch))
        if file.closed:
            return name, "closed", 0
        if isinstance(file, io.BufferedReader):
            return name, "rb", file.tell()
        file.flush()
        return name, "r+b", file.tell()


class GraphReader(pickle.Unpickler):
    """Raises ImageError for what no org holds."""

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
            return _reopened(self._within(name), mode, at)
        if kind == "path":
            return self._within(value)
        if kind == "rows":
            return spilled(array("q", value), self._org.scratch)
        if kind == "ended":
            return iter(())
        return getattr(self._org, kind)

    def _within(self, name: object) -> Path:
        """A file of the org; an image names no others."""
        found = self._org.scratch / str(name)
        if ".." in found.parts or not found.is_relative_to(self._org.scratch):
            raise ImageError(f"an image holds no file {name}")
        return found


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
    if mode not in ("rb", "r+b"):
        raise ImageError(f"an image opens no file as {mode}")
    file = path.open(mode)
    file.seek(at)
    return file
