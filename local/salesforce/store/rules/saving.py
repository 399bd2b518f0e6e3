"""One record on its way in, as the rules of its object see it."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import tzinfo

from local.salesforce.errors import ApiError, Kind
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import SObject
from local.salesforce.store.database import Database, Value
from local.salesforce.store.intake import Row
from local.salesforce.store.policies import Policies
from local.salesforce.store.references import References


@dataclass(frozen=True, slots=True)
class Ground:
    """What all records that one writer saves of an object have in common.

    `now` is the stamp as rows hold it; `latest` remembers the newest activity of each parent.
    """

    sobject: SObject
    database: Database
    schema: Schema
    references: References
    policies: Policies
    now: str
    zone: tzinfo
    user_id: str
    latest: dict[str, str]


@dataclass(slots=True)
class Saving:
    """The row as it is to be, what the caller gave, and what was there; None for a create.

    A new row has only what is filled.
    """

    row: Row
    given: AbstractSet[str]
    before: Mapping[str, Value] | None
    ground: Ground

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
