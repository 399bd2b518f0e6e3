"""Throws away what a writer gave up."""

from dataclasses import dataclass

from syncline.ports import DeadLetter, DeadLetters
from syncline.usecases.retry_dead_letter import no_such_letter


@dataclass(frozen=True, slots=True)
class DiscardDeadLetter:
    """A letter holds no change: those wait in the outboxes of their records, or in the stored
    request, and the sweeper asks for them. So no letter must be kept for them, and their receipts
    end as they would have ended."""

    letters: DeadLetters

    def __call__(self, workspace: str, id: str, *, administrator: bool = False) -> DeadLetter:
        """NotFoundError for what is no letter of the workspace. One that nobody can understand
        belongs to none: it is whoever's may see all of them."""
        letter = self.letters.take(id, workspace)
        if letter is None and administrator:
            letter = self.letters.take(id, "")
        if letter is None:
            raise no_such_letter(id)
        self.letters.remove(letter)
        return letter
