"""An account that a person deletes and makes anew with the same External Id."""

from collections.abc import Mapping
from typing import Any, Final

from syncline.engine.records import Link
from tests.worlds.all_kinds import ACCOUNTS_OUT, all_kinds_world
from tests.worlds.runs import take_turns
from tests.worlds.small import ACME, World, account_id
from tests.worlds.two_way import ACCOUNTS, change_job, create_on_platform, delete_on_platform

ONE: Final = account_id(1)


def agreeing(**job: Any) -> World:
    """Five accounts that both sides have. `job` are settings of both jobs of the pair; `deletes`
    is the outbound one's."""
    world = all_kinds_world()
    change_job(world, ACCOUNTS_OUT, **{"deletes": True, **job})
    job.pop("deletes", None)
    change_job(world, ACCOUNTS, **job)
    take_turns(world, ACCOUNTS_OUT, ACCOUNTS)
    return world


def delete_first(world: World) -> str:
    own = world.platform_id(ONE)
    delete_on_platform(world, "account", own)
    world.advance(minutes=1)
    return own


def make_anew(world: World, **values: Any) -> None:
    known = {"name": "Company 1", "external_id": ONE.lower(), **values}
    given = {name: value for name, value in known.items() if value is not None}
    create_on_platform(world, "account", "a9", **given)


def remade(**job: Any) -> tuple[World, str]:
    """The first account made anew as `a9`; with the platform id that it had before."""
    world = agreeing(**job)
    own = delete_first(world)
    make_anew(world)
    return world, own


def link_of(world: World, crm_id: str = ONE) -> Link:
    return world.cloud.links(ACME, "crm").get([crm_id])[crm_id]


def claims(world: World, *own: str) -> Mapping[str, str]:
    return world.cloud.links(ACME, "crm").claimed("account", own)


def is_there(world: World) -> bool:
    return not world.crm.org.rows["account"][ONE]["isdeleted"]


def phones(world: World) -> tuple[Any, Any]:
    """In Salesforce and on the platform."""
    return world.crm.org.rows["account"][ONE].get("phone"), world.platform("account")[
        ONE.lower()
    ].get("phone")
