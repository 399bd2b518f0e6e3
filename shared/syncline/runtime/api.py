"""The function `api`: the HTTP API but for what speaks to Salesforce."""

from syncline.http.dispatch import Api
from syncline.runtime.gateway import Handler, gateway_handler
from syncline.runtime.logging import logger_of
from syncline.runtime.request_log import RequestLog
from syncline.runtime.services import ApiServices
from syncline.runtime.settings import ApiSettings


def api_handler() -> Handler:
    """Reads the environment at the first request, so that importing it needs none."""

    def build() -> Api:
        settings = ApiSettings.read()
        return Api(ApiServices(settings), RequestLog(logger_of(settings)), "api")

    return gateway_handler(build)
