"""Batches: what became of each of many, and one answer about all of them."""

from __future__ import annotations

from typing import Any

from partnerjourney.web.problems import ProblemError


def rejected(index: int, faults: list[dict[str, str]]) -> dict[str, Any]:
    """Return what is said of one of a batch that was not taken, with what is wrong with it."""
    return {"index": index, "status": "rejected", "errors": faults}


def told(results: list[dict[str, Any]], *, none_valid: str) -> dict[str, Any]:
    """Return what became of a batch; raises ProblemError 422, saying `none_valid`, if none was."""
    counts = [one["status"] for one in results]
    document: dict[str, Any] = {
        "accepted": counts.count("accepted"),
        "duplicates": counts.count("duplicate"),
        "rejected": counts.count("rejected"),
        "results": results,
    }
    if document["rejected"] < len(results):
        return document
    errors = [
        {"field": f"{one['index']}.{fault['field']}".rstrip("."), "message": fault["message"]}
        for one in results
        for fault in one["errors"]
    ]
    raise ProblemError(422, none_valid, errors=errors, **document)
