"""Operations: a feature's `api.py` says what goes in and out, the rest is done here, once.

    api = Api("cards")

    @api.operation("PATCH", "/journeys/<uuid:journey_id>/cards/<uuid:card_id>",
                   takes=schemas.CardChange, gives=schemas.CardDocument, matched=True)
    def change(journey_id: UUID, card_id: UUID, body: dict[str, Any]) -> Any: ...

The function gets what stands in the address, `body` where it takes one and `query` where it has
parameters; it calls a verb and returns what `gives` dumps, alone or with a status, headers and, if
it is another than `gives`, its schema. A list (`listed`) is a pair of rows and the next cursor.
Nothing is documented twice: the OpenAPI
document is made of the operations.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Flask, Response, g, request
from flask.sansio.app import App
from marshmallow import Schema, fields

from partnerjourney.core.documents import Document, PageQuery
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.web.problems import ProblemError
from partnerjourney.web.rest import again, files, keys, reading
from partnerjourney.web.rest.reading import JSON, MERGE_PATCH

View = TypeVar("View", bound=Callable[..., Any])
PDF = "application/pdf"


@dataclass(frozen=True)
class Operation:
    """One method of one address: what it takes, what it gives, and how it is answered."""

    method: str
    rule: str
    view: Callable[..., Any]
    tag: str
    purpose: TokenPurpose | None
    gives: type[Schema] | None
    takes: type[Schema] | None = None
    asks: type[Schema] | None = None
    status: int = 200
    also: Mapping[int, tuple[type[Schema], ...]] = field(default_factory=dict)
    media: tuple[str, ...] = (JSON,)
    listed: bool = False
    matched: bool = False
    raw: bool = False
    answers: str = JSON

    @property
    def summary(self) -> str:
        """What it does, in one sentence: the first of its docstring."""
        return (self.view.__doc__ or "").strip().split("\n")[0].rstrip(".")

    @property
    def more(self) -> str:
        """What else its docstring says."""
        _, _, rest = (self.view.__doc__ or "").partition("\n")
        return " ".join(rest.split())


class Api(Blueprint):
    """The operations of one feature, under /api/v1."""

    def __init__(self, name: str, tag: str) -> None:
        super().__init__(f"{name}_api", __name__, url_prefix="/api/v1")
        self.tag = tag
        self.operations: list[Operation] = []

    def operation(
        self, method: str, rule: str, *, purpose: TokenPurpose | None, **given: Any
    ) -> Callable[[View], View]:
        """Make a function the answer to a method of an address; see Operation."""

        def register(view: View) -> View:
            if "takes" in given and method == "PATCH":
                given.setdefault("media", (MERGE_PATCH, JSON))
            if given.get("listed"):
                given.setdefault("asks", PageQuery)
            made = Operation(method, rule, view, self.tag, purpose, **given)
            self.operations.append(made)
            self.add_url_rule(rule, view.__name__, _answering(made), methods=[method])
            return view

        return register

    def register(self, app: App, options: dict[str, Any]) -> None:
        """Take the operations into the application's list."""
        app.extensions.setdefault("operations", []).extend(self.operations)
        super().register(app, options)


def _answering(operation: Operation) -> Callable[..., Response]:
    """Return the view that does for an operation what all of them need."""

    @wraps(operation.view)
    def answer(**where: Any) -> Response:
        g.language = "en"  # machines read it: one language, whatever a client says of itself
        scope = keys.come_in().scope
        if operation.purpose is not None and operation.purpose not in scope.purposes:
            raise ProblemError(403, f"This key was not made for `{operation.purpose}`.")
        asked = request.accept_mimetypes
        if asked and not asked[operation.answers]:
            raise ProblemError(406, f"This answers with {operation.answers}.")
        if operation.takes is not None or operation.raw:
            reading.media_type(operation.media)
            where["body"] = reading.body()
            if operation.takes is not None:
                where["body"] = reading.load(operation.takes(), where["body"])
        if operation.asks is not None:
            where["query"] = reading.query(operation.asks())
        elif request.args:
            reading.query(Document())
        if operation.method == "POST":
            return again.once(lambda: _sent(operation, operation.view(**where)))
        return _sent(operation, operation.view(**where))

    answer.is_public = True  # type: ignore[attr-defined]
    return answer


def _sent(operation: Operation, found: Any) -> Response:
    """Return what a view found as a response: dumped, with its ETag, or 304."""
    if isinstance(found, Response):
        return found
    status, headers, schema = operation.status, {}, operation.gives
    if not operation.listed and isinstance(found, tuple):
        found, status, headers, *other = found
        schema = other[0] if other else schema
    if schema is None:
        return Response(status=204)
    if operation.listed:
        rows, following = found
        document: Any = {"data": [schema().dump(row) for row in rows], "next": following}
    else:
        document = schema().dump(found)
    response = Response(written(document), status, mimetype=JSON)
    for name, value in headers.items():
        response.headers[name] = value
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(tag(document))
    return files.unchanged(response, tag(document))


def written(document: Any) -> str:
    """Return a document as it is sent."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def tag(document: Any) -> str:
    """Return the ETag of a document: of its content, and of who reads it."""
    seed = f"{keys.actor().organisation_id}:".encode()
    return hashlib.sha256(seed + written(document).encode()).hexdigest()[:32]


def match(schema: type[Schema], found: Any) -> None:
    """Refuse a change of something else than what was read; call it once the row is locked.

    Raises ProblemError 428 without If-Match, 412 with what stands there now.
    """
    current = schema().dump(found)
    if "If-Match" not in request.headers:
        raise ProblemError(428)
    if not request.if_match.contains(tag(current)):
        raise ProblemError(412, headers={"ETag": f'"{tag(current)}"'}, current=current)


class Fault(Document):
    """One field that is wrong; `field` is its path, empty for the body itself."""

    field = fields.String(required=True)
    message = fields.String(required=True)


class Problem(Document):
    """Why a request was not carried out."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.List(fields.Nested(Fault))
    current = fields.Dict()
    accepted = fields.Integer()
    duplicates = fields.Integer()
    rejected = fields.Integer()
    results = fields.List(fields.Dict())


def operations(app: Flask) -> Iterator[Operation]:
    """Yield every operation of the application."""
    yield from app.extensions.get("operations", ())
