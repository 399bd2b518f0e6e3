"""The DeadLetters port in memory: what a test puts there stays until it is removed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from syncline.aws.messages import letter_of
from syncline.ports import DeadLetter


@dataclass(slots=True)
class MemoryDeadLetters:
    """`letters` by message id."""

    letters: dict[str, DeadLetter] = field(default_factory=dict)

    def give_up(self, id: str, body: str, *, sent_at: str, bulk: bool = False) -> None:
        """As a queue does with a message that was received too often."""
        self.letters[id] = letter_of(body, id=id, bulk=bulk, sent_at=sent_at, handle=id)

    def peek(self) -> Sequence[DeadLetter]:
        return sorted(self.letters.values(), key=lambda letter: (letter.sent_at, letter.id))

    def take(self, id: str, workspace: str) -> DeadLetter | None:
        found = self.letters.get(id)
        return found if found is not None and found.workspace == workspace else None

    def remove(self, letter: DeadLetter) -> None:
        self.letters.pop(letter.handle, None)
