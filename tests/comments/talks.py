"""People of the picture's journey who talk: their browsers, and what they post."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from partnerjourney.core import clock
from partnerjourney.core.parties import Role
from tests.maps.telenoord import NOW, Telenoord

QUESTION = "Kan de barcode voortaan ook op de doos?"


class Talks:
    """Everybody's browser; posts come one second after another, as people do."""

    def __init__(self, app: Flask, chain: Telenoord) -> None:
        self.app, self.chain = app, chain
        self.clients: dict[str, FlaskClient] = {}
        self.posts = 0

    def client(self, name: str, role: Role = Role.ADMIN) -> FlaskClient:
        """Return the browser of somebody of an organisation."""
        key = f"{name} {role}"
        if key not in self.clients:
            self.clients[key] = self.chain.client(self.app, name, role)
        return self.clients[key]

    def get(
        self,
        name: str,
        path: str = "",
        *,
        role: Role = Role.ADMIN,
        at: datetime = NOW,
        **more: Any,
    ) -> Any:
        """Open a page of the conversations; a path with a slash in front is one of the journey."""
        path = path[1:] if path.startswith("/") else f"comments/{path}"
        with clock.at(at + timedelta(seconds=self.posts)):
            return self.client(name, role).get(self.chain.at(name, path), **more)

    def home(self, name: str) -> Any:
        """Open the home of an organisation."""
        with clock.at(NOW + timedelta(seconds=self.posts)):
            return self.client(name).get(f"/o/{name}/")

    def post(
        self,
        name: str,
        path: str = "",
        *,
        role: Role = Role.ADMIN,
        at: datetime = NOW,
        headers: Any = None,
        **data: Any,
    ) -> Any:
        """Send a form."""
        self.posts += 1
        with clock.at(at + timedelta(seconds=self.posts)):
            client = self.client(name, role)
            return client.post(self.chain.at(name, f"comments/{path}"), data=data, headers=headers)

    def tiles(self, name: str, **about: Any) -> list[dict[str, str]]:
        """Return the audiences that somebody is offered, as their addresses say them."""
        asked = "&".join(f"{key}={value}" for key, value in about.items())
        page = self.get(name, f"new?{asked}").text
        found = re.findall(r'<a class="audience[^"]*" href="([^"]+)"', page)
        return [dict(parse_qsl(urlsplit(unescape(href)).query)) for href in found]

    def circle(self, name: str, handover: str, member: str) -> str:
        """Return the circle of a hand-over in which a member sits, as its tile names it."""
        where = self.chain.handover(handover)
        page = self.get(name, f"new?handover={where}").text
        tile = next(
            found
            for found in re.findall(r'<a class="audience.*?</a>', page, re.DOTALL)
            if "circle=" in found and member in found
        )
        found = re.search(r"circle=([0-9a-f-]+)", tile)
        assert found is not None
        return found[1]

    def begin(self, name: str, audience: str, **more: Any) -> UUID:
        """Begin a conversation and return its id."""
        answer = self.post(name, "", **{"audience": audience, "text": QUESTION, **more})
        assert answer.status_code == 303, answer.text
        return UUID(answer.location.rpartition("/")[2])

    def at_snel(self, **more: Any) -> UUID:
        """Let the warehouse ask Koerier Snel something at their hand-over."""
        where = {
            "handover": self.chain.handover("h4"),
            "circle": self.circle("flevo", "h4", "Snel"),
        }
        return self.begin("flevo", "edge", **{**where, **more})

    def party(self, key: str) -> str:
        """Return the box of a party."""
        with self.chain.acting("telenoord") as (_session, _actor, place):
            return f"party:{next(p.id for p in place.parties.values() if p.key == key)}"

    def person(self, name: str, role: Role = Role.ADMIN) -> str:
        """Return the box of somebody of an organisation."""
        return f"person:{self.chain.user(name, role)}"
