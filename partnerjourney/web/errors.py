"""Domain errors become answers here, once; each is one calm page in the reader's language."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from flask import Flask, Response, g, make_response, render_template, request
from jinja2 import TemplateNotFound
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from partnerjourney.core.errors import (
    ConflictError,
    InputError,
    NotFoundError,
    TooManyAttemptsError,
)
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.web import problems, session

log = logging.getLogger(__name__)


def error_page(
    code: int, *, faults: Mapping[str, list[str]] | None = None, detail: str = "", **headers: str
) -> Response:
    """Return the page of an error, or the API's document.

    The session is closed, so nothing is written or read for it.
    """
    session.close()
    if problems.concerned():
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        errors = problems.fields(faults) if faults else None
        return problems.problem(code, detail or None, errors=errors, headers=named)
    try:
        body = render_template(f"errors/{code}.html")
    except TemplateNotFound:
        body = render_template("errors/500.html" if code >= 500 else "errors/400.html")
    response = make_response(body, code)
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    response.headers["Cache-Control"] = "no-store"
    return response


def _of_http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    if problems.concerned():
        session.close()
        return problems.of_exception(error)
    return error_page(error.code)


def init_app(app: Flask) -> None:
    """Register the handlers."""

    @app.errorhandler(NotFoundError)
    @app.errorhandler(NoResultFound)
    def _not_found(_error: Exception) -> Response:
        return error_page(404)

    @app.errorhandler(NotAllowedError)
    def _not_allowed(_error: Exception) -> Response:
        return error_page(403)

    @app.errorhandler(ConflictError)
    @app.errorhandler(StaleDataError)
    def _conflict(error: Exception) -> Response:
        return error_page(409, detail=str(error) if isinstance(error, ConflictError) else "")

    @app.errorhandler(InputError)
    def _input(error: InputError) -> Response:
        return error_page(422, faults=error.messages, detail="Some fields are wrong.")

    @app.errorhandler(TooManyAttemptsError)
    def _too_many(error: TooManyAttemptsError) -> Response:
        return error_page(429, Retry_After=str(error.retry_after))

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        return _of_http(error)

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Response:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        if app.testing or app.debug:
            raise error
        g.pop("acting", None)
        return error_page(500)
