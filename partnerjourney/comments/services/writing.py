"""Writing: the first comment of a conversation with its readers, and those that follow."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.comments.models import TABLES, Comment, EdgeThread, Thread, audience_of
from partnerjourney.comments.queries.readers import Choice, choices, colleagues, readers_of
from partnerjourney.comments.queries.threads import About, one
from partnerjourney.comments.rules import MOST_MENTIONS, Audience, editable
from partnerjourney.comments.services.finding import Written, may_write, record, where
from partnerjourney.comments.services.settling import see
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError
from partnerjourney.core.parties import Circle
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor, Member
from partnerjourney.core.texts import N_
from partnerjourney.handovers import services as handovers
from partnerjourney.journeys.services import Place
from partnerjourney.touchpoints import services as cards


@dataclass(frozen=True, slots=True)
class Words:
    """What is written, and whom it asks for: parties and colleagues by id."""

    text: str
    parties: Collection[uuid.UUID] = ()
    people: Collection[uuid.UUID] = ()


def begin(
    session: Session,
    actor: Actor,
    place: Place,
    about: About,
    audience: Audience,
    words: Words,
    *,
    circle_id: uuid.UUID | None = None,
    at: datetime,
) -> Thread:
    """Begin a conversation for the readers that were chosen; they are fixed from here on.

    `circle_id` says which one where a hand-over has several. Raises NotFoundError for what is not
    in the journey, InputError for readers that the actor cannot choose and for whom it asks for
    outside them.
    """
    _there(session, place, about)
    found = choices(session, actor, place, about)
    chosen = found.get(audience, circle_id)
    if chosen is None:
        raise InputError({"audience": [N_("Choose who reads this.")]})
    _check(words, chosen, found.colleagues)
    table, _ = TABLES[audience]
    own = {"owner_id": actor.organisation_id} if audience is Audience.OWN else {}
    shared = {"circle_id": chosen.circle_id} if audience is Audience.EDGE else {}
    thread: Thread = table(
        journey_id=place.id,
        card_id=about.card_id,
        handover_id=about.handover_id,
        begun_at=at,
        last_at=at,
        **own,
        **shared,
    )
    session.add(thread)
    session.flush()
    _write(session, actor, thread, words, at=at)
    record(session, actor, thread, "comment.begin", at=at, after=words.text)
    return thread


def reply(
    session: Session, actor: Actor, place: Place, thread: Thread, words: Words, *, at: datetime
) -> Comment:
    """Answer in a conversation that `find` holds; one that was settled is open again.

    Raises ConflictError where a reader has left: what follows needs a conversation of its own.
    """
    may_write(actor, place, thread)
    refuse_closed(session, thread)
    seen = one(session, place, thread.id)
    assert seen is not None  # it is held
    readers = readers_of(session, actor, place, seen)
    _check(words, readers, colleagues(session, actor))
    made = _write(session, actor, thread, words, at=at)
    thread.last_at = at
    thread.resolved_at = thread.resolved_by_id = None
    session.flush()
    record(session, actor, thread, "comment.reply", at=at, after=words.text)
    if isinstance(actor, Member):
        see(session, actor, place, thread, at=at)
    return made


def edit(
    session: Session,
    actor: Actor,
    place: Place,
    thread: Thread,
    comment: Comment,
    *,
    text: str,
    at: datetime,
) -> None:
    """Mend one's own comment, which is shown; ConflictError after a quarter of an hour."""
    require(actor, Permission.COMMENT_CHANGE, _written(place, comment))
    if comment.withdrawn_at is not None or not editable(comment.at, at):
        raise ConflictError("a comment is mended within a quarter of an hour")
    if text == comment.text:
        return
    before, comment.text, comment.edited_at = comment.text, text, at
    session.flush()
    record(session, actor, thread, "comment.edit", at=at, before=before, after=text)


def withdraw(
    session: Session, actor: Actor, place: Place, thread: Thread, comment: Comment, *, at: datetime
) -> None:
    """Take one's own comment back: its text goes, that it was there stays."""
    require(actor, Permission.COMMENT_CHANGE, _written(place, comment))
    if comment.withdrawn_at is not None:
        return
    before, comment.text, comment.withdrawn_at = comment.text, "", at
    comment.parties, comment.people, comment.mentions = [], [], False
    session.flush()
    record(session, actor, thread, "comment.withdraw", at=at, before=before)


def refuse_closed(session: Session, thread: Thread) -> None:
    """Raise ConflictError where somebody of the circle has left: it takes nothing new."""
    if not isinstance(thread, EdgeThread):
        return
    closed = session.scalar(
        select(Circle.closed_at).where(
            Circle.journey_id == thread.journey_id, Circle.id == thread.circle_id
        )
    )
    if closed is not None:
        raise ConflictError("somebody of this conversation has left")


def _written(place: Place, comment: Comment) -> Written:
    return Written(place.standing, comment.organisation_id, comment.user_id)


def _there(session: Session, place: Place, about: About) -> None:
    """Raise NotFoundError for a card or hand-over that is not on this map."""
    if about.card_id is not None and about.handover_id is not None:
        raise NotFoundError
    if about.card_id is not None:
        cards.find(session, place, about.card_id)
    if about.handover_id is not None:
        handovers.find(session, place, about.handover_id)


def _check(words: Words, readers: Choice, colleagues: Collection[uuid.UUID]) -> None:
    """Refuse to ask for somebody who would not read it."""
    outside = set(words.parties) - set(readers.parties)
    strangers = set(words.people) - set(colleagues)
    if outside or strangers:
        raise InputError({"asks": [N_("Only who reads this conversation can be asked for.")]})
    if len(words.parties) + len(words.people) > MOST_MENTIONS:
        raise InputError({"asks": [N_("Ask for fewer at once.")]})


def _write(
    session: Session, actor: Actor, thread: Thread, words: Words, *, at: datetime
) -> Comment:
    _, table = TABLES[audience_of(thread)]
    made: Comment = table(
        **{"journey_id": thread.journey_id, **where(thread)},
        thread_id=thread.id,
        organisation_id=actor.organisation_id,
        user_id=actor.user_id,
        text=words.text,
        mentions=bool(words.parties or words.people),
        parties=sorted(str(one) for one in words.parties),
        people=sorted(str(one) for one in words.people),
        at=at,
    )
    session.add(made)
    session.flush()
    return made
