"""What the contract suites ask of memory and of AWS alike."""

from typing import Protocol

from syncline.ports import (
    Bodies,
    Configuration,
    Conflicts,
    Journal,
    Links,
    PlatformRecords,
    Receipts,
    Runs,
    Secrets,
    Tokens,
    Turnstile,
)


class Cloud(Protocol):
    """All stores of one stage."""

    def links(self, workspace: str, connection: str) -> Links: ...

    def records(self, workspace: str) -> PlatformRecords: ...

    def conflicts(self, workspace: str) -> Conflicts: ...

    def receipts(self, workspace: str) -> Receipts: ...

    def bodies(self, workspace: str) -> Bodies: ...

    @property
    def turnstile(self) -> Turnstile: ...

    @property
    def runs(self) -> Runs: ...

    @property
    def journal(self) -> Journal: ...

    @property
    def configuration(self) -> Configuration: ...

    @property
    def tokens(self) -> Tokens: ...

    @property
    def secrets(self) -> Secrets: ...
