"""How the two sides begin: some records of each object that both have already."""

import copy
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any, Final

from tests.worlds.all_kinds import ACCOUNTS_OUT, TOUCHPOINTS_IN, TOUCHPOINTS_OUT
from tests.worlds.small import ACME, OWNER, World, account_id, task_id
from tests.worlds.two_sides import JOBS, TwoSides
from tests.worlds.two_sides_fields import ATTRIBUTES, DAYS, EMAILS, GONE, TIMES, lines
from tests.worlds.two_way import change_job, two_way_world


def two_sides(*, keyed: bool, skew: int, timed: bool = False) -> TwoSides:
    """Five accounts, three tasks and two touchpoints on both sides; the platform's clock is `skew`
    minutes ahead. `timed` touchpoints have a time of day, a length and a type."""
    sides = copy.deepcopy(_agreeing(keyed, timed))
    sides.world.cloud.clock.advance(timedelta(minutes=skew))
    return sides


@cache
def _agreeing(keyed: bool, timed: bool) -> TwoSides:
    world = two_way_world(keyed=keyed)
    job = {"connection": "crm", "kind": "accounts_outbound", "create": True}
    assert world.cloud.configuration.put(ACME, "job", ACCOUNTS_OUT, job, expected=0)
    _hire(world)
    if timed:
        workspace = {"attributes": ATTRIBUTES}
        assert world.cloud.configuration.put(ACME, "workspace", ACME, workspace, expected=1)
        change_job(world, TOUCHPOINTS_IN, mapping=lines("in"))
        change_job(world, TOUCHPOINTS_OUT, mapping=lines("out"))
    sides = TwoSides(world, TIMES if timed else DAYS)
    for number in (91, 92):
        parent = account_id(number - 90)
        sides.seller_puts("task", task_id(number), Subject="Call", Status="Open", WhatId=parent)
    sides.seller_puts("touchpoint", event_id(93), WhatId=account_id(4), **_VISIT)
    account = world.platform_id(account_id(3))
    sides.person_puts("task", "p0", title="Call", status="Open", account_id=account)
    visit = {
        "subject": "Visit",
        "touchpoint_date": "2026-01-05T09:30:00Z",
        "creator": EMAILS[OWNER],
    }
    sides.person_puts("touchpoint", "p00", account_id=account, **visit)
    sides.finish(*JOBS)
    sides.finish(*JOBS)
    world.advance(minutes=30)
    return sides


_VISIT: Final[dict[str, Any]] = {
    "Subject": "Visit", "ActivityDate": "2026-01-05", "StartDateTime": "2026-01-05T09:30:00Z",
    "DurationInMinutes": 30,
}  # fmt: skip


def _hire(world: World) -> None:
    """People whom activities may be given to. An owner cannot be taken away."""
    org = world.crm.org
    gone, address = GONE
    for user, email in ({**EMAILS, gone: address}).items():
        org.put("User", user, Email=email, IsActive=user != gone)
    for name in ("task", "event", "account"):
        described = org.objects[name]
        owner = replace(described.fields["ownerid"], nillable=False, defaulted_on_create=True)
        fields = {**described.fields, "ownerid": owner}
        org.objects = {**org.objects, name: replace(described, fields=fields)}


def event_id(number: int) -> str:
    return f"00U{number:012d}EAA"
