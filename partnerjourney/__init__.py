"""PartnerJourney: the place where companies own a customer journey together."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from partnerjourney import features
from partnerjourney.core import audit, policy, schema
from partnerjourney.core.engine import new_engine
from partnerjourney.core.places import TEMPLATES
from partnerjourney.core.settings import Settings, load


def create_app(settings: Settings | None = None, *, pages: bool = True) -> Flask:
    """Build the application: the table of contents of the product.

    Without `pages` it renders mails alone: for a worker, which so takes 5 MiB less.
    """
    from partnerjourney.web import (
        csrf,
        errors,
        headers,
        health,
        identity,
        kept,
        language,
        session,
        static,
        words,
    )
    from partnerjourney.web.pages import htmx, link_to

    settings = settings or load()
    schema.load()
    features.connect()
    app = session.TransactionalFlask(__name__, template_folder=str(TEMPLATES), static_folder=None)
    _configure(app, settings)
    kept.init_app(app)
    headers.init_app(app, secure=not settings.loopback)
    for part in (session, csrf, language, identity, errors, static, words, htmx):
        part.init_app(app)
    if not pages:
        return app
    app.register_blueprint(health.bp)
    _register_features(app)
    app.jinja_env.globals.update(
        can=lambda permission, thing: policy.allows(
            session.actor(), policy.Permission(permission), thing
        ),
        link_to=link_to,
        demo=settings.demo,
    )
    app.jinja_env.globals["ui"] = app.jinja_env.get_template("ui.html").module
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="pj_session" if settings.loopback else "__Host-pj_session",
        SESSION_COOKIE_SECURE=not settings.loopback,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=settings.max_body,
        MAX_FORM_PARTS=2000,
    )
    app.extensions["settings"] = settings
    app.extensions["engine"] = new_engine(
        settings.database_url,
        roles=settings.database_roles or None,
        pooler=settings.database_pooler,
    )
    audit.use_key(app.extensions["engine"], settings.secret_key)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )


def _register_features(app: Flask) -> None:
    """List every feature once."""
    from partnerjourney.answering import views as answering
    from partnerjourney.checks import views as checks
    from partnerjourney.checks import words as check_words
    from partnerjourney.credentials import views as credentials
    from partnerjourney.drawing import views as drawing
    from partnerjourney.groups import views as groups
    from partnerjourney.home import views as home
    from partnerjourney.joining import views as joining
    from partnerjourney.journeys import views as journeys
    from partnerjourney.leaving import views as leaving
    from partnerjourney.maps import views as maps
    from partnerjourney.measurement import views as measurement
    from partnerjourney.notices import views as notices
    from partnerjourney.organisations import views as organisations
    from partnerjourney.proposals import views as proposals
    from partnerjourney.reviews import views as reviews
    from partnerjourney.searching import views as searching
    from partnerjourney.starting import views as starting
    from partnerjourney.surveys import views as surveys
    from partnerjourney.touchpoints import views as touchpoints
    from partnerjourney.touchpoints import words as touchpoint_words
    from partnerjourney.web import help_pages
    from partnerjourney.web.rest import document

    for blueprint in (
        help_pages.bp,
        document.bp,
        organisations.accounts,
        organisations.bp,
        organisations.brands,
        answering.bp,
        credentials.bp,
        credentials.rules,
        notices.bp,
        organisations.keys,
        journeys.bp,
        maps.bp,
        proposals.bp,
        drawing.bp,
        touchpoints.bp,
        checks.bp,
        searching.bp,
        starting.bp,
        joining.bp,
        measurement.bp,
        surveys.bp,
        surveys.links,
        surveys.respondents,
        reviews.bp,
        leaving.bp,
        groups.bp,
        home.bp,
    ):
        app.register_blueprint(blueprint)
    touchpoint_words.init_app(app)
    check_words.init_app(app)
    _register_the_rest(app)


def _register_the_rest(app: Flask) -> None:
    for feature in features.APIS:
        app.register_blueprint(import_module(f"partnerjourney.{feature}.api").api)
    if app.extensions["settings"].demo:
        from partnerjourney.demo import views as demo

        app.register_blueprint(demo.bp)
