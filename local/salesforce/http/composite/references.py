"""`@{reference.path}` in the url and body of a subrequest: what it names and what it stands for.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/requests_composite.htm
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.messages import Answer

#: From this version on a null field of a record that was read can be referred to, and an odd
#: referenceId fails the whole request.
#: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_subrequest_result.htm
STRICT_SINCE: Final = 52.0

_MARK: Final = re.compile(r"@\{([^}]*)\}")
_STEP: Final = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_NAME: Final = re.compile(r"[^.\[]*")


@dataclass(frozen=True, slots=True)
class Done:
    """A subrequest that was answered; `row` says that it read one record by its id."""

    answer: Answer
    row: bool

    @property
    def failed(self) -> bool:
        """Nothing that depends on it can run."""
        return self.answer.status >= 400


def names_in(value: object) -> Iterator[str]:
    """The referenceIds that a url or a body mentions."""
    if isinstance(value, str):
        for mark in _MARK.finditer(value):
            yield _name(mark[1])
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from names_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from names_in(each)


def _name(reference: str) -> str:
    found = _NAME.match(reference)
    return found[0] if found else reference


@dataclass(frozen=True, slots=True)
class References:
    """What came before, by referenceId; case matters everywhere."""

    done: Mapping[str, Done]
    nulls: bool

    def check(self, value: object) -> None:
        """Raises ApiError when something mentioned did not succeed."""
        for name in names_in(value):
            before = self.done.get(name)
            if before is not None and before.failed:
                raise ApiError(Kind.DEPENDENT_HALTED, name=name)

    def text(self, text: str) -> str:
        """A url or a part of one with the values in place."""
        return _MARK.sub(lambda mark: _printed(self._value(mark[1])), text)

    def body(self, value: object) -> object:
        """JSON with the values in place; a text that is nothing but a reference takes its type."""
        if isinstance(value, str):
            whole = _MARK.fullmatch(value)
            return self.text(value) if whole is None else self._value(whole[1])
        if isinstance(value, dict):
            return {name: self.body(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.body(each) for each in value]
        return value

    def _value(self, reference: str) -> object:
        name = _name(reference)
        before = self.done.get(name)
        missing = ApiError(Kind.INVALID_REFERENCE, reference=reference, name=name)
        steps = tuple(_STEP.finditer(reference, len(name)))
        covered = "".join(step[0] for step in steps)
        if before is None or not steps or name + covered != reference:
            raise missing
        found: object = before.answer.body
        for step in steps:
            found = _taken(found, step, missing)
        if isinstance(found, dict | list) or (found is None and not self._null_allowed(before)):
            raise missing
        return found

    def _null_allowed(self, before: Done) -> bool:
        return self.nulls and before.row


def _taken(found: object, step: re.Match[str], missing: ApiError) -> object:
    if step[1] is not None and isinstance(found, Mapping) and step[1] in found:
        return found[step[1]]
    if step[2] is not None and isinstance(found, list) and int(step[2]) < len(found):
        return found[int(step[2])]
    raise missing


def _printed(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
