"""One record on its way in, as the rules of its object see it."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import tzinfo

from local.salesforce.errors import ApiError, Kind
from local.salesforce.store.database import Value
from local.salesforce.store.intake import Row
from local.salesforce.store.policies import Policies
from local.salesforce.store.references import References


@dataclass(slots=True)
class Saving:
    """The row as it will be, what the caller gave, and what was there; None for a create.

    A new row has only what is filled. `now` is the stamp as rows hold it.
    """

    row: Row
    given: AbstractSet[str]
    before: Mapping[str, Value] | None
    now: str
    zone: tzinfo
    references: References
    policies: Policies

    def changes(self, name: str) -> bool:
        """Whether a field gets another value than it had."""
        return self.before is None or self.before.get(name) != self.row.get(name)


def integrity(text: str, *names: str) -> ApiError:
    """What the API says of values that are right alone and wrong together."""
    return ApiError(Kind.FIELD_INTEGRITY, fields=names, text=text)


def contradiction(text: str, name: str) -> ApiError:
    """What the API says of a field that says other than another one."""
    return ApiError(Kind.CONTRADICTION, fields=(name,), text=text)


def missing(*names: str) -> ApiError:
    """What the API says of fields that a rule needs, though the describe does not say so."""
    return ApiError(Kind.REQUIRED_FIELD, fields=names, names=", ".join(names))
