"""Random lives of records: whatever is done, in whatever order, the org's promises hold.

The model is a dict of rows and knows of the org only what its describes say about cascades.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from local.salesforce.ids import normalise
from local.salesforce.inprocess import Api
from local.salesforce.org import opened

START: Final = datetime(2026, 3, 10, 12, 0, 0, tzinfo=UTC)
KINDS: Final = ("Account", "Contact", "Task")
PREFIXES: Final = {"Account": "001", "Contact": "003", "Task": "00T"}
LABEL: Final = {"Account": "Name", "Contact": "LastName", "Task": "Subject"}
PARENTS: Final = {
    "Account": {"ParentId": "Account"},
    "Contact": {"AccountId": "Account"},
    "Task": {"WhatId": "Account", "WhoId": "Contact"},
}
WORDS: Final = st.sampled_from(["Acme", "Zoë 🚀", "x", "O'Neil", "100%"])
PICK: Final = st.integers(0, 7)
SECONDS: Final = st.sampled_from([0, 1, 59, 60, 3_600])


@dataclass
class Row:
    kind: str
    fields: dict[str, str | None]
    stamp: datetime
    deleted: bool = False
    purged: bool = False
    root: str = ""
    gone_at: datetime | None = None
    master: str | None = None
    seen: list[datetime] = field(default_factory=list)


class Lives(RuleBasedStateMachine):
    """`rows` is every record ever made; `late` the writes of a transaction that is still open."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.api = Api.signed_in(self.stack.enter_context(opened()))
        self.api.org.clock.fix(START)
        self.now = START
        self.rows: dict[str, Row] = {}
        self.cascades: dict[str, list[tuple[str, str]]] = {}
        self.late: tuple[str, datetime, str, str] | None = None

    def teardown(self) -> None:
        try:
            self.look()
        finally:
            self.stack.close()

    @initialize()
    def read_the_cascades(self) -> None:
        for kind in KINDS:
            _, described = self.api.call("GET", f"sobjects/{kind}/describe")
            self.cascades[kind] = [
                (each["childSObject"], each["field"])
                for each in described["childRelationships"]
                if each["cascadeDelete"] and each["childSObject"] in KINDS
            ]

    # --- what people do -----------------------------------------------------------------------

    @rule(kind=st.sampled_from(KINDS), word=WORDS, parents=st.tuples(PICK, PICK), seconds=SECONDS)
    def create(self, kind: str, word: str, parents: tuple[int, int], seconds: int) -> None:
        self._pass(seconds)
        fields: dict[str, str | None] = {LABEL[kind]: word}
        for (name, parent), number in zip(PARENTS[kind].items(), parents, strict=False):
            fields[name] = self._pick(parent, number)

        record_id = self.api.create(kind, **fields)

        assert normalise(record_id) == record_id
        assert record_id.startswith(PREFIXES[kind])
        assert record_id not in self.rows
        self.rows[record_id] = Row(kind, fields, self.now)

    @rule(kind=st.sampled_from(KINDS), number=PICK, word=WORDS, seconds=SECONDS)
    def update(self, kind: str, number: int, word: str, seconds: int) -> None:
        record_id = self._pick(kind, number)
        if record_id is None:
            return
        self._pass(seconds)

        status, body = self.api.call("PATCH", f"sobjects/{kind}/{record_id}", {LABEL[kind]: word})

        assert (status, body) == (204, None)
        self.rows[record_id].fields[LABEL[kind]] = word
        self.rows[record_id].stamp = self.now

    @rule(number=PICK, to=PICK, seconds=SECONDS)
    def move_a_contact(self, number: int, to: int, seconds: int) -> None:
        contact, account = self._pick("Contact", number), self._pick("Account", to)
        if contact is None:
            return
        self._pass(seconds)

        status, _ = self.api.call("PATCH", f"sobjects/Contact/{contact}", {"AccountId": account})

        assert status == 204
        self.rows[contact].fields["AccountId"] = account
        self.rows[contact].stamp = self.now

    @rule(kind=st.sampled_from(KINDS), number=PICK, seconds=SECONDS)
    def delete(self, kind: str, number: int, seconds: int) -> None:
        record_id = self._pick(kind, number)
        if record_id is None:
            return
        self._pass(seconds)

        status, _ = self.api.call("DELETE", f"sobjects/{kind}/{record_id}")

        assert status == 204
        self._gone(record_id, root=record_id)

    @rule(number=PICK, seconds=SECONDS)
    def undelete(self, number: int, seconds: int) -> None:
        binned = [
            each
            for each, row in self.rows.items()
            if row.deleted and not row.purged and row.root == each and not self._orphan(row)
        ]
        if not binned:
            return
        self._pass(seconds)
        root = binned[number % len(binned)]

        status, body = self.api.call("POST", "/__emulator__/undelete", {"ids": [root]})

        assert status == 200, body
        back = [each for each, row in self.rows.items() if row.root == root and not row.purged]
        assert set(body["undeleted"]) == set(back)
        for each in back:
            row = self.rows[each]
            row.deleted, row.root, row.gone_at, row.master = False, "", None, None
            row.stamp = self.now

    @rule(kind=st.sampled_from(["Account", "Contact"]), pair=st.tuples(PICK, PICK))
    def merge(self, kind: str, pair: tuple[int, int]) -> None:
        winner, loser = (self._pick(kind, number) for number in pair)
        if winner is None or loser is None or winner == loser or self._kin(winner, loser):
            return
        body = {"sobject": kind, "winner": winner, "losers": [loser]}

        status, answer = self.api.call("POST", "/__emulator__/merge", body)

        assert status == 204, answer
        for row in self.rows.values():
            for name in PARENTS[row.kind]:
                if row.fields.get(name) == loser:
                    row.fields[name] = winner
        row = self.rows[loser]
        row.deleted, row.root, row.gone_at, row.master = True, loser, self.now, winner
        row.stamp = self.rows[winner].stamp = self.now

    @rule(kind=st.sampled_from(KINDS))
    def empty_the_bin(self, kind: str) -> None:
        binned = [row for row in self.rows.values() if row.kind == kind and row.deleted]

        status, body = self.api.call("POST", "/__emulator__/purge", {"sobject": kind})

        assert (status, body) == (200, {"purged": sum(not row.purged for row in binned)})
        for row in binned:
            row.purged = True

    @precondition(lambda self: self.late is None)
    @rule(number=PICK, word=WORDS)
    def a_long_transaction_begins(self, number: int, word: str) -> None:
        account = self._pick("Account", number)
        if account is None:
            return
        operation = {"op": "update", "sobject": "Account", "id": account, "fields": {"Name": word}}

        _, body = self.api.call("POST", "/__emulator__/transactions", {"operations": [operation]})

        self.late = (body["id"], self.now, account, word)

    @precondition(lambda self: self.late is not None)
    @rule(seconds=SECONDS)
    def it_commits(self, seconds: int) -> None:
        assert self.late is not None
        name, began, account, word = self.late
        self.late = None
        self._pass(seconds)

        status, _ = self.api.call("POST", f"/__emulator__/transactions/{name}/commit")

        row = self.rows[account]
        assert status == (400 if row.deleted else 204)
        if not row.deleted:
            row.fields["Name"], row.stamp = word, began

    # --- what must hold -----------------------------------------------------------------------

    @rule()
    def look(self) -> None:
        self._query_shows_the_living()
        self._query_all_shows_the_bin_too()
        self._the_log_has_what_went()
        self._get_updated_has_the_rest()
        self._nothing_lives_under_a_parent_it_cannot_be_without()
        self._a_task_belongs_to_the_account_it_is_about()
        self._each_record_answers_for_itself()

    def _query_shows_the_living(self) -> None:
        for kind in KINDS:
            assert self._read(kind, everything=False) == {
                each: _told(row) for each, row in self._of(kind) if not row.deleted
            }
            _, counted = self.api.call("GET", "query", q=f"SELECT COUNT() FROM {kind}")
            assert counted["totalSize"] == sum(not row.deleted for _, row in self._of(kind))

    def _query_all_shows_the_bin_too(self) -> None:
        for kind in KINDS:
            assert self._read(kind, everything=True) == {
                each: _told(row) for each, row in self._of(kind) if not row.purged
            }

    def _the_log_has_what_went(self) -> None:
        window = {"start": START.isoformat(), "end": (self.now + timedelta(hours=1)).isoformat()}
        for kind in KINDS:
            _, body = self.api.call("GET", f"sobjects/{kind}/deleted", **window)
            assert {each["id"]: each["deletedDate"] for each in body["deletedRecords"]} == {
                each: _rest(row.gone_at) for each, row in self._of(kind) if row.deleted
            }

    def _get_updated_has_the_rest(self) -> None:
        window = {"start": START.isoformat(), "end": (self.now + timedelta(hours=1)).isoformat()}
        for kind in KINDS:
            _, body = self.api.call("GET", f"sobjects/{kind}/updated", **window)
            assert set(body["ids"]) == {each for each, row in self._of(kind) if not row.deleted}
            covered = self.late[1] if self.late else self.now
            assert body["latestDateCovered"] == _rest(covered)

    def _nothing_lives_under_a_parent_it_cannot_be_without(self) -> None:
        for kind, relations in self.cascades.items():
            for child, name in relations:
                gone = f"(SELECT Id FROM {kind} WHERE IsDeleted = true)"
                statement = f"SELECT Id FROM {child} WHERE IsDeleted = false AND {name} IN {gone}"
                assert self.api.query(statement, everything=True) == []

    def _a_task_belongs_to_the_account_it_is_about(self) -> None:
        for record in self.api.query("SELECT WhatId, WhoId, AccountId FROM Task"):
            who = self.rows.get(record["WhoId"] or "")
            beside = who.fields["AccountId"] if who else None
            assert record["AccountId"] == (record["WhatId"] or beside)

    def _each_record_answers_for_itself(self) -> None:
        for each, row in self.rows.items():
            status, body = self.api.call("GET", f"sobjects/{row.kind}/{each}")
            if not row.deleted:
                assert (status, body["Id"]) == (200, each)
            else:
                code = "NOT_FOUND" if row.purged else "ENTITY_IS_DELETED"
                assert (status, body[0]["errorCode"]) == (404, code)

    # --- the model ----------------------------------------------------------------------------

    def _pass(self, seconds: int) -> None:
        self.api.org.clock.advance(seconds)
        self.now += timedelta(seconds=seconds)

    def _of(self, kind: str) -> Iterator[tuple[str, Row]]:
        return ((each, row) for each, row in self.rows.items() if row.kind == kind)

    def _pick(self, kind: str, number: int) -> str | None:
        living = [each for each, row in self._of(kind) if not row.deleted]
        return living[number % len(living)] if living else None

    def _gone(self, record_id: str, *, root: str) -> None:
        row = self.rows[record_id]
        row.deleted, row.root, row.gone_at, row.stamp = True, root, self.now, self.now
        for child, name in self.cascades[row.kind]:
            for each, other in list(self._of(child)):
                if not other.deleted and other.fields.get(name) == record_id:
                    self._gone(each, root=root)
        for other in self.rows.values():
            self._forget(other, record_id)

    def _forget(self, row: Row, record_id: str) -> None:
        """A lookup that does not cascade loses its parent."""
        for name in PARENTS[row.kind]:
            if row.fields.get(name) == record_id and not row.deleted:
                row.fields[name] = None

    def _orphan(self, row: Row) -> bool:
        parents = [self.rows.get(row.fields.get(name) or "") for name in PARENTS[row.kind]]
        return any(parent is not None and parent.deleted for parent in parents)

    def _kin(self, one: str, other: str) -> bool:
        return any(
            self.rows[a].fields.get("ParentId") == b for a, b in ((one, other), (other, one))
        )

    def _read(self, kind: str, *, everything: bool) -> dict[str, dict[str, Any]]:
        names = [LABEL[kind], *PARENTS[kind], "IsDeleted", "SystemModstamp"]
        if kind != "Task":
            names.append("MasterRecordId")
        statement = f"SELECT Id, {', '.join(names)} FROM {kind}"
        records = self.api.query(statement, everything=everything)
        return {record.pop("Id"): record for record in records}


def _told(row: Row) -> dict[str, Any]:
    told: dict[str, Any] = {LABEL[row.kind]: row.fields[LABEL[row.kind]]}
    told |= {name: row.fields.get(name) for name in PARENTS[row.kind]}
    told |= {"IsDeleted": row.deleted, "SystemModstamp": _rest(row.stamp)}
    return told if row.kind == "Task" else {**told, "MasterRecordId": row.master}


def _rest(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000+0000"


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
