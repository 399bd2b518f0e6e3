"""XML as Bulk 1.0 reads and writes it.

https://developer.salesforce.com/docs/platform/api-asynch/guide/datafiles-xml-valid-records.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

NAMESPACE: Final = "http://www.force.com/2009/06/asyncapi/dataload"
INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"
PROLOG: Final = '<?xml version="1.0" encoding="UTF-8"?>'
_NIL: Final = f"{{{INSTANCE}}}nil"


class XmlError(ValueError):
    """A body that is no XML, or one with a document type."""


def parse(content: bytes) -> ET.Element:
    """The root element; a document type is refused, since entities can be made to explode."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise XmlError("a document type is not allowed")
    try:
        return ET.fromstring(content)  # noqa: S314  no document type, so no entities
    except ET.ParseError as error:
        raise XmlError(str(error)) from error


def name_of(element: ET.Element) -> str:
    """The name without its namespace."""
    return element.tag.rpartition("}")[2]


def texts(element: ET.Element) -> dict[str, str]:
    """Children by name, as texts."""
    return {name_of(child): (child.text or "").strip() for child in element}


def record(element: ET.Element) -> dict[str, object]:
    """An sObject: texts, None where nil, and nested sObjects for parents."""
    found: dict[str, object] = {}
    for child in element:
        nested = next((each for each in child if name_of(each) == "sObject"), None)
        if child.get(_NIL) in ("true", "1"):
            found[name_of(child)] = None
        elif nested is not None:
            found[name_of(child)] = _parent(record(nested))
        else:
            found[name_of(child)] = child.text or ""
    return found


def _parent(found: dict[str, object]) -> dict[str, object]:
    kind = found.pop("type", None)
    return found if kind is None else {"attributes": {"type": kind}, **found}


def tag(name: str, value: object) -> str:
    """One element with a text."""
    return f"<{name}>{escape(_text(value))}</{name}>"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def info(root: str, pairs: Iterable[tuple[str, object]]) -> str:
    """A jobInfo, a batchInfo or an error, laid out as Salesforce does."""
    lines = "".join(f" {tag(name, value)}\n" for name, value in pairs)
    return f'{PROLOG}<{root}\n   xmlns="{NAMESPACE}">\n{lines}</{root}>\n'


def info_list(root: str, each: str, entries: Iterable[Iterable[tuple[str, object]]]) -> str:
    """Several of them under one root."""
    blocks = "".join(
        f" <{each}>\n{''.join(f'  {tag(*pair)}' + chr(10) for pair in pairs)} </{each}>\n"
        for pairs in entries
    )
    return f'{PROLOG}<{root}\n   xmlns="{NAMESPACE}">\n{blocks}</{root}>\n'


def sobject(name: str, fields: Mapping[str, object]) -> str:
    """A record of a query result: its type, its Id once more than selected, then its fields.

    https://developer.salesforce.com/docs/platform/api-asynch/guide/asynch-api-using-bulk-query.html
    """
    attributes = fields.get("attributes")
    kind = attributes.get("type", "") if isinstance(attributes, Mapping) else ""
    cells = "".join(_cell(key, value) for key, value in fields.items() if key != "attributes")
    return (
        f'<{name} xsi:type="sObject">{tag("type", kind)}{_cell("Id", fields.get("Id"))}'
        f"{cells}</{name}>"
    )


def _cell(name: str, value: object) -> str:
    if value is None:
        return f'<{name} xsi:nil="true"/>'
    return sobject(name, value) if isinstance(value, Mapping) else tag(name, value)
