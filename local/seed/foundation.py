"""Who is there before anything is done: users, queues, accounts and their contacts."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from local.seed.identity import Row, plain, record_id, stamp
from local.seed.words import City, Company, Person, Words

ACCOUNTS: Final = 200
_FIRST: Final = 5_300_000
_PROFILE: Final = record_id("00e", _FIRST)
_TYPES: Final = ("Customer - Direct",) * 7 + ("Customer - Channel", "Prospect", "Other")
_ZONES: Final = {"EMEA": "Europe/Berlin", "Americas": "America/New_York"}


@dataclass(frozen=True, slots=True)
class User:
    id: str
    person: Person
    active: bool


@dataclass(frozen=True, slots=True)
class Contact:
    id: str
    name: str
    title: str
    phone: str


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    company: Company
    address: str
    contacts: tuple[Contact, ...]


@dataclass(frozen=True, slots=True)
class Foundation:
    """The rows, and the same as values that the activities are written about."""

    rows: tuple[Row, ...]
    users: tuple[User, ...]
    queues: tuple[str, ...]
    accounts: tuple[Account, ...]
    late_account: Row
    late: Account
    deleted_accounts: tuple[str, ...]
    stray_contact: Contact
    loader: User

    def team(self, name: str) -> tuple[User, ...]:
        """The active users of a team."""
        return tuple(user for user in self.users if user.person.team == name and user.active)


def foundation(words: Words, now: datetime) -> Foundation:
    """Everything activities refer to, as of `now`."""
    return _Builder(words, now).build()


class _Builder:
    def __init__(self, words: Words, now: datetime) -> None:
        self._words = words
        self._now = now
        self._random = random.Random("larkspur-foundation")
        self._contacts = 0
        self._users = tuple(
            User(record_id("005", _FIRST + at), person, person.name not in words.inactive)
            for at, person in enumerate(words.people)
        )

    def build(self) -> Foundation:
        words = self._words
        queues = {name: record_id("00G", _FIRST + at) for at, name in enumerate(words.queues)}
        rows: list[Row] = [*self._user_rows(), *self._queue_rows(queues)]
        live = words.companies[: ACCOUNTS - len(words.deleted)]
        built = [self._account(company, number) for number, company in enumerate(live)]
        late, (_, late_fields) = self._account(words.late, 9_000)
        gone = [self._account(each, 8_000 + at) for at, each in enumerate(words.deleted)]
        rows += [row for _, row in built]
        rows += [self._deleted(row) for _, row in gone]
        rows += self._contact_rows([account for account, _ in built])
        stray, stray_row = self._stray()
        return Foundation(
            rows=(*rows, stray_row),
            users=self._users,
            queues=tuple(queues.values()),
            accounts=tuple(account for account, _ in built),
            late_account=("Account", _without_stamps(late_fields)),
            late=late,
            deleted_accounts=tuple(account.id for account, _ in gone),
            stray_contact=stray,
            loader=self._users[-1],
        )

    # --- users and queues ---------------------------------------------------------------------

    def _user_rows(self) -> Iterator[Row]:
        leaders = {user.person.team: user for user in reversed(self._users)}
        for number, user in enumerate(self._users):
            person, leader = user.person, leaders[user.person.team]
            address = f"{plain(person.first)}.{plain(person.last)}@{self._words.mail}"
            region = "Americas" if "Americas" in person.team else "EMEA"
            yield "User", {
                "Id": user.id, "Username": address, "Email": address, "FirstName": person.first,
                "LastName": person.last, "Name": person.name, "Title": person.title,
                "Department": person.team, "Division": region, "CompanyName": self._words.vendor,
                "Alias": (plain(person.first)[:1] + plain(person.last))[:8],
                "CommunityNickname": f"{plain(person.first)}.{plain(person.last)}",
                "IsActive": user.active, "TimeZoneSidKey": _ZONES[region], "ProfileId": _PROFILE,
                "LocaleSidKey": "en_US", "LanguageLocaleKey": "en_US", "UserType": "Standard",
                "EmailEncodingKey": "UTF-8", "EmployeeNumber": f"L{1001 + number}",
                "ManagerId": leader.id if leader is not user else None,
                **self._audit(user.id, oldest=2_200, newest=1_500),
            }  # fmt: skip

    def _queue_rows(self, queues: Mapping[str, str]) -> Iterator[Row]:
        for name, key in queues.items():
            yield "Group", {
                "Id": key, "Name": name, "DeveloperName": self._words.queues[name],
                "Type": "Queue", "OwnerId": self._users[-2].id, "DoesSendEmailToMembers": False,
                **self._audit(self._users[-2].id, oldest=2_000, newest=1_600),
            }  # fmt: skip

    # --- accounts and contacts ----------------------------------------------------------------

    def _account(self, company: Company, number: int) -> tuple[Account, Row]:
        pick, city = self._random, company.city
        street = city.street.format(n=pick.randrange(3, 480))
        owner = pick.choice([user for user in self._users if user.active
                             and user.person.team == f"Sales {city.region}"])  # fmt: skip
        host = f"{plain(company.name, joint='-')[:40].strip('-') or 'company'}.example"
        size = pick.choice((12, 35, 80, 140, 260, 520, 900, 2_400, 7_500))
        account = Account(
            id=record_id("001", _FIRST + number), company=company,
            address=f"{street}, {city.name}",
            contacts=tuple(self._contact(company) for _ in range(2 + (number % 4 == 0))),
        )  # fmt: skip
        return account, ("Account", {
            "Id": account.id, "Name": company.name, "Type": pick.choice(_TYPES),
            "Industry": company.industry, "AccountNumber": f"C-{20_000 + number * 7}",
            "Phone": _phone(pick, city), "Website": f"https://www.{host}",
            "BillingStreet": street, "BillingCity": city.name, "BillingState": city.state or None,
            "BillingPostalCode": city.postal_code, "BillingCountry": city.country,
            "NumberOfEmployees": size, "AnnualRevenue": size * pick.randrange(70, 240) * 1_000,
            "Rating": pick.choice(("Hot", "Warm", "Warm", "Cold", None)),
            "AccountSource": pick.choice(("Web", "Partner Referral", "Phone Inquiry", "Other")),
            "Description": f"{company.industry}, about {size:,} people, based in {city.name}.",
            "OwnerId": owner.id, "IsDeleted": False,
            **self._audit(owner.id, oldest=2_200, newest=950),
        })  # fmt: skip

    def _deleted(self, row: Row) -> Row:
        gone = stamp(self._now - timedelta(days=6, hours=3))
        return row[0], {**row[1], "IsDeleted": True, "LastModifiedDate": gone,
                        "SystemModstamp": gone}  # fmt: skip

    def _contact(self, company: Company) -> Contact:
        pick, names = self._random, self._words.names
        self._contacts += 1
        return Contact(
            record_id("003", _FIRST + self._contacts),
            f"{pick.choice(names['first'])} {pick.choice(names['last'])}",
            pick.choice(names["titles"]),
            _phone(pick, company.city),
        )

    def _contact_rows(self, accounts: list[Account]) -> Iterator[Row]:
        for account in accounts:
            host = f"{plain(account.company.name, joint='-')[:40].strip('-')}.example"
            for contact in account.contacts:
                yield self._contact_row(contact, account.id, host)

    def _contact_row(self, contact: Contact, account: str | None, host: str) -> Row:
        first, _, last = contact.name.partition(" ")
        owner = self._random.choice(self._users[:13])
        return "Contact", {
            "Id": contact.id, "AccountId": account, "FirstName": first, "LastName": last,
            "Name": contact.name, "Title": contact.title, "Phone": contact.phone,
            "Department": self._random.choice(self._words.names["departments"]),
            "Email": f"{plain(first)}.{plain(last)}@{host}", "OwnerId": owner.id,
            "IsDeleted": False, **self._audit(owner.id, oldest=900, newest=400),
        }  # fmt: skip

    def _stray(self) -> tuple[Contact, Row]:
        contact = self._contact(self._words.companies[0])
        return contact, self._contact_row(contact, None, "freelance.example")

    def _audit(self, by: str, *, oldest: int, newest: int) -> dict[str, object]:
        pick = self._random
        created = self._now - timedelta(days=pick.randrange(newest, oldest),
                                        seconds=pick.randrange(86_400))  # fmt: skip
        changed = created + (self._now - created) * pick.uniform(0.05, 0.95)
        return {
            "CreatedDate": stamp(created), "CreatedById": by, "LastModifiedDate": stamp(changed),
            "LastModifiedById": by, "SystemModstamp": stamp(changed),
        }  # fmt: skip


def _phone(pick: random.Random, city: City) -> str:
    return f"{city.dialling} 555 {pick.randrange(10_000):04d}"


def _without_stamps(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items()
            if name not in ("CreatedDate", "LastModifiedDate", "SystemModstamp")}  # fmt: skip
