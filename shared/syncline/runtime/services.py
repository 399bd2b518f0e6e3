"""The services of the HTTP API over AWS, each built when a route first needs it."""

from functools import cached_property
from typing import Final

from syncline.http.services import Announcer, Previewer, not_here
from syncline.ports import (
    BodiesFactory,
    Clock,
    Configuration,
    ConflictsFactory,
    CrmFactory,
    DeadLetters,
    Failures,
    JobStarter,
    Journal,
    LinksFactory,
    ReceiptsFactory,
    RecordsFactory,
    Runs,
    Schedules,
    Secrets,
    Tokens,
    WriteBackQueues,
)
from syncline.runtime import wiring
from syncline.runtime.settings import ApiSettings, GatewaySettings, InspectSettings
from syncline.usecases.announce_changes import AnnounceChanges
from syncline.usecases.capture_changes import CaptureChanges
from syncline.usecases.check_changes import CheckChanges
from syncline.usecases.judge_values import JudgeValues
from syncline.usecases.known_outlets import KnownOutlets
from syncline.usecases.preview_job import PreviewJob

_PATIENCE: Final = 10.0
"""Seconds in which an org is tried again; one more attempt may follow, of 15 s at most."""


class _GatewayServices:
    """What both functions have."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._gateway = settings

    @cached_property
    def configuration(self) -> Configuration:
        return wiring.configuration(self._gateway)

    @cached_property
    def tokens(self) -> Tokens:
        return wiring.tokens(self._gateway)

    @cached_property
    def secrets(self) -> Secrets:
        return wiring.secrets(self._gateway)

    @cached_property
    def schedules(self) -> Schedules:
        return wiring.schedules(self._gateway)

    @cached_property
    def starter(self) -> JobStarter:
        return wiring.starter(self._gateway)

    @cached_property
    def runs(self) -> Runs:
        return wiring.runs(self._gateway)

    @cached_property
    def links(self) -> LinksFactory:
        return wiring.links_factory(self._gateway)

    @cached_property
    def records(self) -> RecordsFactory:
        return wiring.records_factory(self._gateway)

    @cached_property
    def conflicts(self) -> ConflictsFactory:
        return wiring.conflicts_factory(self._gateway)

    @cached_property
    def receipts(self) -> ReceiptsFactory:
        return wiring.receipts_factory(self._gateway)

    @cached_property
    def failures(self) -> Failures:
        return wiring.failures(self._gateway)

    @cached_property
    def clock(self) -> Clock:
        return wiring.clock()


class ApiServices(_GatewayServices):
    """Of the function `api`, which never speaks to Salesforce."""

    crm: CrmFactory = staticmethod(not_here)
    preview: Previewer = staticmethod(not_here)
    announce: Announcer = staticmethod(not_here)

    def __init__(self, settings: ApiSettings) -> None:
        super().__init__(settings)
        self._api = settings

    @cached_property
    def journal(self) -> Journal:
        return wiring.journal(self._api)

    @cached_property
    def bodies(self) -> BodiesFactory:
        return wiring.bodies_factory(self._api)

    @cached_property
    def queues(self) -> WriteBackQueues:
        return wiring.queues(self._api)

    @cached_property
    def dead_letters(self) -> DeadLetters:
        return wiring.dead_letters(self._api)


class InspectServices(_GatewayServices):
    """Of the function `inspect`, which has no journal."""

    def __init__(self, settings: InspectSettings, *, answer_within: float = _PATIENCE) -> None:
        super().__init__(settings)
        self._inspect = settings
        self._answer_within = answer_within

    @property
    def journal(self) -> Journal:
        raise RuntimeError("the function `inspect` reads no journal")

    @property
    def dead_letters(self) -> DeadLetters:
        raise RuntimeError("the function `inspect` reads no dead letters")

    @cached_property
    def queues(self) -> WriteBackQueues:
        return wiring.queues(self._inspect)

    @cached_property
    def bodies(self) -> BodiesFactory:
        return wiring.bodies_factory(self._inspect)

    @cached_property
    def crm(self) -> CrmFactory:
        return wiring.crm_factory(self._inspect, answer_within=self._answer_within)

    @cached_property
    def preview(self) -> Previewer:
        return PreviewJob(
            configuration=self.configuration,
            crm=self.crm,
            links=self.links,
            records=self.records,
            clock=self.clock,
        )

    @cached_property
    def announce(self) -> Announcer:
        queues, clock = self.queues, self.clock
        judge = JudgeValues(self.crm, KnownOutlets(self.configuration, clock))
        return AnnounceChanges(
            check=CheckChanges(self.configuration, self.records, judge, clock),
            capture=CaptureChanges(self.records, self.receipts, queues, clock),
            receipts=self.receipts,
            bodies=self.bodies,
            queues=queues,
            clock=clock,
        )
