"""The tables as our stores use them: batches of conditional statements, batched reads, queries."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import uuid4

from botocore.exceptions import ClientError

from syncline.aws.faults import CONDITION_FALSE, PASSING, code_of, fault, translated
from syncline.aws.items import check_size
from syncline.aws.meter import Contents, Meter, query_units, read_units
from syncline.aws.retries import Patience
from syncline.aws.statements import (
    Delete,
    Insert,
    Item,
    Key,
    Statement,
    item_from,
    to_partiql,
    wire,
)
from syncline.errors import InvariantError, RetryableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

STATEMENTS_PER_CALL: Final = 25
KEYS_PER_CALL: Final = 100
CALLS_AT_ONCE: Final = 8
"""A function of 1 GB has little more than half a CPU; more calls in flight only queue here."""

_In = TypeVar("_In")
_Out = TypeVar("_Out")


class Database:
    """All tables of a stage. Errors of AWS leave it as SyncError only."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        meter: Meter | None = None,
        patience: Patience | None = None,
        calls_at_once: int = CALLS_AT_ONCE,
    ) -> None:
        self._client = client
        self._meter = meter
        self._patience = patience or Patience()
        self._calls_at_once = calls_at_once

    def execute(self, statements: Sequence[Statement]) -> list[bool]:
        """Each on its own, in no order: False where its condition did not hold.

        A write whose answer was lost is sent again and may then say False: the caller looks at
        what is stored. RecordRejectedError for an item over 400 KB, before anything is sent;
        RetryableError when patience ends, with some of the statements done.
        """
        check(statements)
        chunks = list(_chunks(statements, STATEMENTS_PER_CALL))
        return [each for answers in self._at_once(self._execute, chunks) for each in answers]

    def transact(self, statements: Sequence[Statement]) -> bool:
        """All or none; at most 100. False where a condition did not hold."""
        check(statements)
        before = self._contents(statements)
        request: Any = {
            "TransactStatements": [to_partiql(statement) for statement in statements],
            "ClientRequestToken": str(uuid4()),
        }
        for _ in self._patience:
            try:
                with translated("a transaction"):
                    done = self._transact(request)
            except RetryableError:
                continue
            self._tell_meter(statements, before, transaction=True)
            return done
        raise RetryableError("a transaction was refused again and again", code="aws_unavailable")

    def get(self, table: str, keys: Collection[Key]) -> dict[Key, dict[str, Any]]:
        """The items among the keys, read consistently."""
        chunks = list(_chunks(list(dict.fromkeys(keys)), KEYS_PER_CALL))
        found: dict[Key, dict[str, Any]] = {}
        for part in self._at_once(lambda chunk: self._get(table, chunk), chunks):
            found.update(part)
        if self._meter and keys:
            self._meter.read(table, read_units(found.get(key) for key in dict.fromkeys(keys)))
        return found

    def put(self, table: str, item: Item, *, where: Item | None = None) -> bool:
        """One whole item: absent before, or with every value of `where`. For tables on which a
        function may write single items and no batches."""
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if where is not None:
            condition = condition_request(where)
        request = {"TableName": table, "Item": {name: wire(item[name]) for name in item}}
        return self._single("put_item", {**request, **condition}, Insert(table, item))

    def delete(self, table: str, key: Key) -> bool:
        """False where there was nothing."""
        request = {
            "TableName": table,
            "Key": {"pk": wire(key.pk), "sk": wire(key.sk)},
            "ConditionExpression": "attribute_exists(pk)",
        }
        return self._single("delete_item", request, Delete(table, key))

    def query(
        self,
        table: str,
        pk: str,
        *,
        prefix: str = "",
        after: str | None = None,
        before: str | None = None,
        ask: Mapping[str, Any] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Items of a partition in order of sk; consistent, unless `ask` (further parameters of
        the request, such as Limit or ScanIndexForward) says otherwise.

        `after` and `before` are sort keys, exclusive, within `prefix`.
        """
        request = query_request(pk, prefix=prefix, after=after, before=before)
        request |= {"TableName": table, "ConsistentRead": True, **(ask or {})}
        while True:
            with translated(f"a query of {table}"):
                answer = self._client.query(**request)
            items = [item_from(item) for item in answer["Items"]]
            if self._meter:
                self._meter.read(table, query_units(items, consistent=request["ConsistentRead"]))
            yield from (item for item in items if item["sk"] not in {after, before})
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._calls_at_once, thread_name_prefix="dynamodb")

    def _at_once(self, call: Callable[[_In], _Out], parts: Sequence[_In]) -> list[_Out]:
        """Waits for all, also when one fails: nothing goes on behind a caller that repeats."""
        if len(parts) < 2:
            return [call(part) for part in parts]
        futures = [self._pool.submit(call, part) for part in parts]
        wait(futures)
        return [future.result() for future in futures]

    def _single(self, call: str, request: Mapping[str, Any], statement: Statement) -> bool:
        check([statement])
        before = self._contents([statement])
        done = True
        with translated(f"a write to {statement.table}"):
            try:
                getattr(self._client, call)(**request)
            except ClientError as exc:
                if code_of(exc) not in CONDITION_FALSE:
                    raise
                done = False
        self._tell_meter([statement], before)
        return done

    def _execute(self, statements: Sequence[Statement]) -> list[bool]:
        before = self._contents(statements)
        answers: list[bool | None] = [None] * len(statements)
        for _ in self._patience:
            open_ = [index for index, answer in enumerate(answers) if answer is None]
            wired: Any = [to_partiql(statements[index]) for index in open_]
            with translated("a batch of writes"):
                response = self._client.batch_execute_statement(Statements=wired)
            for index, result in zip(open_, response["Responses"], strict=True):
                answers[index] = _answer(statements[index], result.get("Error"))
            if None not in answers:
                self._tell_meter(statements, before)
                return [bool(answer) for answer in answers]
        raise RetryableError("writes were refused again and again", code="aws_unavailable")

    def _transact(self, request: Any) -> bool:
        try:
            self._client.execute_transaction(**request)
        except ClientError as exc:
            if code_of(exc) != "TransactionCanceledException":
                raise
            reasons: list[Any] = exc.response.get("CancellationReasons") or []
            codes = {str(reason.get("Code")) for reason in reasons} - {"None"}
            if codes & PASSING:
                raise RetryableError("a transaction met another", code="aws_busy") from exc
            if codes and codes <= CONDITION_FALSE:
                return False
            raise fault(", ".join(sorted(codes)), str(exc), "a transaction") from exc
        return True

    def _get(self, table: str, keys: Sequence[Key]) -> dict[Key, dict[str, Any]]:
        found: dict[Key, dict[str, Any]] = {}
        wired = [{"pk": {"S": key.pk}, "sk": {"S": key.sk}} for key in keys]
        request: Any = {table: {"Keys": wired, "ConsistentRead": True}}
        for _ in self._patience:
            with translated(f"items of {table}"):
                answer = self._client.batch_get_item(RequestItems=request)
            for wired_item in answer["Responses"].get(table, []):
                item = item_from(wired_item)
                found[Key(item["pk"], item["sk"])] = item
            request = answer.get("UnprocessedKeys")
            if not request:
                return found
        raise RetryableError(f"reads of {table} were put off again and again", code="aws_busy")

    def _contents(self, statements: Iterable[Statement]) -> Mapping[str, Contents]:
        """What a meter needs to know sizes; nothing is read without one."""
        if self._meter is None:
            return {}
        by_table: dict[str, list[Key]] = {}
        for statement in statements:
            by_table.setdefault(statement.table, []).append(statement.key)
        return {
            table: {key: found.get(key) for key in keys}
            for table, keys in by_table.items()
            for found in [self._get(table, keys)]
        }

    def _tell_meter(
        self,
        statements: Sequence[Statement],
        before: Mapping[str, Contents],
        *,
        transaction: bool = False,
    ) -> None:
        if self._meter:
            for table, after in self._contents(statements).items():
                self._meter.wrote(table, before[table], after, transaction=transaction)


def check(statements: Sequence[Statement]) -> None:
    """Refuses what DynamoDB refuses and emulators accept: one item twice, an empty key."""
    seen = {(statement.table, statement.key) for statement in statements}
    if len(seen) != len(statements):
        raise InvariantError("one item is written twice in a batch", code="repeated_key")
    for statement in statements:
        if not all(statement.key):
            raise InvariantError("an item without a key", code="empty_key")
        if isinstance(statement, Insert):
            check_size(statement.item, statement.key.sk)


def query_request(pk: str, *, prefix: str, after: str | None, before: str | None) -> dict[str, Any]:
    """Key conditions allow one range on the sort key, so what ends the prefix is its last text."""
    condition, values = "pk = :pk", {":pk": {"S": pk}}
    if after is not None or before is not None:
        condition += " AND sk BETWEEN :from AND :to"
        values[":from"] = {"S": after if after is not None else prefix or " "}
        values[":to"] = {"S": before if before is not None else prefix + "\U0010ffff"}
    elif prefix:
        condition += " AND begins_with(sk, :prefix)"
        values[":prefix"] = {"S": prefix}
    return {"KeyConditionExpression": condition, "ExpressionAttributeValues": values}


def condition_request(where: Item) -> dict[str, Any]:
    names = {f"#{index}": name for index, name in enumerate(where)}
    values = {f":{index}": wire(where[name]) for index, name in enumerate(where)}
    text = " AND ".join(f"#{index} = :{index}" for index in range(len(where)))
    return {
        "ConditionExpression": text,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }


def _answer(statement: Statement, error: Any) -> bool | None:
    """None: to be asked again."""
    if not error:
        return True
    code = str(error.get("Code"))
    if code in CONDITION_FALSE:
        return False
    if code in PASSING:
        return None
    raise fault(code, str(error.get("Message", "")), f"a write to {statement.table}")


def _chunks(items: Sequence[_In], size: int) -> Iterator[list[_In]]:
    left = iter(items)
    while chunk := list(islice(left, size)):
        yield chunk
