"""Outlets as this process knows them: resolving them asks the org for descriptions."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from syncline.ports import Clock, Configuration, Crm
from syncline.usecases.outlets import Outlet, find_outlets

_RECENT: Final = timedelta(minutes=10)
_TYPES: Final = ("workspace", "connection", "job", "attribute")

Place = tuple[str, str, str]
"""Workspace, connection, platform object."""


@dataclass(frozen=True, slots=True)
class _Known:
    settings: object
    at: datetime
    outlets: tuple[Outlet, ...]


@dataclass(frozen=True, slots=True)
class KnownOutlets:
    """What is resolved counts for ten minutes, and as long as nobody saves a document that it
    hangs on. An org whose fields change in between says so itself when it is written to."""

    configuration: Configuration
    clock: Clock
    _known: dict[Place, _Known] = field(default_factory=dict)

    def __call__(self, crm: Crm, place: Place, *, anew: bool = False) -> tuple[Outlet, ...]:
        """`anew` asks the org whatever is known. Failures of `Crm.describe`."""
        settings = self._settings(place[0])
        now = self.clock.now()
        known = self._known.get(place)
        fresh = known is not None and known.settings == settings and now - known.at < _RECENT
        if known is not None and fresh and not anew:
            return known.outlets
        found = find_outlets(self.configuration, crm, place=place)
        self._known[place] = _Known(settings, now, found)
        return found

    def _settings(self, workspace: str) -> object:
        """Whole: a document that was deleted and made anew has the version of the first."""
        return [self.configuration.all(workspace, type) for type in _TYPES]
