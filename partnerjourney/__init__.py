"""PartnerJourney: the place where companies own a customer journey together."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a report's own process imports a part of the package, and not all of it
    from flask import Flask

    from partnerjourney.core.settings import Settings


def create_app(settings: Settings | None = None, *, pages: bool = True) -> Flask:
    """Build the application: the table of contents of the product.

    Without `pages` it renders mails alone: for a worker, which so takes 5 MiB less.
    """
    from partnerjourney import features
    from partnerjourney.core import policy, schema
    from partnerjourney.core.places import TEMPLATES
    from partnerjourney.core.settings import load
    from partnerjourney.web import (
        compiled,
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
    for part in (compiled, session, csrf, language, identity, errors, static, words, htmx):
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
    from jinja2 import StrictUndefined
    from werkzeug.middleware.proxy_fix import ProxyFix

    from partnerjourney.core import audit
    from partnerjourney.core.engine import new_engine

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
    """Give the application the pages, words and addresses of every feature."""
    from partnerjourney import features

    for place in features.PAGES:
        module, _, name = place.partition(":")
        app.register_blueprint(getattr(import_module(f"partnerjourney.{module}"), name))
    for module in features.WORDS:
        import_module(f"partnerjourney.{module}").init_app(app)
    for feature in features.APIS:
        app.register_blueprint(import_module(f"partnerjourney.{feature}.api").api)
    if app.extensions["settings"].demo:
        from partnerjourney.demo import views as demo

        app.register_blueprint(demo.bp)
