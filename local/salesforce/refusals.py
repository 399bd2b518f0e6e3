"""Every no of the sign-in endpoints in one table: an object with two keys, never a list.

https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_flow_errors.htm and, for the
descriptions, what clients have recorded; the lines below name them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Refusal(StrEnum):
    """Why nobody was let in; the table below has Salesforce's words."""

    NO_GRANT = "no_grant"
    NOT_POST = "not_post"
    UNKNOWN_GRANT = "unknown_grant"
    FLOW_OFF = "flow_off"
    UNKNOWN_CLIENT = "unknown_client"
    NOT_INSTALLED = "not_installed"
    WRONG_SECRET = "wrong_secret"
    NOT_MY_DOMAIN = "not_my_domain"
    NO_RUN_AS = "no_run_as"
    NOT_ADMIN_APPROVED = "not_admin_approved"
    NOT_APPROVED = "not_approved"
    AUTHENTICATION = "authentication"
    INACTIVE = "inactive"
    LOGIN_RATE = "login_rate"
    REFRESH_TOKEN = "refresh_token"
    ASSERTION = "assertion"
    AUDIENCE = "audience"
    ASSERTION_EXPIRED = "assertion_expired"
    TOKEN_TYPE = "token_type"
    TOKEN = "token"


REFUSALS: Final[Mapping[Refusal, tuple[str, str]]] = {
    Refusal.NO_GRANT: ("invalid_request", "grant type is missing"),
    # not documented; from practice
    Refusal.NOT_POST: ("invalid_request", "must use HTTP POST"),
    # https://github.com/aaronhuggins/sf-jwt-token/issues/1
    Refusal.UNKNOWN_GRANT: ("unsupported_grant_type", "grant type not supported"),
    # an app without the client credentials flow; the description is not documented
    Refusal.FLOW_OFF: ("unsupported_grant_type", "grant type not supported"),
    # not documented; from practice
    Refusal.UNKNOWN_CLIENT: ("invalid_client_id", "client identifier invalid"),
    # an external client app of another org; seen since such apps must be installed
    Refusal.NOT_INSTALLED: (
        "app_not_found",
        "External client app is not installed in this org",
    ),
    Refusal.WRONG_SECRET: ("invalid_client", "invalid client credentials"),
    # https://github.com/pozil/pub-sub-api-node-client/issues/58
    Refusal.NOT_MY_DOMAIN: ("invalid_grant", "request not supported on this domain"),
    # from the troubleshooting pages of vendors, as Sumo Logic's for its Salesforce source
    Refusal.NO_RUN_AS: ("invalid_grant", "no client credentials user enabled"),
    Refusal.NOT_ADMIN_APPROVED: (
        "invalid_app_access",
        "user is not admin approved to access this app",
    ),
    # https://github.com/omniphx/forrest/issues/278
    Refusal.NOT_APPROVED: ("invalid_grant", "user hasn't approved this consumer"),
    # https://github.com/simple-salesforce/simple-salesforce/issues/753
    Refusal.AUTHENTICATION: ("invalid_grant", "authentication failure"),
    # the code is documented, the description is not
    Refusal.INACTIVE: ("inactive_user", "user is inactive"),
    # https://github.com/restforce/restforce/issues/412 has the words, the code is not documented
    Refusal.LOGIN_RATE: ("invalid_grant", "login rate exceeded"),
    Refusal.REFRESH_TOKEN: ("invalid_grant", "expired access/refresh token"),
    # https://github.com/frankkessler/salesforce-laravel-oauth2-rest/issues/68
    Refusal.ASSERTION: ("invalid_grant", "invalid assertion"),
    # https://github.com/Talend/components/issues/1423
    Refusal.AUDIENCE: ("invalid_grant", "audience is invalid"),
    # https://salesforce.stackexchange.com/questions/282513
    Refusal.ASSERTION_EXPIRED: ("invalid_grant", "expired authorization code"),
    # codes: https://developer.salesforce.com/docs/platform/mobile-sdk/guide/oauth-revoking-tokens
    Refusal.TOKEN_TYPE: ("unsupported_token_type", "this token type is not supported"),
    Refusal.TOKEN: ("invalid_token", "invalid token"),
}


class OAuthError(Exception):
    """A refusal on its way to the client; the status is always 400 (RFC 6749, 5.2)."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        self.error, self.description = REFUSALS[refusal]
        super().__init__(self.description)

    def body(self) -> dict[str, str]:
        """What the client gets."""
        return {"error": self.error, "error_description": self.description}
