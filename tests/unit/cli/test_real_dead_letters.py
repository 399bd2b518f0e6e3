"""Dead letters on the command line, as the real routes answer: every shape of a letter is told."""

from __future__ import annotations

import pytest

from syncline.aws.messages import body_of
from syncline.ports import Drain, Expand
from tests.unit.cli.conftest import Command
from tests.unit.http.world import ADMINISTRATOR, World

SENT = "2026-01-05T12:00:00Z"
BODIES = {
    "m-drain": body_of(Drain("acme", "crm", "account", ("a-1", "a-2"))),
    "m-batch": body_of(Expand("acme", "b-1")),
    "m-malformed": '{"workspace": "acme", "note": "Ada Lovelace"}',
}


@pytest.fixture(autouse=True)
def letters(world: World, real: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen by the administrator, who sees what belongs to nobody, too."""
    monkeypatch.setenv("SYNCLINE_TOKEN", ADMINISTRATOR)
    for id, body in BODIES.items():
        world.cloud.dead_letters.give_up(id, body, sent_at=SENT)


def test_every_letter_is_told(real: Command) -> None:
    done = real("dead-letters")

    assert done.code == 0, done.err
    assert "2 account records, connection crm" in done.out
    assert "changes of the request b-1" in done.out
    assert "a message that nobody can understand" in done.out
    assert "Lovelace" not in done.out


def test_every_letter_has_every_field(real: Command) -> None:
    shown = real("dead-letters", "--json").json["items"]

    assert {each["id"] for each in shown} == set(BODIES)
    assert len({tuple(each) for each in shown}) == 1


@pytest.mark.parametrize("letter", ["m-drain", "m-batch"])
def test_what_is_understood_is_sent_again(real: Command, world: World, letter: str) -> None:
    done = real("dead-letters", "retry", letter)

    assert done.code == 0, done.err
    assert letter not in world.cloud.dead_letters.letters
    assert len(world.cloud.queues.immediate) == 1
