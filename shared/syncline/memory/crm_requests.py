"""What both halves of MemoryCrm have in common: the org, requests that are counted and can fail."""

from collections.abc import Container, Iterator
from contextlib import contextmanager

from syncline.errors import ConfigurationError, RetryableError, SyncError
from syncline.memory.org import MemoryOrg
from syncline.ports import ObjectDescription, OrgIdentity


class CrmRequests:
    """`faults` holds errors that the next requests raise, one each, with nothing done.

    `lost` holds numbers of requests, counted as `requests()` counts, that are carried out and
    whose answer is lost: `range(1, 10**6, 2)` loses every other one.
    """

    def __init__(self, org: MemoryOrg, identity: OrgIdentity) -> None:
        self.org = org
        self.faults: list[SyncError] = []
        self.lost: Container[int] = ()
        self._identity = identity
        self._requests = 0

    def requests(self) -> int:
        return self._requests

    def _request(self) -> None:
        """A request that changes nothing, so that it does not matter when it fails."""
        with self._carried_out():
            pass

    @contextmanager
    def _carried_out(self) -> Iterator[None]:
        """A request that does what is in the block."""
        self._requests += 1
        number = self._requests
        if self.faults:
            raise self.faults.pop(0)
        yield
        if number in self.lost:
            raise RetryableError("The answer of Salesforce was lost.", code="org_unreachable")

    def _description(self, object: str) -> ObjectDescription:
        found = self.org.objects.get(object.lower())
        if found is None:
            raise ConfigurationError(
                f"Salesforce knows no object '{object}', or hides it from the connected user.",
                code="unknown_object",
                field="salesforce_object",
                remedy="Correct the object's API name, or give the user access to it.",
            )
        return found
