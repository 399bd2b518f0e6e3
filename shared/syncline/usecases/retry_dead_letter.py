"""Asks a writer once more for what it gave up."""

from dataclasses import dataclass, replace

from syncline.errors import ConflictError, NotFoundError
from syncline.ports import DeadLetter, DeadLetters, Drain, WriteBackQueues


@dataclass(frozen=True, slots=True)
class RetryDeadLetter:
    """The request is sent before its letter goes, so a crash in between leaves both: asking twice
    asks for nothing twice."""

    letters: DeadLetters
    queues: WriteBackQueues

    def __call__(self, workspace: str, id: str, *, administrator: bool = False) -> DeadLetter:
        """NotFoundError for what is no letter of the workspace. ConflictError for one that nobody
        can understand, for there is nothing to be asked again; it belongs to no workspace, so only
        whoever may see all of them hears that."""
        letter = self.letters.take(id, workspace)
        if letter is None and administrator and self.letters.take(id, "") is not None:
            raise ConflictError(
                f"nobody can understand the dead letter '{id}', so nothing can be asked again",
                code="letter_malformed",
            )
        if letter is None or letter.request is None:
            raise no_such_letter(id)
        request = letter.request
        again = replace(request, delays=0) if isinstance(request, Drain) else request
        self.queues.send([again])
        self.letters.remove(letter)
        return letter


def no_such_letter(id: str) -> NotFoundError:
    """Of the workspace, or to be seen right now."""
    return NotFoundError(
        f"there is no dead letter '{id}' here",
        code="unknown_letter",
        field="letter",
        remedy="List the dead letters. One that somebody else looks at is hidden for half a minute "
        "at most.",
    )
