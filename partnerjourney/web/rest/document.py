"""The OpenAPI document, made of the operations and their schemas: version 3.1."""

from __future__ import annotations

import re
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Response, current_app, jsonify
from marshmallow import Schema

from partnerjourney.core.texts import Text
from partnerjourney.web.identity import public
from partnerjourney.web.rest.operations import Operation, Problem, operations
from partnerjourney.web.rest.reading import JSON

PROBLEM = "application/problem+json"
ABOUT = """\
What a system of an organisation may read and do, by the same rules as its people. Make an access \
key on the organisation's page and send it as `Authorization: Bearer pj_…`. Lists come in pages: \
`next` is the cursor of the page that follows, or null. What was read has an ETag; a change says \
with If-Match what it changes. A POST with an Idempotency-Key is done once."""

_CONVERTER = re.compile(r"<(?:(\w+):)?(\w+)>")
_PROBLEMS = {
    401: "No access key, or one that opens nothing.",
    403: "The key's purposes, or its organisation's place, do not allow this.",
    404: "It does not exist, or not for this key.",
    406: "Another type than this answers with was asked for.",
    429: "Too many requests; Retry-After says when to try again.",
}

bp = Blueprint("api_document", __name__)


@bp.get("/api/v1/openapi.json")
@public
def openapi() -> Response:
    """Give the document of the API; it says nothing about anybody, so no key is needed."""
    made: dict[str, Any] = current_app.extensions.setdefault("openapi", {})
    if not made:
        made.update(describe(list(operations(current_app))))
    return jsonify(made)


def describe(found: list[Operation]) -> dict[str, Any]:
    """Return the document of these operations."""
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec(
        title="PartnerJourney",
        version="1",
        openapi_version="3.1.0",
        info={"description": ABOUT, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        plugins=[plugin],
        tags=[{"name": name} for name in dict.fromkeys(one.tag for one in found)],
        security=[{"accessKey": []}],
    )
    converter: Any = plugin.converter
    converter.add_attribute_function(_longest)
    key = {"type": "http", "scheme": "bearer", "description": "An access key: pj_…"}
    spec.components.security_scheme("accessKey", key)
    spec.components.schema("Problem", schema=Problem)
    for one in found:
        spec.path(path=path_of(one), operations={one.method.lower(): _operation(one)})
    document: dict[str, Any] = spec.to_dict()
    return document


def path_of(operation: Operation) -> str:
    """Return the address of an operation as OpenAPI writes it."""
    return "/api/v1" + _CONVERTER.sub(r"{\2}", operation.rule)


def _name(schema: Any) -> str:
    made = schema if isinstance(schema, type) else type(schema)
    return str(made.__name__).removesuffix("Document")


def _longest(_self: Any, field: Any, **_: Any) -> dict[str, Any]:
    """Say of a text how long it may be."""
    return {"maxLength": field.most} if isinstance(field, Text) else {}


def _operation(one: Operation) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": f"{one.tag.lower().replace(' ', '_').replace('-', '_')}_{one.view.__name__}",
        "summary": one.summary,
        "tags": [one.tag],
        "parameters": _parameters(one),
        "responses": _responses(one),
    }
    purpose = f"The key is made for `{one.purpose}`." if one.purpose else "Any key may."
    said["description"] = f"{one.more} {purpose}".strip()
    if one.takes is not None or one.raw:
        schema = _taken(one)
        content = {media: {"schema": schema[media]} for media in one.media}
        said["requestBody"] = {"required": True, "content": content}
    return said


def _taken(one: Operation) -> dict[str, Any]:
    made: Any = one.takes
    given: dict[str, Any] = getattr(one.view, "bodies", None) or dict.fromkeys(one.media, made)
    return given


def _parameters(one: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for kind, name in _CONVERTER.findall(one.rule):
        schema = {"type": "string", **({"format": "uuid"} if kind == "uuid" else {})}
        found.append({"in": "path", "name": name, "required": True, "schema": schema})
    if one.asks is not None:
        found.append({"in": "query", "schema": one.asks})
    if one.matched:
        found.append(_header("If-Match", "The ETag of what is changed.", required=True))
    if one.method == "POST":
        found.append(
            _header("Idempotency-Key", "Does this request once, however often it is sent.")
        )
    return found


def _header(name: str, text: str, *, required: bool = False) -> dict[str, Any]:
    schema = {"type": "string"}
    return {
        "in": "header",
        "name": name,
        "description": text,
        "required": required,
        "schema": schema,
    }


def _responses(one: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {str(one.status): _good(one, one.gives, one.status)}
    for status, schemas in one.also.items():
        found[str(status)] = {
            "description": one.summary,
            "content": {JSON: {"schema": {"oneOf": list(schemas)}}},
        }
    if one.method == "GET":
        found["304"] = {"description": "What was read before still stands."}
    for code, text in {**_PROBLEMS, **_further(one)}.items():
        found[str(code)] = {
            "description": text,
            "content": {PROBLEM: {"schema": Problem}},
        }
    return found


def _good(one: Operation, schema: type[Schema] | None, status: int) -> dict[str, Any]:
    if status == 204:
        return {"description": "Done."}
    tagged = {"ETag": {"schema": {"type": "string"}}}
    if schema is None:
        content: Any = {one.answers: {}}
        return {"description": one.summary, "headers": tagged, "content": content}
    shape: Any = schema
    if one.listed:
        shape = {
            "type": "object",
            "required": ["data", "next"],
            "additionalProperties": False,
            "properties": {
                "data": {"type": "array", "items": schema},
                "next": {"type": ["string", "null"]},
            },
        }
    return {"description": one.summary, "headers": tagged, "content": {JSON: {"schema": shape}}}


def _further(one: Operation) -> dict[int, str]:
    found = {422: "Fields or parameters are wrong: `errors` names each."}
    if one.takes is not None or one.raw:
        found |= {400: "No sound JSON.", 413: "The body is too large.", 415: "Not this media type."}
    if one.method != "GET":
        found[409] = "It cannot be done as things stand."
    if one.matched:
        found |= {412: "It was changed meanwhile.", 428: "If-Match is missing."}
    return found
