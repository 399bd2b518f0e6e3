"""One org: its rows, schema, clock, sessions and knobs, and what it is born with."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from local.salesforce.acting import Acting
from local.salesforce.apps import App, Apps
from local.salesforce.bulk.runner import Job, Runner
from local.salesforce.bulk.v1_board import Board
from local.salesforce.clock import Clock
from local.salesforce.cursors import Cursor
from local.salesforce.faults import Faults
from local.salesforce.firstrows import ORG_ID, USER_ID, first_rows
from local.salesforce.image import Snapshot, drop, load, read_image, save
from local.salesforce.journal import Journal
from local.salesforce.logins import Login, Logins
from local.salesforce.longrequests import LongRequests
from local.salesforce.rowfaults import chunk
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.views import Views
from local.salesforce.sessions import Sessions
from local.salesforce.store.database import Database
from local.salesforce.store.loader import Loader
from local.salesforce.store.policies import Policies
from local.salesforce.store.transactions import Failure, Transaction

CLIENT_ID: Final = "3MVG9emulator.local.syncline.0123456789abcdef"
CLIENT_SECRET: Final = "A1B2C3D4E5F60718293A4B5C6D7E8F90"
PASSWORD: Final = "emulator-password-1"
SECURITY_TOKEN: Final = "EmulatorSecurityToken001"


@dataclass(slots=True)
class Settings:
    """Knobs of the control route; sizes in rows, polls and limits in requests."""

    page_size: int = 2_000
    page_characters: int = 2_000_000
    bulk_in_progress_polls: int = 3
    bulk_page_size: int = 100_000
    bulk_slices_per_poll: int = 10
    bulk_commit_delay_seconds: float = 0.0
    bulk_lock_contention: float = 0.0
    bulk_shuffled_chunks: bool = False
    bulk_hard_delete: bool = False
    bulk_upload_bytes: int = 150_000_000
    bulk_daily_batches: int = 15_000
    bulk_daily_records: int = 150_000_000
    bulk_daily_query_jobs: int = 10_000
    bulk_daily_query_kilobytes: int = 1_000_000_000
    bulk_list_size: int = 1_000
    daily_api_requests: int = 100_000
    concurrent_long_requests: int = 25
    per_app_api_requests: int = 0
    refresh_token_rotation: bool = False
    session_timeout_minutes: float = 120.0
    logins_per_hour: int = 3_600
    password_flow: bool = True
    soap_login: bool = True
    trusted_network: bool = False
    my_domain: str = "syncline"
    shared_activities: bool = False
    replication_ids: int = 600_000


@dataclass(slots=True)
class Org:
    """Everything the routes work on."""

    database: Database
    schema: Schema
    clock: Clock
    sessions: Sessions
    apps: Apps
    scratch: Path
    logins: Logins = field(default_factory=Logins)
    journal: Journal = field(default_factory=Journal)
    faults: Faults = field(default_factory=Faults)
    long_requests: LongRequests = field(default_factory=LongRequests)
    settings: Settings = field(default_factory=Settings)
    cursors: dict[str, Cursor] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    runner: Runner = field(default_factory=Runner)
    bulk_v1: Board = field(default_factory=Board)
    transactions: dict[str, Transaction] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    requests_used: int = 0
    policies: Policies = field(default_factory=Policies)
    log_cut: datetime | None = None
    views: Views = field(default_factory=Views)

    @property
    def kept(self) -> bool:
        """Whether the database is a file that outlives the process."""
        return self.database.path != ":memory:"

    def loader(self) -> Loader:
        """What takes raw rows."""
        return Loader(self.database, self.schema, self.clock, user_id=self.sessions.user_id)

    def acting(self, user_id: str | None = None) -> Acting:
        """The org as a user acts on it: the integration user unless named."""
        policies = replace(self.policies, shared_activities=self.settings.shared_activities)
        user = user_id or self.sessions.user_id
        whole = self.views.whole(self.schema, shared=self.settings.shared_activities)
        return Acting(self.database, self._seen(whole, user), whole, self.clock, user, policies)

    def _seen(self, whole: Schema, user_id: str) -> Schema:
        if self.views.permissions.silent:
            return whole
        row = self.database.one('SELECT "ProfileId" FROM "User" WHERE "Id" = ?', (user_id,))
        profile = str(row[0]) if row else None
        return self.views.seen(whole, user_id=user_id, profile_id=profile)


def found(database: Database, *, scratch: Path) -> Org:
    """An org with an organization, one user and nothing else; an old database keeps its rows."""
    schema, clock = Schema(), Clock()
    database.create(schema.objects())
    sessions = Sessions(clock, org_id=ORG_ID, user_id=USER_ID)
    org = Org(database, schema, clock, sessions, standing_apps(), scratch)
    org.logins.put(USER_ID, Login(PASSWORD, SECURITY_TOKEN))
    if database.one('SELECT 1 FROM "Organization"') is None:
        org.loader().load(json.dumps(entry).encode() for entry in first_rows())
        database.reserve("00D")
        database.reserve("005")
    if load(org):
        database.create(org.schema.objects())
    database.chunk = partial(chunk, org)
    return org


def standing_apps() -> Apps:
    """The app that is there from the start, and its refresh token for the integration user."""
    apps = Apps(App(CLIENT_ID, CLIENT_SECRET, run_as=USER_ID))
    apps.issue(CLIENT_ID, USER_ID)
    return apps


@contextmanager
def opened(path: str | None = None, *, image: Path | None = None) -> Iterator[Org]:
    """An org for as long as the block lasts; in memory unless a file is named.

    With a database file everything survives but snapshots, the journal and open connections; the
    files of jobs lie beside it. An `image` is what the org begins as.
    """
    with _scratch(path) as scratch:
        database = Database(path or ":memory:")
        try:
            org = found(database, scratch=scratch)
            if image is not None:
                read_image(org, image)
            yield from _lived(org)
        finally:
            database.close()


def _lived(org: Org) -> Iterator[Org]:
    try:
        yield org
        if org.kept:
            save(org)
    finally:
        for job in org.jobs.values():
            job.close()
        for each in org.snapshots.values():
            drop(each)


@contextmanager
def _scratch(path: str | None) -> Iterator[Path]:
    if path is None:
        with tempfile.TemporaryDirectory(prefix="emulator-") as folder:
            yield Path(folder)
        return
    beside = Path(f"{path}.files")
    shutil.rmtree(beside / "snapshots", ignore_errors=True)
    beside.mkdir(exist_ok=True)
    yield beside


def moment_of(text: str) -> datetime:
    """An ISO moment of a control request, in UTC unless it names a zone; raises ValueError."""
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
