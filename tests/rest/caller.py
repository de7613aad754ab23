"""A system with an access key, whose every answer is held against the document of the API."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from partnerjourney.core import border, ids, tokens
from partnerjourney.core.parties import Journey, Organisation
from partnerjourney.core.scopes import System
from partnerjourney.core.tokens import ApiToken
from tests.rest.shape import faults
from tests.told import NOW, Story

V1 = "/api/v1"
ALL = ("read", "events", "write")


def make_key(
    story: Story,
    slug: str,
    *purposes: str,
    journeys: Sequence[uuid.UUID] | None = None,
    days: int = 30,
) -> str:
    """Make a key of an organisation for some journeys (the story's own) and return it."""
    token_id = ids.new_v4()
    key = tokens.compose(token_id)
    within = [story.ids["journey_id"]] if journeys is None else journeys
    with border.open_session(story.engine, System("a test"), write=True) as session:
        owner = session.scalars(select(Organisation.id).where(Organisation.slug == slug)).one()
        session.add(
            ApiToken(
                owner_id=owner,
                id=token_id,
                name=f"key of {slug}",
                token_hash=ids.token_hash(key),
                purposes=sorted(purposes or ALL),
                journeys=[str(one) for one in within],
                created_at=NOW,
                expires_at=NOW + timedelta(days=days),
            )
        )
        session.commit()
    return key


def other_journey(story: Story) -> uuid.UUID:
    """Return a journey of the story that is not the Dutch one."""
    with border.open_session(story.engine, System("a test")) as session:
        found = session.scalars(select(Journey.id).where(Journey.id != story.ids["journey_id"]))
        return next(iter(found))


class Caller:
    """Sends requests with a key; checks each answer against what is documented."""

    def __init__(self, story: Story, key: str | None) -> None:
        self.story, self.key = story, key
        self.client = story.app.test_client()
        self.document = self.client.get(f"{V1}/openapi.json").get_json()
        self.seen: set[tuple[str, str, int]] = set()

    def __call__(
        self, method: str, path: str, body: Any = None, *, plain: bool = False, **headers: str
    ) -> TestResponse:
        """Send a request; `body` is sent as JSON unless it is bytes."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key is not None:
            given.setdefault("Authorization", f"Bearer {self.key}")
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        if data is not None:
            given.setdefault("Content-Type", "application/json")
        answer = self.client.open(f"{V1}{path}", method=method, data=data, headers=given)
        if not plain:
            self.check(method, path.partition("?")[0], answer)
        return answer

    def check(self, method: str, path: str, answer: TestResponse) -> None:
        """Hold an answer against the document."""
        where = self.path_of(path)
        assert where is not None, f"{method} {path} is not documented"
        said = self.document["paths"][where][method.lower()]["responses"]
        assert str(answer.status_code) in said, (method, path, answer.status_code, answer.text)
        self.seen.add((method, where, answer.status_code))
        content = said[str(answer.status_code)].get("content")
        if content is None:
            assert not answer.get_data()
            return
        assert answer.mimetype in content, (method, path, answer.mimetype)
        schema = content[answer.mimetype].get("schema")
        if schema is not None:
            wrong = faults(answer.get_json(), schema, self.document)
            assert not wrong, (method, path, wrong)

    def path_of(self, path: str) -> str | None:
        """Return the documented address that a path is one of."""
        parts = f"{V1}{path}".split("/")
        for known in self.document["paths"]:
            wanted = known.split("/")
            if len(wanted) == len(parts) and all(
                a == b
                or ("{" in a and a.endswith("}") and b and not b.endswith(".pdf"))
                or (a.endswith(".pdf") and b.endswith(".pdf"))
                for a, b in zip(wanted, parts, strict=True)
            ):
                return str(known)
        return None

    def all(self, path: str, limit: int = 2) -> list[dict[str, Any]]:
        """Read a list to its end, page after page."""
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            sign = "&" if "?" in path else "?"
            more = f"{path}{sign}limit={limit}" + (f"&cursor={cursor}" if cursor else "")
            page = self("GET", more).get_json()
            assert len(page["data"]) <= limit
            found += page["data"]
            cursor = page["next"]
        return found
