"""XML that strangers send, read into plain nodes: no DTD, no entity, nothing fetched, bounded."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import InputSource

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser

from partnerjourney.starting.rules.cjml import Node
from partnerjourney.starting.rules.sketch import Unreadable, UnreadableError

DEEPEST = 40
MOST_ELEMENTS = 100_000
LONGEST_TEXT = 4000
"""Of one element: far above any name, and what is longer is cut when it is quoted anyway."""


def parse(text: str) -> Node:
    """Return the root of an XML document; raises UnreadableError."""
    builder = _Builder()
    parser: Any = make_parser()
    parser.setContentHandler(builder)
    parser.forbid_dtd = True
    source = InputSource()
    source.setEncoding("utf-8")  # it is text already, whatever its first line says
    source.setByteStream(BytesIO(text.encode()))
    try:
        parser.parse(source)
    except DefusedXmlException as error:
        raise UnreadableError(Unreadable.DECLARES) from error
    except SAXException as error:
        line = getattr(error, "getLineNumber", lambda: 0)() or 0
        raise UnreadableError(Unreadable.NOT_XML, line) from error
    if builder.root is None:
        raise UnreadableError(Unreadable.NOT_XML)
    return builder.root


class _Builder(ContentHandler):
    """Builds nodes and knows the line of each; stops at what no journey has."""

    def __init__(self) -> None:
        super().__init__()
        self.root: Node | None = None
        self.open: list[Node] = []
        self.count = 0

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - SAX's own interface
        """Add an element."""
        self.count += 1
        line = int(self._locator.getLineNumber() or 0)  # type: ignore[attr-defined]
        if len(self.open) >= DEEPEST or self.count > MOST_ELEMENTS:
            raise UnreadableError(Unreadable.TOO_DEEP, line)
        node = Node(name.rpartition(":")[2], dict(attrs.items()), line=line)
        if self.open:
            self.open[-1].children.append(node)
        elif self.root is None:
            self.root = node
        self.open.append(node)

    def endElement(self, name: str) -> None:  # noqa: N802
        """Close it."""
        self.open.pop()

    def characters(self, content: str) -> None:
        """Add to its text."""
        node = self.open[-1]
        if len(node.text) < LONGEST_TEXT:
            node.text += content
