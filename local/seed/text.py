"""Subjects and notes: a scenario's sentences with the names of one account filled in."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from local.seed.foundation import Account, Contact, Foundation, User
from local.seed.words import Scenario, Words

_MONTHS: Final = ("January", "February", "March", "April", "May", "June", "July", "August",
                  "September", "October", "November", "December")  # fmt: skip
SUBJECT_LIMIT: Final = 255
DESCRIPTION_LIMIT: Final = 32_000


class Author:
    """Writes what people write. Everything is drawn from the given randomness, in one order."""

    def __init__(self, words: Words, found: Foundation, pick: random.Random, now: datetime) -> None:
        self._words = words
        self._found = found
        self._pick = pick
        self._now = now
        self._active = tuple(user for user in found.users if user.active)

    def scenario(self, among: tuple[Scenario, ...], account: Account) -> Scenario:
        """A reason to write, as often as its weight says, in a language the account speaks."""
        country = account.company.city.country
        fitting = [each for each in among if not each.countries or country in each.countries]
        return self._pick.choices(fitting, [each.weight for each in fitting])[0]

    def owner(self, scenario: Scenario, account: Account) -> User:
        """The account's own colleague in one of the scenario's teams, the same each time."""
        region = account.company.city.region
        other = "EMEA" if region == "Americas" else "Americas"
        teams = [team for team in scenario.teams if other not in team] or list(scenario.teams)
        members = self._found.team(self._pick.choice(teams))
        return members[sum(account.id.encode()) % len(members)]

    def colleague(self) -> User:
        """Anyone who still works there."""
        return self._pick.choice(self._active)

    def names(self, account: Account, contact: Contact) -> dict[str, object]:
        """What stands for the braces."""
        pick, lists = self._pick, self._words.lists
        city = account.company.city
        return {
            "company": account.company.name, "industry": account.company.industry,
            "city": city.name, "address": account.address, "contact": contact.name,
            "title": contact.title, "phone": contact.phone,
            "colleague": self.colleague().person.name, "product": pick.choice(lists["products"]),
            "topic": pick.choice(lists["topics"]), "seats": pick.choice(lists["seats"]),
            "amount": pick.choice(lists["amounts"]), "month": pick.choice(_MONTHS),
            "next_year": self._now.year + 1, "score": pick.randrange(11),
        }  # fmt: skip

    def subject(self, scenario: Scenario, names: Mapping[str, object]) -> str:
        """One line, in capitals at the start even where a topic comes first."""
        text = self._pick.choice(scenario.subjects).format_map(names)
        return (text[:1].upper() + text[1:])[:SUBJECT_LIMIT]

    def note(self, scenario: Scenario, names: Mapping[str, object]) -> str | None:
        """Nothing, a line, a paragraph or a list of points: one in eight is empty."""
        pick, lists = self._pick, self._words.lists
        length = pick.choices((0, 1, 2, 3, 6, 14), (13, 25, 30, 20, 9, 3))[0]
        if length == 0:
            return None
        sentences = [pick.choice(scenario.openings)]
        sentences += pick.sample(lists["fillers"], length - 1)
        sentences.append(pick.choice(lists["nexts"]))
        joint = pick.choice((" ", " ", "\n", "\n- "))
        return joint.join(sentences).format_map(names)

    def place(self, scenario: Scenario, names: Mapping[str, object]) -> str:
        """Where a meeting is."""
        return self._pick.choice(scenario.places).format_map(names)[:255]

    def trap(self, texts: tuple[str, str], names: Mapping[str, object]) -> tuple[str, str]:
        """A subject and a note that break careless software."""
        return texts[0].format_map(names), texts[1].format_map(names)

    def minutes_of_meeting(self, names: Mapping[str, object], size: int) -> str:
        """A note of exactly `size` characters, as somebody pastes a whole transcript."""
        pick, lists = self._pick, self._words.lists
        parts, total = ["Full transcript, pasted from the recording:"], 0
        while total < size:
            speaker = names["contact"] if pick.random() < 0.5 else names["colleague"]
            line = f"{speaker}: {pick.choice(lists['fillers'])}".format_map(names)
            parts.append(line)
            total += len(line) + 1
        return "\n".join(parts)[:size].rstrip().ljust(size, ".")
