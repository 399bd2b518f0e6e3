"""The AWS adapters on an emulator: tables as the template defines them, new for each test."""

import itertools
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from syncline.aws.clients import Clients
from syncline.aws.database import Database
from syncline.aws.meter import UnitMeter
from syncline.aws.statements import item_from
from syncline.memory.clock import MemoryClock
from syncline.platform.records import DynamoRecords
from syncline.store.bodies import BucketBodies
from syncline.store.configuration import DynamoConfiguration
from syncline.store.conflicts import DynamoConflicts
from syncline.store.failures import DynamoFailures
from syncline.store.journal import BucketJournal
from syncline.store.links import DynamoLinks
from syncline.store.receipts import DynamoReceipts
from syncline.store.runs import DynamoRuns
from syncline.store.secrets import ManagedSecrets
from syncline.store.tokens import DynamoTokens
from syncline.store.troubles import DynamoTroubles
from syncline.store.turnstile import DynamoTurnstile

KEPT = timedelta(days=7)
TEMPLATE = Path(__file__).parents[2] / "template.yaml"
TABLES = ("RecordsTable", "CrossReferencesTable", "RunsTable", "ConfigurationTable")
_KEPT = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")

_numbers = itertools.count(1)


class _Loader(yaml.SafeLoader):
    """Reads the template without resolving its functions; the keys of tables use none."""


_Loader.add_multi_constructor("!", lambda _loader, suffix, _node: suffix)


def table_definitions() -> dict[str, dict[str, Any]]:
    """Keys and indexes of each table of the template."""
    resources = yaml.load(TEMPLATE.read_text(), _Loader)["Resources"]  # noqa: S506 - a SafeLoader
    return {
        name: {key: value for key, value in resources[name]["Properties"].items() if key in _KEPT}
        for name in TABLES
    }


class _Tables(dict[str, str]):
    """Names of tables by their names in the template; each is made when it is first asked for."""

    def __init__(self, clients: Clients, definitions: dict[str, Any], number: int) -> None:
        super().__init__()
        self._clients = clients
        self._definitions = definitions
        self._number = number

    def __missing__(self, name: str) -> str:
        table = self[name] = f"{name}-{self._number}"
        self._clients.dynamodb.create_table(
            TableName=table, BillingMode="PAY_PER_REQUEST", **self._definitions[name]
        )
        return table


class AwsCloud:
    """One stage of its own in a shared emulator; units are counted when `metered`."""

    def __init__(
        self, clients: Clients, definitions: dict[str, Any], *, metered: bool = False
    ) -> None:
        self._number = number = next(_numbers)
        self.clients = clients
        self.tables = _Tables(clients, definitions, number)
        self.meter = self._meter() if metered else None
        self.database = Database(clients.dynamodb, meter=self.meter)
        self.secrets = ManagedSecrets(clients.secrets, f"stage-{number}/connections/")
        self.clock = MemoryClock()

    @cached_property
    def runs(self) -> DynamoRuns:
        return DynamoRuns(self.database, self.tables["RunsTable"], kept=KEPT, clock=self.clock)

    @cached_property
    def configuration(self) -> DynamoConfiguration:
        return DynamoConfiguration(self.database, self.tables["ConfigurationTable"])

    @cached_property
    def tokens(self) -> DynamoTokens:
        return DynamoTokens(self.database, self.tables["ConfigurationTable"])

    @cached_property
    def bucket(self) -> str:
        region: Any = self.clients.s3.meta.region_name
        place: Any = {"LocationConstraint": region}
        name = f"journal-{self._number}"
        self.clients.s3.create_bucket(Bucket=name, CreateBucketConfiguration=place)
        return name

    @cached_property
    def journal(self) -> BucketJournal:
        return BucketJournal(self.clients.s3, self.bucket)

    @cached_property
    def turnstile(self) -> DynamoTurnstile:
        return DynamoTurnstile(self.database, self.tables["RunsTable"])

    @cached_property
    def failures(self) -> DynamoFailures:
        return DynamoFailures(self.database, self.tables["RunsTable"])

    @cached_property
    def troubles(self) -> DynamoTroubles:
        return DynamoTroubles(self.database, self.tables["RunsTable"])

    def _meter(self) -> UnitMeter:
        indexes = {"changes": ("feed", "changed_at"), "waiting": ("waiting", "waits_since")}
        return UnitMeter(indexes={self.tables["RecordsTable"]: indexes})

    def links(self, workspace: str, connection: str) -> DynamoLinks:
        table = self.tables["CrossReferencesTable"]
        return DynamoLinks(
            self.database, table, workspace=workspace, connection=connection, kept=KEPT
        )

    def records(self, workspace: str) -> DynamoRecords:
        return DynamoRecords(self.database, self.tables["RecordsTable"], workspace=workspace)

    def conflicts(self, workspace: str) -> DynamoConflicts:
        table = self.tables["CrossReferencesTable"]
        return DynamoConflicts(self.database, table, workspace=workspace)

    def receipts(self, workspace: str) -> DynamoReceipts:
        table = self.tables["RunsTable"]
        return DynamoReceipts(self.database, table, workspace=workspace, kept=KEPT)

    def bodies(self, workspace: str) -> BucketBodies:
        return BucketBodies(self.clients.s3, self.bucket, workspace=workspace)

    def items(self, name: str) -> dict[tuple[str, str], dict[str, Any]]:
        """Everything in a table."""
        pages = self.clients.dynamodb.get_paginator("scan").paginate(TableName=self.tables[name])
        items = [item_from(item) for page in pages for item in page["Items"]]
        return {(item["pk"], item["sk"]): item for item in items}
