"""Lambda's Invoke call at the AWS address, for functions and tools that invoke by API."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import unquote

from local.cloud.asynchronous import AsyncInvoker
from local.cloud.functions import FunctionPool
from local.cloud.http_api import json_answer
from local.cloud.loopback import Answer, Request

INVOKE: Final = "lambda:InvokeFunction"
MayInvoke = Callable[[str, str], bool]
_PREFIX: Final = "/2015-03-31/functions/"


class LambdaService:
    """Finds functions by name or ARN.

    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
    """

    def __init__(
        self, pools: Mapping[str, FunctionPool], asynchronous: AsyncInvoker, may: MayInvoke
    ) -> None:
        """`may` says whether a role (its ARN) is granted to invoke a function (its ARN)."""
        self._may = may
        self._by_arn = pools
        self._by_name = {pool.spec.name: pool for pool in pools.values()}
        self._asynchronous = asynchronous

    def pool(self, name_or_arn: str) -> FunctionPool:
        """Raises KeyError for a function that is not here."""
        found = self._by_arn.get(name_or_arn) or self._by_name.get(name_or_arn)
        if found is None:
            raise KeyError(f"no function {name_or_arn}")
        return found

    def intercept(self, request: Request, role: str = "") -> Answer | None:
        """The answer to an Invoke call, None for every other request.

        Without a role the caller is the account's root.
        """
        if not (request.path.startswith(_PREFIX) and request.path.endswith("/invocations")):
            return None
        name = unquote(request.path.removeprefix(_PREFIX).removesuffix("/invocations"))
        try:
            pool = self.pool(name)
        except KeyError as exc:
            return json_answer(404, {"Type": "User", "message": str(exc)})
        if role and not self._may(role, pool.spec.arn):
            refusal = {"message": f"{role} is not authorized to perform: {INVOKE}"}
            answer = json_answer(403, refusal)
            kind = ("X-Amzn-ErrorType", "AccessDeniedException")
            return Answer(403, answer.body, (*answer.headers, kind))
        return self._invoke(pool, request)

    def _invoke(self, pool: FunctionPool, request: Request) -> Answer:
        event = json.loads(request.body or b"{}")
        if request.headers.get("X-Amz-Invocation-Type") == "Event":
            self._asynchronous.submit(pool, event)
            return Answer(202)
        result = pool.invoke(event)
        answer = json_answer(200, result.payload)
        if result.error is None:
            return answer
        return Answer(200, answer.body, (*answer.headers, ("X-Amz-Function-Error", result.error)))
