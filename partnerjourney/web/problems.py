"""Errors of the API: application/problem+json (RFC 9457), with every field that is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from partnerjourney.web.pages import translated

PREFIX = "/api/"

_SAID = {
    401: "Send an access key that works: Authorization: Bearer pj_…",
    403: "This key, or its organisation, may not do this.",
    404: "There is no such thing, or not for whom this key acts.",
    405: "This address does not take that method.",
    406: "This answers with application/json.",
    409: "This cannot be done as things stand now.",
    412: "It was changed meanwhile. `current` says what stands there now.",
    413: "The body is too large.",
    415: "Send a body of one of the types that the document of the API names.",
    428: "Say what you are changing: If-Match with the ETag that you read.",
    429: "Too many requests with this key. Try again after the seconds of Retry-After.",
    500: "Something went wrong on our side. Nothing was changed.",
    503: "The service is busy. Try again in a moment.",
}


class ProblemError(HTTPException):
    """An answer of the API that is an error; `more` are further members of its document."""

    def __init__(
        self,
        code: int,
        detail: str | None = None,
        *,
        errors: list[dict[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.errors, self.headers, self.more = errors, dict(headers or {}), more


def concerned() -> bool:
    """Say whether this request is one of the API."""
    return request.path.startswith(PREFIX)


def problem(
    code: int,
    detail: str | None = None,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """Return an error's answer; nothing of it is kept by caches."""
    title = HTTP_STATUS_CODES.get(code, "Error")
    said = detail or _SAID.get(code, title)
    document: dict[str, Any] = {"type": "about:blank", "title": title, "status": code}
    document |= {"detail": said, **({"errors": errors} if errors else {}), **more}
    response = Response(
        json.dumps(document, ensure_ascii=False), code, mimetype="application/problem+json"
    )
    for name, value in (headers or {}).items():
        response.headers[name] = value
    if code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="PartnerJourney"'
    response.headers["Cache-Control"] = "no-store"
    return response


def of_exception(error: HTTPException) -> Response:
    """Return the answer to what was raised, one of ours or one of the framework's."""
    if isinstance(error, ProblemError):
        return problem(
            error.code or 500,
            error.description,
            errors=error.errors,
            headers=error.headers,
            **error.more,
        )
    kept = {"Allow"} if error.code == 405 else set()
    given = [(name, value) for name, value in error.get_headers() if name in kept]
    return problem(error.code or 500, headers=dict(given))


def fields(messages: Mapping[Any, Any], before: str = "") -> list[dict[str, str]]:
    """Return every fault of a schema or a verb as a field's path and what is wrong with it."""
    return [{"field": name, "message": text} for name, text in _fields(messages, before)]


def _fields(messages: Mapping[Any, Any], before: str) -> Iterator[tuple[str, str]]:
    for name, found in messages.items():
        path = before if name == "_schema" else f"{before}.{name}" if before else str(name)
        if isinstance(found, Mapping):
            yield from _fields(found, path)
        else:
            for text in [found] if isinstance(found, str) else found:
                yield path, translated(text)
