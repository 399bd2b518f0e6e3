"""What the contract suites ask of memory and of AWS alike."""

from collections.abc import Sequence
from typing import Protocol

from syncline.ports import Configuration, Journal, Links, PlatformRecords, Runs, Secrets, Tokens


class FedRecords(PlatformRecords, Protocol):
    """With the change feed, which readers of people's edits will stand on."""

    def feed(self, object: str) -> Sequence[str]: ...


class Cloud(Protocol):
    """All stores of one stage."""

    def links(self, workspace: str, connection: str) -> Links: ...

    def records(self, workspace: str) -> FedRecords: ...

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
