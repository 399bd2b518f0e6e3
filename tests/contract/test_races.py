"""Two writers at once on DynamoDB: one steps in between two calls of the other."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from syncline.aws.database import Database
from syncline.aws.statements import Key
from syncline.engine.records import LinkState
from syncline.ports import Links
from syncline.store.links import DynamoLinks
from tests.contract.aws_cloud import KEPT, AwsCloud
from tests.contract.samples import crm_id, link, link_write, parked

PARENT = crm_id(1, "001")
Step = Callable[[], object]


class CrashError(Exception):
    """The process is dead."""


def crash() -> None:
    raise CrashError


class Interrupted(Database):
    """Lets another act once, before the n-th call that writes or reads."""

    def __init__(self, client: Any, *, at: int, other: Step) -> None:
        super().__init__(client)
        self.calls = 0
        self._at = at
        self._other = other

    def execute(self, statements: Any) -> list[bool]:
        self._count(bool(statements))
        return super().execute(statements)

    def get(self, table: str, keys: Any) -> dict[Key, dict[str, Any]]:
        self._count(bool(keys))
        return super().get(table, keys)

    def _count(self, asks: bool) -> None:
        self.calls += asks
        if asks and self.calls == self._at:
            self._other()


def stepped_in(cloud: AwsCloud, scope: str, at: int, other: Step) -> Links:
    database = Interrupted(cloud.clients.dynamodb, at=at, other=other)
    table = cloud.tables["CrossReferencesTable"]
    return DynamoLinks(database, table, workspace="acme", connection=scope, kept=KEPT)


def test_a_child_is_released_whenever_its_parent_arrives(aws_cloud: AwsCloud) -> None:
    for at in range(1, 7):
        scope = f"org{at}"
        plain = aws_cloud.links("acme", scope)

        def arrive(links: Links = plain) -> None:
            links.write([link_write(link(1, crm_id=PARENT, object="account", platform_id="a"))])
            links.release([PARENT])

        links = stepped_in(aws_cloud, scope, at, arrive)
        links.write([link_write(parked(5, PARENT))])
        if not plain.get([PARENT]):
            arrive()

        assert [child for _, child in plain.released("task", limit=5)] == [crm_id(5)], at


def test_a_child_filed_while_another_is_settled_is_not_forgotten(aws_cloud: AwsCloud) -> None:
    for at in range(1, 5):
        scope = f"org{at}"
        plain = aws_cloud.links("acme", scope)
        plain.write([link_write(link(1, crm_id=PARENT, object="account", platform_id="a"))])
        plain.write([link_write(parked(5, PARENT))])

        def file_another(links: Links = plain) -> None:
            links.write([link_write(parked(6, PARENT))])

        links = stepped_in(aws_cloud, scope, at, file_another)
        links.settle("task", {crm_id(5): PARENT})
        if not plain.get([crm_id(6)]):
            file_another()

        assert [child for _, child in plain.released("task", limit=5)] == [crm_id(6)], at


def arrive(links: Links) -> None:
    links.write([link_write(link(1, crm_id=PARENT, object="account", platform_id="a"))])
    links.release(["a"])


def wait(links: Links, child: str) -> None:
    links.wait("task", {child: "a"}, parent_object="account")


def test_a_waiting_record_is_called_whenever_its_parent_arrives(aws_cloud: AwsCloud) -> None:
    for at in range(1, 6):
        scope = f"org{at}"
        plain = aws_cloud.links("acme", scope)

        wait(stepped_in(aws_cloud, scope, at, partial(arrive, plain)), "t-5")
        if not plain.get([PARENT]):
            arrive(plain)

        assert plain.called("task", limit=5) == [("a", "t-5")], at


def test_a_wait_that_crashed_is_mended_by_waiting_again(aws_cloud: AwsCloud) -> None:
    for at in range(1, 6):
        scope = f"org{at}"
        plain = aws_cloud.links("acme", scope)

        with suppress(CrashError):
            wait(stepped_in(aws_cloud, scope, at, crash), "t-5")
        arrive(plain)
        wait(plain, "t-5")

        assert plain.called("task", limit=5) == [("a", "t-5")], at


def test_a_record_that_waits_while_another_is_settled_stays(aws_cloud: AwsCloud) -> None:
    for at in range(1, 4):
        scope = f"org{at}"
        plain = aws_cloud.links("acme", scope)
        arrive(plain)
        wait(plain, "t-5")

        links = stepped_in(aws_cloud, scope, at, partial(wait, plain, "t-6"))
        links.settle("task", {"t-5": "a"}, waiting=True)

        assert plain.called("task", limit=5) == [("a", "t-6")], at


def test_a_record_is_called_although_another_was_settled_while_it_was_filed(
    aws_cloud: AwsCloud,
) -> None:
    for at in range(1, 5):
        scope = f"org{at}"
        plain = aws_cloud.links("acme", scope)
        wait(plain, "t-5")

        settle = partial(plain.settle, "task", {"t-5": "a"}, waiting=True)
        wait(stepped_in(aws_cloud, scope, at, settle), "t-6")
        arrive(plain)

        assert ("a", "t-6") in plain.called("task", limit=5), at


def test_one_of_two_that_want_one_platform_record_gets_it(aws_cloud: AwsCloud) -> None:
    for at in range(1, 5):
        scope = f"org{at}"
        plain = aws_cloud.links("acme", scope)
        rival: list[Any] = []

        def want(links: Links = plain, answers: list[Any] = rival) -> None:
            answers += links.write([link_write(link(2, platform_id="p"))])

        links = stepped_in(aws_cloud, scope, at, want)
        mine = links.write([link_write(link(1, platform_id="p"))])
        if not rival:
            want()

        found = plain.get([crm_id(1), crm_id(2)])
        live = [each.crm_id for each in found.values() if each.state is LinkState.LINKED]
        assert sorted([*mine, *rival]) == [False, True]
        assert plain.claimed("task", ["p"]) == {"p": live[0]}
        assert len(live) == 1
