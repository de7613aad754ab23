"""REST: the conversations that an organisation shares with others; its own stay among people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from partnerjourney.comments import queries, schemas, services
from partnerjourney.comments.queries import About, Said, Seen
from partnerjourney.comments.rules import Audience
from partnerjourney.comments.services.writing import Words
from partnerjourney.core import clock
from partnerjourney.core.errors import InputError, NotFoundError
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.core.texts import N_
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("comments", "Conversations")

ALL = "/journeys/<uuid:journey_id>/conversations"
ONE = f"{ALL}/<uuid:thread_id>"
MOST = 1000
SHARED = (Audience.EDGE, Audience.JOURNEY)


def _place(journey_id: UUID) -> Place:
    return journeys.find(session(), rest.actor(), journey_id)


def _document(seen: Seen) -> dict[str, Any]:
    return {
        "id": seen.id,
        "audience": seen.audience,
        "card": seen.about.card_id,
        "handover": seen.about.handover_id,
        "begun_at": seen.begun_at,
        "last_at": seen.last_at,
        "resolved_at": seen.resolved_at,
        "comments": [_comment(said) for said in seen.comments],
    }


def _comment(said: Said) -> dict[str, Any]:
    return {
        "id": said.id,
        "organisation": said.organisation,
        "person": said.person or None,
        "text": said.text,
        "asks": said.parties,
        "at": said.at,
        "edited_at": said.edited_at,
        "withdrawn_at": said.withdrawn_at,
    }


def _one(place: Place, thread_id: UUID) -> dict[str, Any]:
    seen = queries.one(session(), place, thread_id)
    if seen is None or seen.audience not in SHARED:
        raise NotFoundError
    return _document(seen)


@api.operation(
    "GET",
    ALL,
    purpose=TokenPurpose.READ,
    gives=schemas.ConversationDocument,
    asks=schemas.ConversationsQuery,
    listed=True,
)
def conversations(journey_id: UUID, query: dict[str, Any]) -> Any:
    """List the latest thousand conversations that the organisation shares, the latest first.

    What it talks over among its own people is not for systems.
    """
    place, settled = _place(journey_id), query.pop("resolved")
    found = queries.listing(session(), place, resolved=settled, audiences=SHARED, limit=MOST)
    rows, following = rest.paged(
        found,
        lambda seen: (seen.last_at.isoformat(), str(seen.id)),
        descending=True,
        **query,
    )
    return [_document(seen) for seen in rows], following


@api.operation("GET", ONE, purpose=TokenPurpose.READ, gives=schemas.ConversationDocument)
def conversation(journey_id: UUID, thread_id: UUID) -> Any:
    """Give one conversation with its comments."""
    return _one(_place(journey_id), thread_id)


@api.operation(
    "POST",
    ALL,
    purpose=TokenPurpose.WRITE,
    takes=schemas.NewConversation,
    gives=schemas.ConversationDocument,
    status=201,
)
def begin(journey_id: UUID, body: dict[str, Any]) -> Any:
    """Begin a conversation for its readers, which never become more.

    At a hand-over with a group `member` names the organisation of the group that reads it.
    """
    place, about = _place(journey_id), About(body["card"], body["handover"])
    thread = services.begin(
        session(),
        rest.actor(),
        place,
        about,
        body["audience"],
        Words(body["text"], body["asks"]),
        circle_id=_circle(place, about, body),
        at=clock.now(),
    )
    return _one(place, thread.id)


def _circle(place: Place, about: About, body: dict[str, Any]) -> UUID | None:
    """Return the circle in which a member sits; None where the hand-over has one only."""
    member = body["member"]
    if member is None:
        return None
    offered = queries.choices(session(), rest.actor(), place, about).found
    found = [one.circle_id for one in offered if member in one.slugs]
    if len(found) != 1:
        raise InputError({"member": [N_("Choose who reads this.")]})
    return found[0]


@api.operation(
    "POST",
    f"{ONE}/comments",
    purpose=TokenPurpose.WRITE,
    takes=schemas.NewComment,
    gives=schemas.ConversationDocument,
    status=201,
)
def reply(journey_id: UUID, thread_id: UUID, body: dict[str, Any]) -> Any:
    """Answer in a conversation; one that was dealt with is open again."""
    place = _place(journey_id)
    thread = services.find(session(), place, thread_id, lock=True)
    words = Words(body["text"], body["asks"])
    services.reply(session(), rest.actor(), place, thread, words, at=clock.now())
    return _one(place, thread_id)


@api.operation(
    "POST", f"{ONE}/resolve", purpose=TokenPurpose.WRITE, gives=schemas.ConversationDocument
)
def resolve(journey_id: UUID, thread_id: UUID) -> Any:
    """Mark a conversation as dealt with."""
    place = _place(journey_id)
    thread = services.find(session(), place, thread_id, lock=True)
    services.resolve(session(), rest.actor(), place, thread, at=clock.now())
    return _one(place, thread_id)


@api.operation(
    "POST", f"{ONE}/reopen", purpose=TokenPurpose.WRITE, gives=schemas.ConversationDocument
)
def reopen(journey_id: UUID, thread_id: UUID) -> Any:
    """Open a conversation again that was marked as dealt with."""
    place = _place(journey_id)
    thread = services.find(session(), place, thread_id, lock=True)
    services.reopen(session(), rest.actor(), place, thread, at=clock.now())
    return _one(place, thread_id)
