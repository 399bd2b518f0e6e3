"""What the contract suites ask of memory and of AWS alike."""

from typing import Protocol

from syncline.ports import (
    Bodies,
    Configuration,
    Conflicts,
    Failures,
    Journal,
    Links,
    PlatformRecords,
    Receipts,
    Runs,
    Secrets,
    Tokens,
    Troubles,
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
    def failures(self) -> Failures: ...

    @property
    def troubles(self) -> Troubles: ...

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
