"""Said again: a POST with an Idempotency-Key is done once, and answered the same every time.

What was answered is stored in the transaction of the act, so both are there or neither. A request
that was refused did nothing and may be sent again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from flask import Response, request

from partnerjourney.core import border, clock
from partnerjourney.core.tokens import ApiAnswer
from partnerjourney.web import session as web
from partnerjourney.web.problems import ProblemError
from partnerjourney.web.rest.keys import actor

HEADER = "Idempotency-Key"
_KEPT = ("ETag", "Location", "Content-Type")


def once(answer: Callable[[], Response]) -> Response:
    """Answer, or say again what was answered to this very request before."""
    given = request.headers.get(HEADER)
    if given is None:
        return answer()
    if not 0 < len(given) <= 255 or not given.isascii() or not given.isprintable():
        fault = {"field": HEADER, "message": "1 to 255 printable characters of ASCII"}
        raise ProblemError(422, "This is no Idempotency-Key.", errors=[fault])
    scope = actor()
    asked = f"{request.method} {request.full_path} {request.mimetype}\n".encode()
    request_hash = hashlib.sha256(asked + request.get_data()).hexdigest()
    place = (scope.organisation_id, scope.token_id, hashlib.sha256(given.encode()).hexdigest())
    with border.verb(web.session(), "say an answer again") as system:
        known = system.get(ApiAnswer, place)
    if known is not None:
        return _again(known, request_hash)
    response = answer()
    if response.status_code < 400:
        kept = {name: response.headers[name] for name in _KEPT if name in response.headers}
        row = ApiAnswer(
            owner_id=place[0],
            token_id=place[1],
            key_hash=place[2],
            request_hash=request_hash,
            status=response.status_code,
            answer={"headers": kept, "body": response.get_data(as_text=True)},
            created_at=clock.now(),
        )
        with border.verb(web.session(), "remember an answer") as system:
            system.add(row)
    return response


def _again(known: ApiAnswer, request_hash: str) -> Response:
    if known.request_hash != request_hash:
        fault = {"field": HEADER, "message": "This key came with another request before."}
        raise ProblemError(422, "An Idempotency-Key is for one request.", errors=[fault])
    response = Response(known.answer["body"], known.status)
    for name, value in known.answer["headers"].items():
        response.headers[name] = value
    response.headers["Idempotency-Replayed"] = "true"
    return response
