"""Builds the ports from settings. AWS clients are made once and when they are first used.

Salesforce's libraries are imported only where a connection can be opened: `api`, `authorizer` and
`sweeper` never load them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from syncline.aws.clients import Clients
from syncline.aws.database import Database
from syncline.aws.faults import translated
from syncline.config.models import Connection
from syncline.errors import ConfigurationError
from syncline.messaging.dead_letters import SqsDeadLetters
from syncline.messaging.notifications import TopicNotifications
from syncline.messaging.queues import SqsQueues
from syncline.messaging.schedules import SchedulerSchedules, ScheduleSettings
from syncline.messaging.starter import LambdaStarter, functions_by_prefix
from syncline.platform.records import DynamoRecords
from syncline.ports import (
    Bodies,
    BodiesFactory,
    Clock,
    Configuration,
    Conflicts,
    ConflictsFactory,
    Crm,
    CrmFactory,
    DeadLetters,
    Failures,
    JobStarter,
    Journal,
    JsonObject,
    Links,
    LinksFactory,
    Notifications,
    PlatformRecords,
    Receipts,
    ReceiptsFactory,
    RecordsFactory,
    Runs,
    Schedules,
    Secrets,
    Tokens,
    Troubles,
    Turnstile,
    WriteBackQueues,
)
from syncline.runtime.clock import Haste, SystemClock
from syncline.runtime.settings import (
    AuthorizerSettings,
    ConfigurationSettings,
    DeadLetterSettings,
    JournalSettings,
    LinksSettings,
    OrgSettings,
    QueueSettings,
    RecordsSettings,
    RunsSettings,
    SchedulesSettings,
    SecretsSettings,
    StarterSettings,
    TopicSettings,
)
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
from syncline.usecases.find import find_connection

_SHORT: Final = (3.0, 15.0)
"""Seconds to connect and between two bytes of an answer, while a person waits."""


@lru_cache(maxsize=1)
def clients() -> Clients:
    """Of this process; the SDK finds region, credentials and endpoint by itself."""
    return Clients()


@lru_cache(maxsize=1)
def database() -> Database:
    return Database(clients().dynamodb)


def clock() -> Clock:
    return SystemClock()


def configuration(settings: ConfigurationSettings) -> Configuration:
    return DynamoConfiguration(database(), settings.configuration_table)


def tokens(settings: ConfigurationSettings) -> Tokens:
    return DynamoTokens(database(), settings.configuration_table)


def secrets(settings: SecretsSettings) -> Secrets:
    return ManagedSecrets(clients().secrets, settings.secret_prefix)


def runs(settings: RunsSettings) -> Runs:
    return DynamoRuns(database(), settings.runs_table, kept=settings.kept, clock=clock())


def journal(settings: JournalSettings) -> Journal:
    return BucketJournal(clients().s3, settings.journal_bucket)


def receipts_factory(settings: RunsSettings) -> ReceiptsFactory:
    def receipts(workspace: str) -> Receipts:
        table, kept = settings.runs_table, settings.kept
        return DynamoReceipts(database(), table, workspace=workspace, kept=kept)

    return receipts


def bodies_factory(settings: JournalSettings) -> BodiesFactory:
    def bodies(workspace: str) -> Bodies:
        return BucketBodies(clients().s3, settings.journal_bucket, workspace=workspace)

    return bodies


def turnstile(settings: RunsSettings) -> Turnstile:
    return DynamoTurnstile(database(), settings.runs_table)


def queues(settings: QueueSettings) -> WriteBackQueues:
    return SqsQueues(
        clients().sqs,
        immediate_url=settings.write_back_queue_url,
        bulk_url=settings.bulk_write_back_queue_url,
    )


def dead_letters(settings: DeadLetterSettings) -> DeadLetters:
    return SqsDeadLetters(
        clients().sqs,
        immediate_url=settings.write_back_dead_letters_url,
        bulk_url=settings.bulk_write_back_dead_letters_url,
    )


def failures(settings: RunsSettings) -> Failures:
    return DynamoFailures(database(), settings.runs_table)


def troubles(settings: RunsSettings) -> Troubles:
    return DynamoTroubles(database(), settings.runs_table)


def notifications(settings: TopicSettings) -> Notifications:
    return TopicNotifications(clients().sns, settings.notifications_topic_arn)


def starter(settings: StarterSettings) -> JobStarter:
    functions = functions_by_prefix(settings.job_function_arn_prefix)
    return LambdaStarter(clients().functions, functions)


def schedules(settings: SchedulesSettings) -> Schedules:
    places = ScheduleSettings(
        group=settings.schedule_group,
        role_arn=settings.scheduler_role_arn,
        function_arn=functions_by_prefix(settings.job_function_arn_prefix),
    )
    return SchedulerSchedules(clients().scheduler, places)


def links_factory(settings: LinksSettings) -> LinksFactory:
    def links(workspace: str, connection: str) -> Links:
        table = settings.cross_references_table
        return DynamoLinks(
            database(), table, workspace=workspace, connection=connection, kept=settings.kept
        )

    return links


def conflicts_factory(settings: LinksSettings) -> ConflictsFactory:
    def conflicts(workspace: str) -> Conflicts:
        return DynamoConflicts(database(), settings.cross_references_table, workspace=workspace)

    return conflicts


def records_factory(settings: RecordsSettings) -> RecordsFactory:
    def records(workspace: str) -> PlatformRecords:
        return DynamoRecords(database(), settings.records_table, workspace=workspace)

    return records


@dataclass(frozen=True, slots=True)
class TokenStore:
    """Where a connection's refresh token is kept; `given` is what was stored when it was opened."""

    secrets: Secrets
    workspace: str
    connection: str
    given: JsonObject

    def store(self, token: str) -> None:
        """A rotated one, before it is used."""
        self.secrets.put(self.workspace, self.connection, {**self.given, "refresh_token": token})

    def stored(self) -> str | None:
        """As it is now: another process may have rotated it."""
        now = self.secrets.get(self.workspace, self.connection)
        return now.get("refresh_token") if now else None


