"""What a deletion or a merge in the CRM means here."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from syncline.engine.findings import OTHER_OBJECT, View, elsewhere, folded
from syncline.engine.moments import latest, to_the_second
from syncline.engine.plan import GONE, Action, Verb
from syncline.engine.records import Deleted, Inherited, Link, LinkState, Merged, PlatformRecord
from syncline.engine.rules import Rules

Removal = Deleted | Merged | Inherited
MOVED: Final = "link_moved"


def decide_removal(change: Removal, view: View, rules: Rules, now: str) -> Action:
    """The action for a record that is gone from the CRM."""
    link = view.links.get(change.key)
    if elsewhere(link, rules):
        return _action(change, link, Verb.LEAVE, OTHER_OBJECT)
    match change:
        case Merged():
            return _merged(change, link, view, rules)
        case Inherited():
            return _inherited(change, link, rules)
        case Deleted():
            return _deleted(change, link, view, rules, now)


def _deleted(change: Deleted, link: Link | None, view: View, rules: Rules, now: str) -> Action:
    if link is None:
        return _action(change, None, Verb.LEAVE, "never_imported")
    if not change.stamp:
        return _long_gone(change, link, view, rules, now)
    if link.stamp > change.stamp:
        return _action(change, link, Verb.LEAVE, "newer_known")
    return _BY_STATE[link.state](change, link, view, rules, now)


def _long_gone(change: Deleted, link: Link, view: View, rules: Rules, now: str) -> Action:
    """Sure is only that it was deleted after it was last seen: so an edit since then stays."""
    known = replace(change, stamp=link.stamp)
    action = _BY_STATE[link.state](known, link, view, rules, now)
    if action.verb is not Verb.DELETE:
        return action
    crm = rules.dialect.title
    detail = f"{crm} has neither the record nor a note of its deletion any more"
    return replace(action, reason="purged_long_ago", detail=detail)


def _action(
    change: Removal, link: Link | None, verb: Verb, reason: str, detail: str = ""
) -> Action:
    return Action(
        key=change.key,
        verb=verb,
        reason=reason,
        detail=detail,
        stamp=change.stamp,
        modified=change.stamp,
        gone=True,
        platform_id=link.platform_id if link else None,
        previous=link.last if link else None,
    )


def _noted(action: Action, before: Link, after: Link) -> Action:
    return replace(
        action,
        link=replace(after, version=before.version + 1, stamp=action.stamp),
        link_before=before,
    )


def _merged(change: Merged, link: Link | None, view: View, rules: Rules) -> Action:
    if link is None:
        return _merged_unseen(change, view, rules)
    if link.state in (LinkState.ALIAS, LinkState.DELETED):
        return _action(change, link, Verb.LEAVE, "already_gone")
    if change.moves:
        detail = f"{_done(change.key, change.winner, rules)}, which keeps its platform record"
        moved = replace(
            link, state=LinkState.ALIAS, winner=change.winner, reason=MOVED, platform_id=None
        )
        return _noted(_action(change, link, Verb.LEAVE, MOVED, detail), link, moved)
    was_linked = link.state is LinkState.LINKED
    done = _done(change.key, change.winner, rules)
    detail = f"{done}; the platform record stays and is no longer written"
    action = (
        _action(change, link, Verb.HOLD, "merged_away", detail)
        if was_linked
        else _action(change, link, Verb.LEAVE, "merged_before_import")
    )
    alias = replace(link, state=LinkState.ALIAS, winner=change.winner, reason="merged_away")
    return _noted(action, link, alias)


def _done(loser: str, winner: str, rules: Rules) -> str:
    """Only records of one object are merged."""
    merged = rules.dialect.ids.alike(loser, winner)
    return f"{'merged' if merged else 'converted'} into {winner}"


def _inherited(change: Inherited, link: Link | None, rules: Rules) -> Action:
    """Without a stamp: its own values are still to be read, whenever they last changed."""
    if link is not None and link.state in (LinkState.LINKED, LinkState.ALIAS):
        return _action(change, link, Verb.LEAVE, "linked_meanwhile")
    detail = f"goes on with the platform record of {change.link.crm_id}, "
    detail += _done(change.link.crm_id, change.key, rules)
    heir = Link(
        crm_id=change.key,
        object=rules.object,
        state=LinkState.LINKED,
        version=link.version + 1 if link else 1,
        platform_id=change.link.platform_id,
        baseline=change.link.baseline,
        sent=change.link.sent,
        sent_at=change.link.sent_at,
    )
    return replace(
        _action(change, link, Verb.LINK, "inherited", detail),
        platform_id=heir.platform_id,
        link=heir,
        link_before=link,
        previous=change.link.last,
    )


def _merged_unseen(change: Merged, view: View, rules: Rules) -> Action:
    """Nothing was linked, but others may wait for the loser, here or there: as an alias it leads to
    the winner."""
    alias = Link(
        crm_id=change.key,
        object=rules.object,
        state=LinkState.ALIAS,
        version=1,
        stamp=change.stamp,
        winner=change.winner,
        reason="merged_away",
    )
    action = _action(change, None, Verb.LEAVE, "merged_before_import")
    return replace(action, link=alias, platform_id=view.matches.get(change.key.lower()))


def _forget(change: Removal, link: Link, _view: View, _rules: Rules, _now: str) -> Action:
    action = _action(change, link, Verb.LEAVE, "gone_before_import")
    return _noted(action, link, replace(link, state=LinkState.DELETED, reason=None, baseline={}))


def _settled(change: Removal, link: Link, _view: View, _rules: Rules, _now: str) -> Action:
    return _action(change, link, Verb.LEAVE, "already_gone")


def _delete(change: Removal, link: Link, view: View, rules: Rules, now: str) -> Action:
    record = view.records.get(link.platform_id or "")
    gone = replace(link, state=LinkState.DELETED, reason=None, baseline={})
    if not rules.deletes:
        detail = f"deleted in {rules.dialect.title}; this job does not delete on the platform"
        return _note_once(change, link, Verb.SKIP, "deletes_off", detail)
    if record is None or record.deleted:
        return _noted(_action(change, link, Verb.LEAVE, "gone_on_both_sides"), link, gone)
    edited = latest(_unsettled(record, link, rules))
    if to_the_second(edited) > change.stamp:
        crm = rules.dialect.title
        detail = f"deleted in {crm}, but edited on the platform later ({edited})"
        return _note_once(change, link, Verb.HOLD, "edited_after_deletion", detail)
    action = _action(change, link, Verb.DELETE, GONE)
    return replace(
        _noted(action, link, gone),
        changes=tuple((name, value, None) for name, value in record.values.items()),
        record=_tombstone(record, now),
        record_before=record,
    )


def _unsettled(record: PlatformRecord, link: Link, rules: Rules) -> list[str]:
    """When people edited what the sides do not agree on; an edit that the CRM has had is not lost
    with the record, whatever our clock says of it. The parent, which no sync moves, is not asked.
    """
    known, values = folded(link.baseline), record.values
    return [
        at
        for name, at in record.edits.items()
        if name != rules.parent
        and values.get(name) not in (known.get(name), link.sent.get(name, known.get(name)))
    ]


def _note_once(change: Removal, link: Link, verb: Verb, reason: str, detail: str) -> Action:
    if link.reason == reason and link.stamp == change.stamp:
        return _action(change, link, Verb.LEAVE, f"still_{reason}")
    return _noted(_action(change, link, verb, reason, detail), link, replace(link, reason=reason))


def _tombstone(record: PlatformRecord, now: str) -> PlatformRecord:
    return replace(
        record, version=record.version + 1, values={}, updated_at=now, edits={}, deleted=True
    )


_Decider = Callable[[Removal, Link, View, Rules, str], Action]

_BY_STATE: Final[dict[LinkState, _Decider]] = {
    LinkState.LINKED: _delete,
    LinkState.PARKED: _forget,
    LinkState.REJECTED: _forget,
    LinkState.ALIAS: _settled,
    LinkState.DELETED: _settled,
}
