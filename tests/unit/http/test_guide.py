"""The page about the API names every route and every code that it promises."""

import re
from pathlib import Path

import pytest

from syncline.http.calls import Route
from syncline.http.routes import ROUTES

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "api.md").read_text()
WORKSPACE = "/v1/workspaces/{workspace}"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_is_on_the_page(route: Route) -> None:
    short = route.path.replace(f"{WORKSPACE}/", "…/") if route.within_workspace else route.path
    told = [row for row in GUIDE.splitlines() if row.startswith("|") and f"{short}`" in row]

    assert any(re.search(rf"`{route.method}\b", row) for row in told)


def test_the_page_invents_no_codes() -> None:
    table = GUIDE.split("| status | codes |")[1].split("##")[0]
    sources = "".join(path.read_text() for path in (ROOT / "shared").rglob("*.py"))
    made = {f"unknown_{what}" for what in ("workspace", "connection", "job", "run", "plan",
                                           "token", "object", "record", "conflict",
                                           "receipt")}  # fmt: skip

    for code in re.findall(r"`([a-z]+_[a-z_]+)`", table):
        assert code in made or f'"{code}"' in sources, code
