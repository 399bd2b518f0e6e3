"""Who presents a token."""

import pytest

from syncline.config.models import Workspace
from syncline.memory.cloud import MemoryCloud
from syncline.usecases.create_token import CreateToken
from syncline.usecases.identify import Identify, Identity
from syncline.usecases.revoke_token import RevokeToken
from syncline.usecases.save_workspace import SaveWorkspace

SECRET = "AdministratorsOwnTokenOf48Letters"


@pytest.fixture
def cloud() -> MemoryCloud:
    cloud = MemoryCloud()
    SaveWorkspace(cloud.configuration)("acme", Workspace())
    return cloud


def test_the_administrator_is_known_everywhere(cloud: MemoryCloud) -> None:
    identify = Identify(cloud.tokens, lambda: SECRET)

    assert identify(SECRET) == Identity("administrator", None, ("read", "write", "operate"))


@pytest.mark.parametrize("token", ["", "nonsense", SECRET + "x", SECRET[:-1], "ümläut"])
def test_nobody_else_is(cloud: MemoryCloud, token: str) -> None:
    assert Identify(cloud.tokens, lambda: SECRET)(token) is None


@pytest.mark.parametrize("secret", [None, ""])
def test_without_an_administrators_token_nobody_is_administrator(
    cloud: MemoryCloud, secret: str | None
) -> None:
    assert Identify(cloud.tokens, lambda: secret)("") is None
    assert Identify(cloud.tokens, lambda: secret)("anything") is None


def test_a_rotated_administrators_token_is_good_at_once(cloud: MemoryCloud) -> None:
    secrets = ["old", "new"]
    identify = Identify(cloud.tokens, lambda: secrets[0])
    assert identify("old") is not None

    secrets.pop(0)

    assert identify("old") is None
    assert identify("new") is not None


def test_a_token_tells_its_workspace_and_scopes_until_it_is_revoked(cloud: MemoryCloud) -> None:
    create = CreateToken(cloud.configuration, cloud.tokens, cloud.clock)
    record, token = create("acme", name="ci", scopes=["operate", "read"])
    identify = Identify(cloud.tokens, lambda: SECRET)

    known = identify(token)
    RevokeToken(cloud.tokens, cloud.clock)("acme", record.id)

    assert known == Identity(record.id, "acme", ("read", "operate"))
    assert identify(token) is None


def test_no_two_tokens_are_alike(cloud: MemoryCloud) -> None:
    create = CreateToken(cloud.configuration, cloud.tokens, cloud.clock)

    made = {create("acme", name="ci", scopes=["read"])[1] for _ in range(50)}

    assert len(made) == 50
