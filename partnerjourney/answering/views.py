"""Answering by mail: a GET shows one thing, a POST answers it, once, without an account."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for

from partnerjourney.answering import services
from partnerjourney.answering.services import KINDS, Kind, Opened, Shown
from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.web import session as web
from partnerjourney.web.language import speaking
from partnerjourney.web.links import calm
from partnerjourney.web.pages import Form, page, translated
from partnerjourney.web.session import enter, session

bp = Blueprint("answering", __name__)


@bp.get("/a/<token>")
@calm
def ask(token: str) -> Response:
    """Show what is asked; nothing changes."""
    opened = services.find(web.engine(), token, at=clock.now())
    enter(opened.scope)
    with speaking(opened.person.language):
        return _asking(opened, Form())


@bp.post("/a/<token>")
@calm
def answer(token: str) -> Response:
    """Carry the answer out; what cannot be taken is shown again with all that was typed."""
    opened = services.find(web.engine(), token, at=clock.now())
    with speaking(opened.person.language):
        return _answer(opened)


def _answer(opened: Opened) -> Response:
    typed = request.form.to_dict()
    enter(opened.scope)
    try:
        services.use(session(), opened, at=clock.now())
        shown = _kind(opened).answer(session(), opened, typed, at=clock.now())
    except InputError as error:
        errors = {
            name: [translated(text) for text in told] for name, told in error.messages.items()
        }
        return _again(opened, Form(values=typed, errors=errors), status=422)
    except ConflictError:
        return _again(opened, Form(values=typed), status=409)
    except NotAllowedError:
        raise NotFoundError from None
    return _said(opened, shown)


def _kind(opened: Opened) -> Kind:
    if opened.kind not in KINDS:
        raise NotFoundError
    return KINDS[opened.kind]


def _again(opened: Opened, form: Form, *, status: int) -> Response:
    web.close()
    enter(opened.scope)
    return _asking(opened, form, status=status)


def _asking(opened: Opened, form: Form, *, status: int = 200) -> Response:
    """Show the thing as it is now; `changed` says that it is not what was answered."""
    shown = _kind(opened).show(session(), opened, at=clock.now())
    return _said(opened, shown, status=status, form=form, changed=status == 409)


def _said(
    opened: Opened,
    shown: Shown,
    *,
    status: int = 200,
    form: Form | None = None,
    changed: bool = False,
) -> Response:
    return page(
        shown.template,
        status=status,
        opened=opened,
        form=form or Form(),
        changed=changed,
        here=url_for(".ask", **(request.view_args or {})),
        **shown.context,
    )
