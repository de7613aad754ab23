"""Faults of a verb, said of the fields of a document: its names, and its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from partnerjourney.core.errors import InputError


@contextmanager
def named(names: Mapping[str, str], texts: Mapping[str, str] | None = None) -> Iterator[None]:
    """Say of a fault which field of the document it is about; `names` maps the verb's to it.

    `texts` says some faults in other words.
    """
    try:
        yield
    except InputError as error:
        said = texts or {}
        raise InputError(
            {
                names.get(name, name): [said.get(text, text) for text in found]
                for name, found in error.messages.items()
            }
        ) from error
