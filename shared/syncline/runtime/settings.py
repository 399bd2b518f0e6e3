"""What each function is told by its environment: one model for each, with the names it has.

The template gives a function just these names; a test compares the two.
"""

import os
from datetime import timedelta
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from syncline.errors import ConfigurationError

Text = Annotated[str, Field(min_length=1)]


class Settings(BaseModel):
    """What every function knows."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    stage: Text = Field(alias="SYNCLINE_STAGE")
    service: Text = Field(alias="POWERTOOLS_SERVICE_NAME")
    log_level: Text = Field(default="INFO", alias="LOG_LEVEL")

    @classmethod
    def read(cls) -> Self:
        """From the environment. ConfigurationError names what is missing."""
        try:
            return cls.model_validate(dict(os.environ))
        except ValidationError as exc:
            names = ", ".join(str(error["loc"][0]) for error in exc.errors())
            raise ConfigurationError(
                f"the function's environment lacks {names}",
                code="environment_incomplete",
                remedy="Deploy the template as it is.",
            ) from exc

    @classmethod
    def names(cls) -> frozenset[str]:
        """The variables this function must have."""
        fields = cls.model_fields.values()
        return frozenset(field.alias or "" for field in fields if field.is_required())


class ConfigurationSettings(Settings):
    """Where documents and API tokens are."""

    configuration_table: Text = Field(alias="CONFIGURATION_TABLE")


class RecordsSettings(Settings):
    """Where platform records are."""

    records_table: Text = Field(alias="RECORDS_TABLE")


class HistorySettings(Settings):
    """How long history is kept: runs, journals, and what leads to them."""

    history_days: Annotated[int, Field(ge=1)] = Field(alias="HISTORY_DAYS")

    @property
    def kept(self) -> timedelta:
        return timedelta(days=self.history_days)


class LinksSettings(HistorySettings):
    """Where cross-references are."""

    cross_references_table: Text = Field(alias="CROSS_REFERENCES_TABLE")


class RunsSettings(HistorySettings):
    """Where runs, leases and the states of jobs are."""

    runs_table: Text = Field(alias="RUNS_TABLE")


class JournalSettings(Settings):
    """Where plans and journals are."""

    journal_bucket: Text = Field(alias="JOURNAL_BUCKET")


class TopicSettings(Settings):
    """Whom to tell."""

    notifications_topic_arn: Text = Field(alias="NOTIFICATIONS_TOPIC_ARN")


class StarterSettings(Settings):
    """The job kinds' functions: the prefix, then the kind with hyphens."""

    job_function_arn_prefix: Text = Field(alias="JOB_FUNCTION_ARN_PREFIX")


class SchedulesSettings(StarterSettings):
    """Where schedules are made, and the role with which they start functions."""

    schedule_group: Text = Field(alias="SCHEDULE_GROUP")
    scheduler_role_arn: Text = Field(alias="SCHEDULER_ROLE_ARN")


class SecretsSettings(Settings):
    """The credentials of connections, by name."""

    secret_prefix: Text = Field(alias="SECRET_PREFIX")


class OrgSettings(ConfigurationSettings, SecretsSettings):
    """What opening a connection needs; where calls leave through a proxy, its address.

    Only a local cloud may speak with a Salesforce on this machine, over plain HTTP: deployed, such
    an address would lead credentials to whatever listens beside the function.
    """

    loopback: bool = Field(default=False, alias="SYNCLINE_ALLOW_LOOPBACK")
    proxy: str | None = Field(default=None, alias="HTTP_PROXY")


class QueueSettings(Settings):
    """The queues of the two writers."""

    write_back_queue_url: Text = Field(alias="WRITE_BACK_QUEUE_URL")
    bulk_write_back_queue_url: Text = Field(alias="BULK_WRITE_BACK_QUEUE_URL")


class DeadLetterSettings(QueueSettings):
    """Where messages go that the writers gave up."""

    write_back_dead_letters_url: Text = Field(alias="WRITE_BACK_DEAD_LETTERS_URL")
    bulk_write_back_dead_letters_url: Text = Field(alias="BULK_WRITE_BACK_DEAD_LETTERS_URL")


class GatewaySettings(OrgSettings, RecordsSettings, LinksSettings, RunsSettings, SchedulesSettings):
    """What both functions of the HTTP API need."""


class ApiSettings(GatewaySettings, JournalSettings, DeadLetterSettings):
    """The function `api`."""


class InspectSettings(GatewaySettings, JournalSettings, QueueSettings):
    """The function `inspect`."""


class AuthorizerSettings(ConfigurationSettings):
    """The function `authorizer`."""

    admin_token_secret: Text = Field(alias="ADMIN_TOKEN_SECRET")


class JobSettings(
    OrgSettings,
    RecordsSettings,
    LinksSettings,
    RunsSettings,
    JournalSettings,
    SchedulesSettings,
    TopicSettings,
):
    """The functions of the job kinds."""


class BulkWriteBackSettings(JobSettings, QueueSettings):
    """The function `bulk_write_back`."""


class WriteBackSettings(
    OrgSettings,
    RecordsSettings,
    LinksSettings,
    RunsSettings,
    JournalSettings,
    QueueSettings,
    TopicSettings,
):
    """The function `write_back`."""


class SweeperSettings(
    ConfigurationSettings,
    RecordsSettings,
    RunsSettings,
    StarterSettings,
    TopicSettings,
    QueueSettings,
):
    """The function `sweeper`."""
