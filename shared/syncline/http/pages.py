"""Pages of lists: limits, opaque cursors, and answers that stay below Lambda's 6 MB."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from typing import Any, Final, NoReturn, TypeVar

from syncline.http.messages import Request
from syncline.http.problems import Flaw, RequestError

_DEFAULT: Final = 50
_MOST: Final = 200
_MOST_BYTES: Final = 3_000_000

Item = TypeVar("Item")


def limit_of(request: Request, *, default: int = _DEFAULT, most: int = _MOST) -> int:
    """The query's `limit`. RequestError 400."""
    text = request.query.get("limit", str(default))
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0
    if not 1 <= number <= most:
        remedy = f"Give a number from 1 to {most}."
        flaw = Flaw("query", "limit", "invalid_parameter", "no such limit", remedy, text)
        raise RequestError(400, "invalid_parameter", f"'limit' is 1 to {most}", flaws=[flaw])
    return number


def choice_of(request: Request, name: str, choices: Iterable[str]) -> str | None:
    """A query parameter that is one of the choices, or absent. RequestError 400."""
    given = request.query.get(name)
    known = list(choices)
    if given is not None and given not in known:
        remedy = f"Use one of {', '.join(known)}, or leave it out."
        flaw = Flaw("query", name, "invalid_parameter", f"no such {name}", remedy, given)
        raise RequestError(400, "invalid_parameter", f"there is no {name} '{given}'", flaws=[flaw])
    return given


def cursor_of(request: Request, *types: type) -> tuple[Any, ...] | None:
    """The parts that `next_of` was given, of these types; None on the first page.

    RequestError 400 for anything that was not made here.
    """
    text = request.query.get("cursor")
    if text is None:
        return None
    try:
        parts = json.loads(urlsafe_b64decode(text.encode("ascii")))
    except (ValueError, RecursionError):
        _refuse_cursor()
    if not isinstance(parts, list) or [type(part) for part in parts] != list(types):
        _refuse_cursor()
    return tuple(parts)


def next_of(*parts: str | int) -> str:
    return urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode()


def page_of(
    found: Iterable[Item],
    *,
    limit: int,
    show: Callable[[Item], Any],
    after: Callable[[Item], str],
) -> dict[str, Any]:
    """`{"items": […], "next": cursor or null}`; one item more is read to know whether to go on.

    A page ends early where its items are large, never before the first.
    """
    items: list[Any] = []
    size, last = 0, None
    for item in found:
        if last is not None and (len(items) == limit or size > _MOST_BYTES):
            return {"items": items, "next": after(last)}
        shown = show(item)
        size += len(json.dumps(shown))
        items.append(shown)
        last = item
    return {"items": items, "next": None}


def _refuse_cursor() -> NoReturn:
    remedy = "Use 'next' of the page before, or leave the cursor out."
    flaw = Flaw("query", "cursor", "invalid_cursor", "no cursor of this list", remedy)
    raise RequestError(
        400, "invalid_cursor", "the cursor does not belong to this list", flaws=[flaw]
    ) from None
