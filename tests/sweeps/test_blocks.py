"""Every block of every page renders alone, as htmx asks for it, with nothing undefined."""

from __future__ import annotations

from typing import Any

from flask import template_rendered
from jinja2 import Template

from tests.told import Story, told

__all__ = ["told"]

READERS = (
    ("anna@telenoord.example", "telenoord"),
    ("mila@koeriersnel.example", "koerier-snel"),
    ("dirk@thuisklaar.example", "thuisklaar"),
    (None, "telenoord"),
)


def test_every_block_renders_alone(told: Story) -> None:
    rendered: list[tuple[Template, dict[str, Any]]] = []

    def remember(_app: Any, template: Template, context: dict[str, Any], **_: Any) -> None:
        if ".pdf." not in (template.name or "") and "/mail/" not in (template.name or ""):
            _each_block(template, context)
            rendered.append((template, context))

    with template_rendered.connected_to(remember, told.app):
        for email, slug in READERS:
            client = told.browser(email)
            for rule in told.rules():
                if "GET" in (rule.methods or ()):
                    client.get(told.address(rule, organisation=slug)).close()
    assert len({template.name for template, _ in rendered}) > 20


def _each_block(template: Template, context: dict[str, Any]) -> None:
    for name, block in template.blocks.items():
        made = template.new_context(context)
        assert isinstance("".join(block(made)), str), (template.name, name)
