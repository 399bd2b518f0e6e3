"""Saving and deleting can be repeated after a crash at any of their writes."""

from collections.abc import Callable
from typing import Any

import pytest

from syncline.config.models import Connection, Job, Workspace
from syncline.memory.cloud import MemoryCloud
from syncline.usecases.create_token import CreateToken
from syncline.usecases.delete_connection import DeleteConnection
from syncline.usecases.delete_job import DeleteJob
from syncline.usecases.delete_workspace import DeleteWorkspace
from syncline.usecases.save_connection import SaveConnection
from syncline.usecases.save_job import SaveJob
from syncline.usecases.save_workspace import SaveWorkspace

CONNECTION = Connection.model_validate(
    {
        "login_url": "https://acme.my.salesforce.com",
        "credentials": {"client_id": "x", "client_secret": "hush"},
    }
)
JOB = Job.model_validate(
    {
        "kind": "tasks_inbound",
        "connection": "crm",
        "schedule": {"every": "minutes", "minutes": 15},
    }
)


class CrashError(BaseException):
    """The process is gone: nothing of ours catches it."""


class Crashing:
    """A port whose `fatal` is counted down by every write; the write at zero crashes after it
    happened, and nothing gets through from then on."""

    def __init__(self, port: Any, budget: list[int]) -> None:
        self._port = port
        self._budget = budget

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        if name not in {"put", "delete", "put_job", "delete_job", "revoke"}:
            return method

        def write(*args: Any, **named: Any) -> Any:
            if self._budget[0] <= 0:
                raise CrashError
            self._budget[0] -= 1
            result = method(*args, **named)
            if self._budget[0] <= 0:
                raise CrashError
            return result

        return write


def steps(cloud: MemoryCloud, budget: list[int]) -> dict[str, Callable[[], object]]:
    """Each use case over ports that crash once the budget of writes is spent."""
    configuration: Any = Crashing(cloud.configuration, budget)
    secrets: Any = Crashing(cloud.secrets, budget)
    schedules: Any = Crashing(cloud.schedules, budget)
    tokens: Any = Crashing(cloud.tokens, budget)
    save_connection = SaveConnection(configuration, secrets)
    save_job = SaveJob(configuration, schedules, lambda *_args, **_named: ())
    return {
        "save_connection": lambda: save_connection("acme", "crm", CONNECTION),
        "save_job": lambda: save_job("acme", "tasks", JOB),
        "delete_job": lambda: DeleteJob(configuration, schedules, cloud.runs)("acme", "tasks"),
        "delete_connection": lambda: DeleteConnection(configuration, secrets, cloud.conflicts)(
            "acme", "crm"
        ),
        "delete_workspace": lambda: DeleteWorkspace(configuration, tokens, cloud.clock)("acme"),
    }


ORDER = ("save_connection", "save_job", "delete_job", "delete_connection", "delete_workspace")
UNLIMITED = 1000


def until(name: str) -> MemoryCloud:
    """A cloud on which everything before that step has been done."""
    cloud = MemoryCloud()
    SaveWorkspace(cloud.configuration)("acme", Workspace())
    for token in ("one", "two"):
        CreateToken(cloud.configuration, cloud.tokens, cloud.clock)(
            "acme", name=token, scopes=["read"]
        )
    cloud.configuration.put("acme", "attribute", "task.title", {"title": "x"}, expected=0)
    todo = steps(cloud, [UNLIMITED])
    for each in ORDER[: ORDER.index(name)]:
        todo[each]()
    return cloud


def seen(cloud: MemoryCloud) -> tuple[Any, ...]:
    """What is stored, but for versions and digests that are random anyway."""
    dump = cloud.dump()
    revoked = sorted(str(token["revoked_at"]) for token in dump["tokens"].values())
    return (
        dump["configuration"], dump["schedules"], revoked, cloud.secrets.get("acme", "crm"),
    )  # fmt: skip


@pytest.mark.parametrize("name", ORDER)
def test_what_crashed_is_completed_by_doing_it_again(name: str) -> None:
    done = until(name)
    budget = [UNLIMITED]
    steps(done, budget)[name]()
    writes = UNLIMITED - budget[0]
    assert writes >= 2

    for point in range(1, writes):
        cloud = until(name)
        with pytest.raises(CrashError):
            steps(cloud, [point])[name]()
        steps(cloud, [UNLIMITED])[name]()

        assert seen(cloud) == seen(done), f"crashed after write {point} of {writes}"


def test_a_connection_that_can_be_seen_has_its_secret() -> None:
    for point in range(1, 3):
        cloud = until("save_connection")
        with pytest.raises(CrashError):
            steps(cloud, [point])["save_connection"]()

        assert cloud.configuration.get("acme", "connection", "crm") is None


def test_a_deleted_connection_never_leaves_a_secret() -> None:
    cloud = until("delete_connection")
    with pytest.raises(CrashError):
        steps(cloud, [1])["delete_connection"]()

    assert cloud.secrets.get("acme", "crm") is None
