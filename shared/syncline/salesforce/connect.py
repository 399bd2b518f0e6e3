"""Opening a connection: configuration and credentials in, a Crm out."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from syncline.config.models import Connection, Credentials
from syncline.salesforce.crm import Reading, SalesforceCrm
from syncline.salesforce.limits import Meter
from syncline.salesforce.patience import Patience, Pause
from syncline.salesforce.session import OrgSession
from syncline.salesforce.tokens import Sessions, StoredRefreshToken, StoreRefreshToken
from syncline.salesforce.transport import ApiSession, plain_session
from syncline.salesforce.uploads import LARGEST

TIMEOUT: Final = (10.0, 120.0)
"""Seconds to connect, and between two bytes of an answer; a query may run for 120 s."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to speak with an org; the defaults are for production."""

    timeout: tuple[float, float] = TIMEOUT
    pause: Pause = time.sleep
    page_size: int = 2000
    """What a REST page is asked to hold, 200 to 2,000. Salesforce may make it smaller."""
    reading: Reading = "cheaper"
    upload_bytes: int = LARGEST
    """Bytes of a Bulk upload; what is more goes into another job."""
    proxy: str | None = None
    """An egress proxy that all calls go through."""
    stored_refresh_token: StoredRefreshToken | None = None
    """Tells the refresh token that is stored now, which another process may have rotated."""


def open_connection(
    connection: Connection,
    credentials: Mapping[str, Any],
    *,
    store_refresh_token: StoreRefreshToken | None = None,
    client_tag: str = "syncline",
    ca_bundle: str | None = None,
    options: Options = Options(),
) -> SalesforceCrm:
    """Makes no request yet. `credentials` is a dump of `config.Credentials`.

    `store_refresh_token` stores a rotated token before it is used. `client_tag` comes back as
    `changeOrigin` in change events. `ca_bundle` is a file of certificates to trust. A process
    keeps sessions and descriptions, so a connection opened for each leg of a run costs nothing.
    """
    patience, meter = Patience(options.pause), Meter()
    sessions = Sessions(
        plain_session(ca_bundle=ca_bundle, proxy=options.proxy),
        login_url=connection.login_url,
        credentials=Credentials.model_validate(dict(credentials)),
        store_refresh_token=store_refresh_token,
        stored_refresh_token=options.stored_refresh_token,
        patience=patience,
        timeout=options.timeout,
    )
    session = OrgSession(
        sessions,
        ApiSession(
            sessions,
            meter,
            client_tag=client_tag,
            timeout=options.timeout,
            ca_bundle=ca_bundle,
            proxy=options.proxy,
        ),
        meter,
        api_version=connection.api_version,
        patience=patience,
        page_size=options.page_size,
    )
    known = None
    if connection.org_id is not None and connection.username is not None:
        known = (connection.org_id, connection.username)
    return SalesforceCrm(
        session, known=known, reading=options.reading, upload_bytes=options.upload_bytes
    )
