"""How a cross-reference goes on when an outbound action is settled: pure."""

from dataclasses import replace
from typing import Any

from syncline.engine.made_anew import MADE_ANEW, has_moved, orphaned
from syncline.engine.merge import CONTESTED
from syncline.engine.plan import GONE, Action, Verb
from syncline.engine.records import Link, LinkState
from syncline.ports import LinkWrite
from syncline.usecases.answered import SETTLED


def ended_again(stored: Link, action: Action) -> LinkWrite | None:
    """The write of a link that this entry has ended or moved, once more: what it held is given up
    after it, and a crash may have come between."""
    if stored.state is LinkState.DELETED:
        before = replace(stored, state=LinkState.LINKED)
    elif action.link_before is not None:
        before = action.link_before
    else:
        return None
    return LinkWrite(stored, stored.version - 1, before)


def following(before: Link, **changed: Any) -> Link:
    """The next version of a link."""
    return replace(before, version=before.version + 1, **changed)


def noted(action: Action, before: Link | None) -> Link | None:
    """A link remembers that it is contested, and that an edit waits for what was deleted in the
    CRM. Other decisions that change nothing are told by the record's trail."""
    if before is None or before.platform_id != action.key or before.reason == action.reason:
        return None
    waits = before.reason is None and action.reason == GONE and action.waits_for is not None
    if not waits and CONTESTED not in (before.reason, action.reason):
        return None
    return following(before, reason=action.reason)


def taken_over(before: Link, action: Action) -> Link:
    """The link that an action goes on with: without what was agreed on with a record that it no
    longer leads to. Nothing is sent: then its baseline is behind."""
    if before.state is not LinkState.LINKED or not has_moved(before, action.key):
        return before
    return replace(orphaned(before), reason=None if action.send else MADE_ANEW)


def loser(action: Action) -> str | None:
    """The platform record whose link an outbound action ends, or takes over."""
    if action.verb is Verb.DELETE:
        return action.key
    taken = action.link_before if action.verb in SETTLED else None
    return taken.platform_id if taken else None


def arrives(write: LinkWrite) -> bool:
    """Whether a platform record has a live link now that it had not before: others may wait for
    it."""
    before, after = write.before, write.link
    if after.state is not LinkState.LINKED:
        return False
    lived = before is not None and before.state is LinkState.LINKED
    return not lived or has_moved(before, after.platform_id)


def no_longer_held(write: LinkWrite) -> set[str]:
    """Platform ids that are taken off the list of conflicts, before the link is written: a crash
    between the two repeats it. One that takes a link over may have been held before it could."""
    before, after = write.before, write.link
    if before is None:
        return set()
    moved = after.state is LinkState.LINKED and has_moved(before, after.platform_id)
    if not moved and not before.reason == CONTESTED != after.reason:
        return set()
    return {each for each in (before.platform_id, after.platform_id if moved else None) if each}
