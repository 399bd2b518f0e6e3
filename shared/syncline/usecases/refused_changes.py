"""Changes that nobody can carry out: each ends on its receipt, and keeps no other from going on."""

from collections.abc import Sequence
from typing import Final

from syncline.engine.moments import latest
from syncline.engine.outbox import latest_of
from syncline.engine.plan import Action, Verb
from syncline.engine.records import OutboxEntry
from syncline.engine.told import REFUSED, Told
from syncline.engine.write_back import Decision
from syncline.errors import ConfigurationError, RetryableError, SyncError
from syncline.ports import PlatformRecords
from syncline.usecases.plan_write_back import PlanWriteBack, WriteBackPlan, waiting_of
from syncline.usecases.send_write_back import Answers, Ending, SendWriteBack

INTERNAL: Final = Told(
    REFUSED, "internal_error", "an error in Syncline itself kept it from being written"
)


def told_of(exc: Exception) -> Told:
    """Our own errors hold no values."""
    return Told(REFUSED, exc.code, exc.message) if isinstance(exc, SyncError) else INTERNAL


def refusals(
    records: PlatformRecords, object: str, ids: Sequence[str], *, connection: str, told: Told
) -> WriteBackPlan:
    """Of whatever waits of those records for the connection, for either writer."""
    entries = waiting_of(records.get(object, ids), connection, bulk=True)
    decisions = tuple(_refusal(own, each, told) for own, each in entries.items())
    return WriteBackPlan(decisions, entries)


def planned_apart(plan: PlanWriteBack, ids: Sequence[str]) -> WriteBackPlan:
    """The plan of those records; one whose planning fails by an error of ours is found by halving
    and refused."""
    try:
        return plan(ids)
    except (RetryableError, ConfigurationError):
        raise
    except Exception as exc:  # noqa: BLE001 whatever it is, it must not stop the others
        if len(ids) == 1:
            told, connection = told_of(exc), plan.connection
            return refusals(plan.records, plan.object, ids, connection=connection, told=told)
    half = len(ids) // 2
    one, other = planned_apart(plan, ids[:half]), planned_apart(plan, ids[half:])
    return WriteBackPlan((*one.decisions, *other.decisions), {**one.entries, **other.entries})


def sent_apart(
    send: SendWriteBack, decisions: Sequence[Decision], answers: Answers
) -> Sequence[Ending]:
    """Likewise of the writing. What was written before the error is written once more."""
    try:
        return send(decisions, answers)
    except (RetryableError, ConfigurationError):
        raise
    except Exception as exc:  # noqa: BLE001 as above
        if len(decisions) == 1:
            told = dict.fromkeys((n for n, _, _ in decisions[0].action.changes), told_of(exc))
            return [Ending(decisions[0], {**decisions[0].told, **told})]
    half = len(decisions) // 2
    first, second = decisions[:half], decisions[half:]
    return [*sent_apart(send, first, answers), *sent_apart(send, second, answers)]


def _refusal(own: str, entries: Sequence[OutboxEntry], told: Told) -> Decision:
    action = Action(
        key=own,
        verb=Verb.REJECT,
        reason=told.reason,
        detail=told.detail,
        modified=latest(entry.at for entry in entries),
        platform_id=own,
    )
    return Decision(action, dict.fromkeys(latest_of(entries), told))
