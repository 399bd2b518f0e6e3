"""Tests a connection: logs in, binds it to its org at the first success, looks at permissions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from syncline.config.models import Connection
from syncline.errors import ConfigurationError
from syncline.kinds.registry import KINDS
from syncline.ports import Configuration, Crm, CrmFactory, OrgIdentity
from syncline.usecases.find import find_connection, find_document, find_jobs
from syncline.usecases.findings import changed_meanwhile

_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class ObjectAccess:
    """What the connected user may do with an object; `message` says why it is not readable."""

    object: str
    readable: bool
    createable: bool = False
    updateable: bool = False
    deletable: bool = False
    message: str | None = None


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """`bound` is True when this test bound the connection to its org."""

    identity: OrgIdentity
    bound: bool
    objects: tuple[ObjectAccess, ...]
    requests: int


@dataclass(frozen=True, slots=True)
class CheckConnection:
    configuration: Configuration
    crm: CrmFactory

    def __call__(self, workspace: str, name: str) -> ConnectionReport:
        """ConfigurationError: refused login, or another org or user than before (T23).
        RetryableError: the org cannot be reached."""
        find_connection(self.configuration, workspace, name)
        crm = self.crm(workspace, name)
        identity = crm.identity()
        bound = self._bind(workspace, name, identity)
        objects = tuple(_access(crm, each) for each in self._objects(workspace, name, crm))
        return ConnectionReport(identity, bound, objects, crm.requests())

    def _bind(self, workspace: str, name: str, identity: OrgIdentity) -> bool:
        """Conditional: of two first logins to different orgs, one wins and one is refused."""
        for _ in range(_ATTEMPTS):
            stored = find_document(self.configuration, workspace, "connection", name)
            connection = Connection.model_validate(stored.body)
            _refuse_another(connection, identity)
            body = {**stored.body, "org_id": identity.org_id, "username": identity.username}
            if body == stored.body:
                return False
            place = (workspace, "connection", name)
            if self.configuration.put(*place, body, expected=stored.version) is not None:
                return True
        raise changed_meanwhile(f"connection '{name}'")

    def _objects(self, workspace: str, name: str, crm: Crm) -> Iterable[str]:
        """Those of every kind of its sort, and those that jobs of this connection read instead."""
        jobs = find_jobs(self.configuration, workspace).values()
        own = {job.salesforce_object for job in jobs if job.connection == name}
        usual = {each.crm_object for each in KINDS.values() if each.crm == crm.dialect.name}
        return sorted(usual | {each for each in own if each})


def _refuse_another(connection: Connection, identity: OrgIdentity) -> None:
    if connection.org_id not in (None, identity.org_id):
        raise ConfigurationError(
            f"the login leads to org {identity.org_id}, but this connection belongs to "
            f"{connection.org_id}",
            code="org_changed",
            field="login_url",
            remedy="Give the login address of the connection's org, or create another connection.",
        )
    if connection.username not in (None, identity.username):
        raise ConfigurationError(
            f"the login is that of {identity.username}, but this connection belongs to "
            f"{connection.username}",
            code="user_changed",
            field="credentials",
            remedy="Give credentials of the connection's user, or create another connection.",
        )


def _access(crm: Crm, object: str) -> ObjectAccess:
    try:
        described = crm.describe(object)
    except ConfigurationError as exc:
        if exc.code != "unknown_object":
            raise
        return ObjectAccess(object, readable=False, message=exc.message)
    return ObjectAccess(
        object,
        readable=True,
        createable=described.createable,
        updateable=described.updateable,
        deletable=described.deletable,
    )
