"""The Troubles port in memory."""

from collections.abc import Sequence
from dataclasses import asdict

from syncline.memory.table import Table
from syncline.ports import Trouble


class MemoryTroubles:
    """Troubles by workspace, connection and cause; nothing is forgotten by itself."""

    def __init__(self) -> None:
        self.told = Table()

    def known(self, workspace: str, connection: str) -> Sequence[Trouble]:
        return [Trouble(**stored) for _, stored in self.told.under((workspace, connection))]

    def note(self, trouble: Trouble) -> None:
        self.told.put(_key(trouble), asdict(trouble))

    def forget(self, trouble: Trouble) -> None:
        self.told.remove(_key(trouble))


def _key(trouble: Trouble) -> tuple[str, str, str]:
    return trouble.workspace, trouble.connection, trouble.cause
