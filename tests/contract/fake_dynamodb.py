"""A DynamoDB client that refuses in part, as AWS does under load; it stores nothing."""

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError


def client_error(code: str, **more: Any) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "told by the fake"}, **more}
    return ClientError(response, "Fake")


@dataclass
class FakeDynamoDB:
    """`codes` holds, for the n-th statement asked, the error codes of its first attempts.

    `faults` are raised by the next calls. `unprocessed` reads are put off, one key a call.
    """

    codes: dict[str, list[str]] = field(default_factory=dict)
    faults: list[Exception] = field(default_factory=list)
    unprocessed: int = 0
    batches: list[int] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def batch_execute_statement(self, **request: Any) -> Any:
        self._fail()
        self.batches.append(len(request["Statements"]))
        responses = []
        for statement in request["Statements"]:
            codes = self.codes.get(statement["Parameters"][1]["S"], [])
            error = {"Error": {"Code": codes.pop(0), "Message": "refused"}} if codes else {}
            responses.append({"TableName": "t", **error})
        return {"Responses": responses}

    def batch_get_item(self, **request: Any) -> Any:
        self._fail()
        ((table, asked),) = request["RequestItems"].items()
        keys = list(asked["Keys"])
        self.batches.append(len(keys))
        assert asked["ConsistentRead"]
        left = [keys.pop()] if self.unprocessed and keys else []
        self.unprocessed -= bool(left)
        answer: dict[str, Any] = {"Responses": {table: keys}}
        if left:
            answer["UnprocessedKeys"] = {table: {"Keys": left, "ConsistentRead": True}}
        return answer

    def execute_transaction(self, **request: Any) -> Any:
        self.tokens.append(request["ClientRequestToken"])
        self._fail()
        return {}

    def _fail(self) -> None:
        if self.faults:
            raise self.faults.pop(0)
