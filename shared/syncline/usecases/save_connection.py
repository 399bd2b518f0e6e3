"""Creates or changes a connection; its credentials go to the secrets and nowhere else."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from syncline.config.models import Connection, Credentials
from syncline.ports import Configuration, Secrets, Stored
from syncline.usecases.find import find_workspace
from syncline.usecases.findings import Finding, InvalidInputError
from syncline.usecases.save_document import Result, save_document

_FIXED = ("crm", "org_id", "username")


@dataclass(frozen=True, slots=True)
class SaveConnection:
    """Secret, then the note of it, then the connection: each step can be repeated after a crash,
    and a connection that can be seen always has its secret.

    The note (document type "credentials") holds flow, client id and a fingerprint of what was
    given. So saving the same file again is recognised without reading the secret, and does not
    put a rotated refresh token back to the one of the file.
    """

    configuration: Configuration
    secrets: Secrets

    def __call__(self, workspace: str, name: str, connection: Connection) -> Result:
        """ConfigurationError if the org or user of an existing connection would change (T23), or
        a new connection has no credentials."""
        find_workspace(self.configuration, workspace)
        stored = self.configuration.get(workspace, "connection", name)
        body = _merged(connection, stored)
        note = self.configuration.get(workspace, "credentials", name)
        credentials = connection.credentials
        if credentials is None and note is None:
            raise _missing()
        renewed = credentials is not None and self._store(workspace, name, credentials, note)
        result = save_document(
            self.configuration,
            place=(workspace, "connection", name),
            stored=stored,
            body=body,
        )
        return "changed" if renewed and result == "unchanged" else result

    def _store(
        self, workspace: str, name: str, credentials: Credentials, note: Stored | None
    ) -> bool:
        secret = revealed(credentials)
        body = {
            "flow": credentials.flow,
            "client_id": credentials.client_id,
            "fingerprint": _fingerprint(secret),
        }
        if note is not None and note.body == body:
            return False
        self.secrets.put(workspace, name, secret)
        save_document(
            self.configuration, place=(workspace, "credentials", name), stored=note, body=body
        )
        return True


def revealed(credentials: Credentials) -> dict[str, Any]:
    """The secret's content: flow, client_id, client_secret and, where given, refresh_token."""
    found = {
        "flow": credentials.flow,
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret.get_secret_value(),
    }
    if credentials.refresh_token is not None:
        found["refresh_token"] = credentials.refresh_token.get_secret_value()
    return found


def _fingerprint(secret: dict[str, Any]) -> str:
    """Client secrets and refresh tokens are long and random: a digest of them tells nothing."""
    return hashlib.sha256(json.dumps(secret, sort_keys=True).encode()).hexdigest()


def _merged(connection: Connection, stored: Stored | None) -> dict[str, Any]:
    """What the org told us at login stays unless the body repeats it."""
    body = connection.model_dump(mode="json", exclude={"credentials"})
    if stored is None:
        return body
    findings = [
        Finding(
            code="identity_fixed",
            field=f"/{name}",
            message=f"'{name}' of a connection cannot be changed",
            remedy=f"Give '{stored.body[name]}' for it, or create another connection.",
            value=body[name],
        )
        for name in _FIXED
        if stored.body.get(name) and body[name] not in (None, stored.body[name])
    ]
    if findings:
        raise InvalidInputError(findings[0].message, code="identity_fixed", findings=findings)
    return {**body, **{name: body[name] or stored.body.get(name) for name in _FIXED}}


def _missing() -> InvalidInputError:
    finding = Finding(
        code="credentials_missing",
        field="/credentials",
        message="a new connection needs credentials",
        remedy="Give 'credentials' with flow, client_id and client_secret.",
    )
    return InvalidInputError(finding.message, code=finding.code, findings=[finding])
