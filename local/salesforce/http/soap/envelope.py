"""SOAP envelopes: read without entities and within bounds, written as Salesforce writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
PARTNER: Final = "urn:partner.soap.sforce.com"
MEDIA: Final = "text/xml; charset=utf-8"

#: The kind of every fault that has no element of its own.
UNEXPECTED: Final = "UnexpectedErrorFault"

_MOST_BYTES: Final = 1_000_000
_DEEPEST: Final = 20
_BETWEEN: Final = " "
_OPERATION_DEPTH: Final = 3


class SoapFaultError(Exception):
    """A fault on its way to the client. `kind` is the element of the detail; none has no detail."""

    def __init__(self, code: str, message: str, *, kind: str | None = None) -> None:
        self.code = code
        self.message = message
        self.kind = kind
        super().__init__(message)


@dataclass(slots=True)
class Request:
    """What was asked: the operation with its arguments, and the texts of the headers by name."""

    operation: str = ""
    namespace: str = ""
    arguments: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


class _Reader:
    """Elements as expat tells them; a document type, and so every entity, is refused."""

    def __init__(self) -> None:
        self.request = Request()
        self._path: list[str] = []
        self._text: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator=_BETWEEN)
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text.append
        self.parser.StartDoctypeDeclHandler = _refuse

    def _start(self, name: str, _attributes: Mapping[str, str]) -> None:
        if len(self._path) >= _DEEPEST:
            raise ValueError("the document is nested too deeply")
        self._path.append(name)
        self._text.clear()
        if len(self._path) == _OPERATION_DEPTH and self._part() == "Body":
            namespace, _, local = name.rpartition(_BETWEEN)
            self.request.operation, self.request.namespace = local, namespace

    def _end(self, name: str) -> None:
        local = name.rpartition(_BETWEEN)[2]
        into = {"Body": self.request.arguments, "Header": self.request.headers}.get(self._part())
        if into is not None and len(self._path) > _OPERATION_DEPTH:
            into[local] = "".join(self._text)
        self._path.pop()
        self._text.clear()

    def _part(self) -> str:
        """`Header` or `Body` once inside one of an envelope."""
        if len(self._path) < 2 or self._path[0] != f"{SOAP}{_BETWEEN}Envelope":
            return ""
        namespace, _, local = self._path[1].rpartition(_BETWEEN)
        return local if namespace == SOAP else ""


def _refuse(*_: object) -> None:
    raise ValueError("DOCTYPE is not allowed")


def read_envelope(body: bytes) -> Request:
    """Raises SoapFaultError as Salesforce words it: `UNKNOWN_EXCEPTION` and what its parser says.

    https://github.com/forcedotcom/postman-salesforce-apis/issues/26 has one; the text of the
    parser is another here.
    """
    reader = _Reader()
    try:
        reader.parser.Parse(_bounded(body), True)
    except (expat.ExpatError, ValueError) as error:
        raise SoapFaultError(
            "UNKNOWN_EXCEPTION", str(error), kind="UnexpectedErrorFault"
        ) from error
    return reader.request


def _bounded(body: bytes) -> bytes:
    if len(body) > _MOST_BYTES:
        raise ValueError("the document is too large")
    return body


def answer_envelope(operation: str, content: str) -> bytes:
    """A response of the partner API around its result."""
    return _envelope(f'xmlns="{PARTNER}"', f"<{operation}Response>{content}</{operation}Response>")


def fault_envelope(fault: SoapFaultError) -> bytes:
    """A fault with the code's own detail: exceptionCode and exceptionMessage in `sf`."""
    code, message = escape(fault.code), escape(fault.message)
    if fault.kind is None:
        content = f"<faultcode>{code}</faultcode><faultstring>{message}</faultstring>"
    else:
        content = (
            f"<faultcode>sf:{code}</faultcode><faultstring>{code}: {message}</faultstring>"
            f'<detail><sf:{fault.kind} xsi:type="sf:{fault.kind}">'
            f"<sf:exceptionCode>{code}</sf:exceptionCode>"
            f"<sf:exceptionMessage>{message}</sf:exceptionMessage></sf:{fault.kind}></detail>"
        )
    return _envelope(
        'xmlns:sf="urn:fault.partner.soap.sforce.com"', f"<soapenv:Fault>{content}</soapenv:Fault>"
    )


def elements(values: Mapping[str, object]) -> str:
    """Values as elements in order; None is nil, a mapping nests."""
    return "".join(_element(name, value) for name, value in values.items())


def _element(name: str, value: object) -> str:
    if value is None:
        return f'<{name} xsi:nil="true"/>'
    if isinstance(value, Mapping):
        return f"<{name}>{elements(value)}</{name}>"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{escape(text)}</{name}>"


def _envelope(namespaces: str, content: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{SOAP}" {namespaces}'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<soapenv:Body>{content}</soapenv:Body></soapenv:Envelope>"
    ).encode()
