# ruff: noqa: S608  names in statements come from tables of this test
"""Random lives of records: whatever is done, in whatever order, the org's promises hold.

The model is a dict of rows and knows of the org only what its describes say about cascades.
"""

from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from local.salesforce.ids import normalise
from local.salesforce.inprocess import Api
from local.salesforce.org import opened
from tests.property.emulator.living import (
    KINDS,
    LABEL,
    PARENTS,
    PREFIXES,
    START,
    Model,
    Row,
    rest,
    told,
)
from tests.searching import examples

WORDS: Final = st.sampled_from(["Acme", "Zoë 🚀", "x", "O'Neil", "100%"])
PICK: Final = st.integers(0, 7)
SECONDS: Final = st.sampled_from([0, 1, 59, 60, 3_600])


class Lives(RuleBasedStateMachine):
    """`late` is the write of a transaction that is still open."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.api = Api.signed_in(self.stack.enter_context(opened()))
        self.api.org.clock.fix(START)
        self.model = Model()
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
            self.model.cascades[kind] = [
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
            fields[name] = self.model.pick(parent, number)

        record_id = self.api.create(kind, **fields)

        assert normalise(record_id) == record_id
        assert record_id.startswith(PREFIXES[kind])
        assert record_id not in self.model.rows
        self.model.rows[record_id] = Row(kind, fields, self.model.now)

    @rule(kind=st.sampled_from(KINDS), number=PICK, word=WORDS, seconds=SECONDS)
    def update(self, kind: str, number: int, word: str, seconds: int) -> None:
        record_id = self.model.pick(kind, number)
        if record_id is None:
            return
        self._pass(seconds)

        status, body = self.api.call("PATCH", f"sobjects/{kind}/{record_id}", {LABEL[kind]: word})

        assert (status, body) == (204, None)
        self.model.rows[record_id].fields[LABEL[kind]] = word
        self.model.rows[record_id].stamp = self.model.now

    @rule(number=PICK, to=PICK, seconds=SECONDS)
    def move_a_contact(self, number: int, to: int, seconds: int) -> None:
        contact, account = self.model.pick("Contact", number), self.model.pick("Account", to)
        if contact is None:
            return
        self._pass(seconds)

        status, _ = self.api.call("PATCH", f"sobjects/Contact/{contact}", {"AccountId": account})

        assert status == 204
        self.model.rows[contact].fields["AccountId"] = account
        self.model.rows[contact].stamp = self.model.now

    @rule(kind=st.sampled_from(KINDS), number=PICK, seconds=SECONDS)
    def delete(self, kind: str, number: int, seconds: int) -> None:
        record_id = self.model.pick(kind, number)
        if record_id is None:
            return
        self._pass(seconds)

        status, _ = self.api.call("DELETE", f"sobjects/{kind}/{record_id}")

        assert status == 204
        self.model.gone(record_id, root=record_id)

    @rule(number=PICK, seconds=SECONDS)
    def undelete(self, number: int, seconds: int) -> None:
        binned = [
            each
            for each, row in self.model.rows.items()
            if row.deleted and not row.purged and row.root == each
        ]
        if not binned:
            return
        self._pass(seconds)
        root = binned[number % len(binned)]

        status, body = self.api.call("POST", "/__emulator__/undelete", {"ids": [root]})

        assert status == 200, body
        assert set(body["undeleted"]) == set(self.model.back(root))

    @rule(kind=st.sampled_from(["Account", "Contact"]), pair=st.tuples(PICK, PICK))
    def merge(self, kind: str, pair: tuple[int, int]) -> None:
        winner, loser = (self.model.pick(kind, number) for number in pair)
        if winner is None or loser is None or winner == loser or self.model.kin(winner, loser):
            return
        body = {"sobject": kind, "winner": winner, "losers": [loser]}

        status, answer = self.api.call("POST", "/__emulator__/merge", body)

        assert status == 204, answer
        for row in self.model.rows.values():
            for name in PARENTS[row.kind]:
                if row.fields.get(name) == loser:
                    row.fields[name] = winner
        row = self.model.rows[loser]
        row.deleted, row.root, row.gone_at, row.master = True, loser, self.model.now, winner
        row.stamp = self.model.rows[winner].stamp = self.model.now

    @rule(kind=st.sampled_from(KINDS))
    def empty_the_bin(self, kind: str) -> None:
        binned = [row for row in self.model.rows.values() if row.kind == kind and row.deleted]

        status, body = self.api.call("POST", "/__emulator__/purge", {"sobject": kind})

        assert (status, body) == (200, {"purged": sum(not row.purged for row in binned)})
        for row in binned:
            row.purged = True

    @precondition(lambda self: self.late is None)
    @rule(number=PICK, word=WORDS)
    def a_long_transaction_begins(self, number: int, word: str) -> None:
        account = self.model.pick("Account", number)
        if account is None:
            return
        operation = {"op": "update", "sobject": "Account", "id": account, "fields": {"Name": word}}

        _, body = self.api.call("POST", "/__emulator__/transactions", {"operations": [operation]})

        self.late = (body["id"], self.model.now, account, word)

    @precondition(lambda self: self.late is not None)
    @rule(seconds=SECONDS)
    def it_commits(self, seconds: int) -> None:
        assert self.late is not None
        name, began, account, word = self.late
        self.late = None
        self._pass(seconds)

        status, _ = self.api.call("POST", f"/__emulator__/transactions/{name}/commit")

        row = self.model.rows[account]
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
                each: told(row) for each, row in self.model.of(kind) if not row.deleted
            }
            _, counted = self.api.call("GET", "query", q=f"SELECT COUNT() FROM {kind}")
            assert counted["totalSize"] == sum(not row.deleted for _, row in self.model.of(kind))

    def _query_all_shows_the_bin_too(self) -> None:
        for kind in KINDS:
            assert self._read(kind, everything=True) == {
                each: told(row) for each, row in self.model.of(kind) if not row.purged
            }

    def _the_log_has_what_went(self) -> None:
        window = {
            "start": START.isoformat(),
            "end": (self.model.now + timedelta(hours=1)).isoformat(),
        }
        for kind in KINDS:
            _, body = self.api.call("GET", f"sobjects/{kind}/deleted", **window)
            assert {each["id"]: each["deletedDate"] for each in body["deletedRecords"]} == {
                each: rest(row.gone_at) for each, row in self.model.of(kind) if row.deleted
            }

    def _get_updated_has_the_rest(self) -> None:
        window = {
            "start": START.isoformat(),
            "end": (self.model.now + timedelta(hours=1)).isoformat(),
        }
        for kind in KINDS:
            _, body = self.api.call("GET", f"sobjects/{kind}/updated", **window)
            assert set(body["ids"]) == {
                each for each, row in self.model.of(kind) if not row.deleted
            }
            covered = self.late[1] if self.late else self.model.now
            assert body["latestDateCovered"] == rest(covered)

    def _nothing_lives_under_a_parent_it_cannot_be_without(self) -> None:
        for kind, relations in self.model.cascades.items():
            for child, name in relations:
                gone = f"(SELECT Id FROM {kind} WHERE IsDeleted = true)"
                statement = f"SELECT Id FROM {child} WHERE IsDeleted = false AND {name} IN {gone}"
                assert self.api.query(statement, everything=True) == []

    def _a_task_belongs_to_the_account_it_is_about(self) -> None:
        for record in self.api.query("SELECT WhatId, WhoId, AccountId FROM Task"):
            who = self.model.rows.get(record["WhoId"] or "")
            beside = who.fields["AccountId"] if who else None
            assert record["AccountId"] == (record["WhatId"] or beside)

    def _each_record_answers_for_itself(self) -> None:
        for each, row in self.model.rows.items():
            status, body = self.api.call("GET", f"sobjects/{row.kind}/{each}")
            if not row.deleted:
                assert (status, body["Id"]) == (200, each)
            else:
                code = "NOT_FOUND" if row.purged else "ENTITY_IS_DELETED"
                assert (status, body[0]["errorCode"]) == (404, code)

    def _pass(self, seconds: int) -> None:
        self.api.org.clock.advance(seconds)
        self.model.go_on(seconds)

    def _read(self, kind: str, *, everything: bool) -> dict[str, dict[str, Any]]:
        names = [LABEL[kind], *PARENTS[kind], "IsDeleted", "SystemModstamp"]
        if kind != "Task":
            names.append("MasterRecordId")
        statement = f"SELECT Id, {', '.join(names)} FROM {kind}"
        records = self.api.query(statement, everything=everything)
        return {record.pop("Id"): record for record in records}


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=examples(50), stateful_step_count=30)
