"""The function `inspect`: the routes of the HTTP API that speak to Salesforce."""

from syncline.http.dispatch import Api
from syncline.runtime.gateway import Handler, gateway_handler
from syncline.runtime.logging import logger_of
from syncline.runtime.request_log import RequestLog
from syncline.runtime.services import InspectServices
from syncline.runtime.settings import InspectSettings


def inspect_handler() -> Handler:
    """Connection test, saving, validating and previewing jobs."""

    def build() -> Api:
        settings = InspectSettings.read()
        return Api(InspectServices(settings), RequestLog(logger_of(settings)), "inspect")

    return gateway_handler(build)