def _open_salesforce(
    described: Connection,
    stored: JsonObject,
    *,
    tokens: TokenStore,
    settings: OrgSettings,
    answer_within: float | None,
) -> Crm:
    from syncline.salesforce.connect import Options, open_connection  # noqa: PLC0415 loads lxml

    options = Options(proxy=settings.proxy, stored_refresh_token=tokens.stored)
    if answer_within is not None:
        options = replace(options, timeout=_SHORT, pause=Haste(answer_within))
    return open_connection(described, stored, store_refresh_token=tokens.store, options=options)


ADAPTERS: Final[Mapping[str, Callable[..., Crm]]] = {"salesforce": _open_salesforce}
"""What opens a connection, by the sort of its CRM: another one adds its line here."""


def crm_factory(settings: OrgSettings, *, answer_within: float | None = None) -> CrmFactory:
    """Opens connections with their stored credentials; a rotated token is stored before use.

    `answer_within` is for somebody who waits: so many seconds after the opening nothing is tried
    again, and time-outs are short.
    """
    documents, credentials = configuration(settings), secrets(settings)

    def crm(workspace: str, connection: str) -> Crm:
        described = find_connection(documents, workspace, connection)
        _refuse_plain(described, settings)
        stored = credentials.get(workspace, connection)
        if stored is None:
            raise ConfigurationError(
                f"the connection '{connection}' has no credentials",
                code="credentials_missing",
                field="credentials",
                remedy="Save the connection with its credentials.",
            )

        return ADAPTERS[described.crm](
            described,
            stored,
            tokens=TokenStore(credentials, workspace, connection, stored),
            settings=settings,
            answer_within=answer_within,
        )

    return crm


def _refuse_plain(described: Connection, settings: OrgSettings) -> None:
    if described.login_url.startswith("http://") and not settings.loopback:
        raise ConfigurationError(
            "the connection's login_url is not encrypted",
            code="login_url_not_encrypted",
            field="login_url",
            remedy="Use the org's https address.",
        )


def administrator_token(settings: AuthorizerSettings) -> str:
    """Read anew each time: a rotated token is good at once, and requests with it are rare."""
    with translated("reading the administrator's token"):
        answer = clients().secrets.get_secret_value(SecretId=settings.admin_token_secret)
    return answer["SecretString"]
