"""Calls that wait: for the org's clock, for an armed delay, or because too many are long."""

import asyncio

from local.salesforce.inprocess import Api
from tests.unit.emulator.asgi import Caller

CONTROL = "/__emulator__"
LIMIT = [
    {
        "message": "ConcurrentPerOrgLongTxn Limit exceeded.",
        "errorCode": "REQUEST_LIMIT_EXCEEDED",
    }
]


def arm(api: Api, **order: object) -> None:
    assert api.call("POST", f"{CONTROL}/faults", order)[0] == 200


def test_an_answer_may_wait_for_its_commit(api: Api) -> None:
    async def scene() -> None:
        caller = Caller(api)
        order = {"endpoint": "create", "seconds": 300, "answer": "at_commit"}
        await caller.ask("PUT", f"{CONTROL}/late-commits", order)
        create = await caller.under_way("POST", "sobjects/Account", {"Name": "late"})
        await caller.ask("PUT", f"{CONTROL}/clock", {"advance": 299})
        _, before = await caller.ask("GET", "query?q=SELECT+Id+FROM+Account")
        assert not create.done()

        await caller.ask("PUT", f"{CONTROL}/clock", {"advance": 1})

        status, body = await create
        _, after = await caller.ask("GET", "query?q=SELECT+Id+FROM+Account")
        assert (status, before["totalSize"]) == (201, 0)
        assert [each["Id"] for each in after["records"]] == [body["id"]]

    asyncio.run(scene())


def test_a_delay_waits_before_the_work(api: Api) -> None:
    arm(api, endpoint="create", kind="delay", seconds=3)

    async def scene() -> None:
        caller = Caller(api)
        create = await caller.under_way("POST", "sobjects/Account", {"Name": "slow"})
        _, before = await caller.ask("GET", "query?q=SELECT+Id+FROM+Account")

        caller.sleeper.woken.set()

        assert (await create)[0] == 201
        assert before["totalSize"] == 0
        assert caller.sleeper.asked == [3]

    asyncio.run(scene())


def test_a_timeout_after_the_commit_waits_before_the_cut(api: Api) -> None:
    arm(api, endpoint="create", kind="timeout_after_commit", seconds=9)

    async def scene() -> None:
        caller = Caller(api)
        create = await caller.under_way("POST", "sobjects/Account", {"Name": "kept"})
        _, during = await caller.ask("GET", "query?q=SELECT+Id+FROM+Account")

        caller.sleeper.woken.set()

        assert await create == (0, None)
        assert during["totalSize"] == 1
        assert (caller.cut, caller.sleeper.asked) == (1, [9])

    asyncio.run(scene())


def test_a_trickled_answer_is_whole(api: Api) -> None:
    arm(api, endpoint="limits", kind="trickle", seconds=10)

    async def scene() -> None:
        caller = Caller(api)
        caller.sleeper.woken.set()
        status, body = await caller.ask("GET", "limits")

        assert status == 200
        assert body["DailyApiRequests"]["Max"] == 100_000
        assert caller.sleeper.asked == [1.0] * 10

    asyncio.run(scene())


def test_the_next_is_refused_while_long_ones_run(api: Api) -> None:
    arm(api, endpoint="limits", kind="delay", seconds=20, times=2)
    api.org.settings.concurrent_long_requests = 2

    async def scene() -> None:
        caller = Caller(api)
        long = [await caller.under_way("GET", "limits") for _ in range(2)]
        refused = await caller.ask("GET", "query?q=SELECT+Id+FROM+Account")
        token, _ = await caller.ask("GET", "/services/data")

        caller.sleeper.woken.set()

        assert refused == (403, LIMIT)
        assert token == 200
        assert [(await each)[0] for each in long] == [200, 200]
        assert (await caller.ask("GET", "limits"))[0] == 200

    asyncio.run(scene())


def test_a_request_becomes_long_with_time(api: Api) -> None:
    arm(api, endpoint="limits", kind="delay", seconds=5)
    api.org.settings.concurrent_long_requests = 1

    async def scene() -> None:
        caller = Caller(api)
        slow = await caller.under_way("GET", "limits")
        young = await caller.ask("GET", "limits")
        await caller.ask("PUT", f"{CONTROL}/clock", {"advance": 20})
        old = await caller.ask("GET", "limits")

        caller.sleeper.woken.set()

        assert (young[0], old) == (200, (403, LIMIT))
        assert (await slow)[0] == 200

    asyncio.run(scene())
