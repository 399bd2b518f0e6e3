"""One org, spoken to through simple-salesforce: every call retried, counted and translated."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, Any, Final, TypeVar
from urllib.parse import quote_plus, urlsplit

import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceError

from syncline.errors import RetryableError, SyncError
from syncline.ports import JsonObject
from syncline.salesforce.breakage import broken
from syncline.salesforce.faults import Answer, answer, refusal
from syncline.salesforce.limits import Meter
from syncline.salesforce.patience import Patience
from syncline.salesforce.tokens import Sessions
from syncline.salesforce.transport import ApiSession

T = TypeVar("T")
Judge = Callable[[Answer], SyncError]

LONGEST_URL: Final = 12_000
"""Bytes of an encoded query. URI and headers together may have 16,384 (help article 000386264)."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a query: `next` is the address of the next one, verbatim."""

    records: list[dict[str, Any]]
    total: int
    next: str | None


class OrgSession:
    """The calls that the adapter makes. Raises only SyncErrors.

    Reads and repeatable writes are made again after a passing fault; `once` calls are not.
    """

    def __init__(
        self,
        sessions: Sessions,
        http: ApiSession,
        meter: Meter,
        *,
        api_version: str,
        patience: Patience,
        page_size: int,
    ) -> None:
        self.sessions = sessions
        self.meter = meter
        self.api_version = api_version
        self._http = http
        self._patience = patience
        self._options = _options(page_size)
        self._sf = Salesforce(
            session_id="set by the transport",
            instance_url=sessions.origin,
            session=http,
            version=api_version,
            object_pairs_hook=None,
        )

    @property
    def host(self) -> str:
        return urlsplit(self.sessions.origin).netloc

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """JSON of a resource below `/services/data/vNN.0/`."""
        return self._read(lambda: self._sf.restful(path, params=dict(params or {})))

    def query(self, soql: str, *, page_size: int | None = None) -> Page:
        """The first page, deleted and archived records included. Pages hold 200 at least."""
        if len(quote_plus(soql)) > LONGEST_URL:
            return self._long_query(soql)
        options = self._options if page_size is None else _options(page_size)
        return self._read(
            lambda: _page(self._sf.query(soql, include_deleted=True, headers=options))
        )

    def query_more(self, next_url: str) -> Page:
        """The page at an address that an earlier page gave."""
        return self._read(
            lambda: _page(
                self._sf.query_more(next_url, identifier_is_url=True, headers=self._options)
            )
        )

    def once(
        self, method: str, path: str, body: JsonObject | None = None, judge: Judge = refusal
    ) -> Any:
        """A call that must not be made twice, such as creating a Bulk job."""
        return self._translated(lambda: self._sf.restful(path, method=method, json=body), judge)

    def put(self, method: str, path: str, body: JsonObject | None, judge: Judge) -> Any:
        """A write that changes nothing more when it is repeated."""
        return self._patience(lambda: self.once(method, path, body, judge))

    def upload(self, path: str, file: IO[bytes], judge: Judge = refusal) -> None:
        """Streams a CSV from where it begins; made once."""
        file.seek(0)
        headers = {"Content-Type": "text/csv; charset=UTF-8"}
        url = f"{self._sf.base_url}{path}"

        def call() -> None:
            with self._http.request("PUT", url, data=file, headers=headers) as response:
                if response.status_code >= 300:
                    raise judge(answer(response.status_code, _body(response), self.host))

        self._translated(call)

    def download(
        self, path: str, params: Mapping[str, str], receive: Callable[[requests.Response], T]
    ) -> T:
        """Hands a streamed body to `receive`, which may be called anew after a broken answer."""
        url = f"{self._sf.base_url}{path}"

        def once() -> T:
            with self._streamed(url, params) as response:
                if response.status_code >= 300:
                    raise refusal(answer(response.status_code, _body(response), self.host))
                return receive(response)

        return self._read(once)

    def _streamed(
        self, url: str, params: Mapping[str, str]
    ) -> AbstractContextManager[requests.Response]:
        return self._http.request(
            "GET", url, params=dict(params), headers={"Accept": "text/csv"}, stream=True
        )

    def _long_query(self, soql: str) -> Page:
        """Inside a Composite body a query has no URL to be too long: Salesforce's own advice."""
        url = f"/services/data/v{self.api_version}/queryAll?q={quote_plus(soql)}"
        part = {"method": "GET", "url": url, "referenceId": "query"}
        outer: Any = self._read(
            lambda: self._sf.restful("composite", method="POST", json={"compositeRequest": [part]})
        )
        inner = outer["compositeResponse"][0]
        if inner["httpStatusCode"] >= 300:
            raise refusal(answer(inner["httpStatusCode"], inner["body"], self.host))
        return _page(inner["body"])

    def _read(self, call: Callable[[], T]) -> T:
        return self._patience(lambda: self._translated(call))

    def _translated(self, call: Callable[[], T], judge: Judge = refusal) -> T:
        try:
            return call()
        except SyncError:
            raise
        except SalesforceError as exc:
            raise judge(answer(exc.status, exc.content, self.host)) from exc
        except requests.RequestException as exc:
            raise broken(exc, self.host) from exc


def _options(page_size: int) -> dict[str, str]:
    return {"Sforce-Query-Options": f"batchSize={min(max(page_size, 200), 2000)}"}


def _page(body: Any) -> Page:
    if not isinstance(body, Mapping) or "records" not in body:
        raise RetryableError("Salesforce answered a query oddly.", code="odd_answer")
    following = None if body.get("done", True) else str(body["nextRecordsUrl"])
    return Page(body["records"], int(body["totalSize"]), following)


def _body(response: requests.Response) -> Any:
    try:
        return response.json()
    except requests.JSONDecodeError:
        return response.text
