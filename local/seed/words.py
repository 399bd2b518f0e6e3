"""The word lists of `data/`, read once and typed: what companies, people and notes are made of."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

_DATA: Final = Path(__file__).parent / "data"
_EMEA: Final = frozenset({
    "Austria", "Denmark", "Estonia", "France", "Germany", "Hungary", "Ireland", "Italy",
    "Netherlands", "Norway", "Spain", "Sweden", "Switzerland", "Türkiye", "United Kingdom",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class City:
    """Where a company sits; `street` has a place for the house number."""

    name: str
    country: str
    state: str
    dialling: str
    postal_code: str
    street: str

    @property
    def region(self) -> str:
        """The region whose teams look after it; what is not EMEA is served from the Americas."""
        return "EMEA" if self.country in _EMEA else "Americas"


@dataclass(frozen=True, slots=True)
class Company:
    name: str
    industry: str
    city: City


@dataclass(frozen=True, slots=True)
class Person:
    first: str
    last: str
    title: str
    team: str

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One reason to write a task or to meet, with what people put into it."""

    weight: int
    teams: tuple[str, ...]
    subjects: tuple[str, ...]
    openings: tuple[str, ...]
    countries: tuple[str, ...] = ()
    type: str = "Other"
    places: tuple[str, ...] = ()
    minutes: tuple[int, ...] = ()
    all_day: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    companies: tuple[Company, ...]
    late: Company
    deleted: tuple[Company, ...]
    vendor: str
    mail: str
    people: tuple[Person, ...]
    inactive: frozenset[str]
    queues: Mapping[str, str]
    names: Mapping[str, tuple[str, ...]]
    lists: Mapping[str, tuple[Any, ...]]
    tasks: tuple[Scenario, ...]
    events: tuple[Scenario, ...]
    traps: Mapping[str, tuple[str, str]]


@cache
def words() -> Words:
    """All lists; the order in the files is the order here, so that ids never move."""
    companies, people, acts = (_read(name) for name in ("companies", "people", "activities"))
    cities = {name: City(name, *parts) for name, parts in companies["cities"].items()}
    late = companies["late"]
    return Words(
        companies=tuple(
            _company(text, industry, cities)
            for industry, texts in companies["industries"].items()
            for text in texts
        ),
        late=Company(late["name"], late["industry"], cities[late["city"]]),
        deleted=tuple(_company(text, "Other", cities) for text in companies["deleted"]["names"]),
        vendor=people["company"],
        mail=people["mail"],
        people=tuple(_person(text, team) for team, texts in people["teams"].items()
                     for text in texts),
        inactive=frozenset(people["inactive"]),
        queues=people["queues"],
        names={name: tuple(values) for name, values in people["names"].items()},
        lists={name: tuple(acts[name]) for name in (
            "products", "topics", "seats", "amounts", "fillers", "nexts")},
        tasks=tuple(_scenario(each) for each in acts["tasks"]),
        events=tuple(_scenario(each) for each in acts["events"]),
        traps={name: (texts[0], texts[1]) for name, texts in acts["traps"].items()},
    )  # fmt: skip


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))


def _company(text: str, industry: str, cities: Mapping[str, City]) -> Company:
    name, _, city = text.rpartition(" | ")
    return Company(name, industry, cities[city])


def _person(text: str, team: str) -> Person:
    name, _, title = text.partition(" | ")
    first, _, last = name.partition(" ")
    return Person(first, last, title, team)


def _scenario(table: Mapping[str, Any]) -> Scenario:
    parts: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in table.items()
    }
    return Scenario(**parts)
