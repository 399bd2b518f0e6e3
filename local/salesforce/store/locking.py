"""Rows that another transaction holds for a while."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.store.database import Value
from local.salesforce.store.policies import Policies

#: The people of a record are never locked by it.
_UNLOCKED: Final = frozenset({"005"})


def check_locks(policies: Policies, ids: Iterable[Value]) -> None:
    """Refuse while one of these records is held; each refusal is one of the lock's times.

    A child holds its parents too: for a task these are its account, contact and what it is about.
    """
    touched = {str(each) for each in ids if each is not None and str(each)[:3] not in _UNLOCKED}
    for lock in policies.locks:
        held = sorted(touched & lock.ids)
        if held:
            lock.times -= 1
            if lock.times <= 0:
                policies.locks.remove(lock)
            raise ApiError(Kind.LOCKED_ROW, count=len(held), ids=",".join(held))
