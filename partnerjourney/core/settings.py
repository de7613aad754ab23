"""Settings: defaults, then a TOML file, then the environment; checked once, at the start.

Every field is a setting `PARTNERJOURNEY_<FIELD>`; docs/settings.md lists them all (tested).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from partnerjourney.core.places import var_folder

PREFIX = "PARTNERJOURNEY_"
DEFAULT_SECRET = "development only: not a secret"  # noqa: S105 - refused outside loopback
LOOPBACK = ("127.0.0.1", "localhost", "::1")
LONGEST_KEPT = 9999
"""The most days or months for which anything is kept."""


class SettingsError(Exception):
    """A setting is missing or wrong; the message is one clear line."""


@dataclass(frozen=True)
class Settings:
    """All settings of an installation."""

    database_url: str = field(default="", repr=False)
    database_roles: str = ""
    database_pooler: bool = False
    secret_key: str = field(default="", repr=False)
    base_url: str = "http://127.0.0.1:8000"
    mail_url: str = field(default="", repr=False)
    mail_sender: str = "noreply@partnerjourney.example"
    bind: str = "127.0.0.1"
    workers: int = 2
    threads: int = 8
    proxies: int = 0
    demo: bool = False
    max_body: int = 4 * 1024 * 1024
    oidc_name: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_domains: str = ""
    session_idle_hours: int = 8
    session_days: int = 7
    keep_attempts_days: int = 1
    keep_logins_days: int = 90
    keep_jobs_days: int = 14
    keep_dead_jobs_days: int = 90
    keep_mail_days: int = 14
    keep_links_days: int = 30
    keep_answers_months: int = 36
    keep_complaints_months: int = 24
    keep_conversations_months: int = 36

    @property
    def loopback(self) -> bool:
        """Whether the base URL is plain http on this machine, where cookies need not be Secure."""
        return urlsplit(self.base_url).scheme == "http"


def load(environment: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Return the settings; raises SettingsError with one clear line."""
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    if path := environment.get(f"{PREFIX}CONFIG"):
        values.update(_read_file(Path(path)))
    known = {one.name: one.default for one in fields(Settings)}
    for name, default in known.items():
        raw = environment.get(PREFIX + name.upper())
        if raw is not None:
            values[name] = _convert(name, raw, default)
    values.update(given)
    if unknown := values.keys() - known.keys():
        raise SettingsError(f"unknown setting: {', '.join(sorted(unknown))}")
    for name, value in values.items():
        if type(value) is not type(known[name]):
            kind = type(known[name]).__name__
            raise SettingsError(f"{PREFIX}{name.upper()}: {value!r} is no {kind}")
    settings = replace(Settings(), **values)
    if not settings.database_url:
        settings = replace(settings, database_url=f"sqlite:///{var_folder()}/partnerjourney.db")
    return _checked(settings)


def names_database(environment: Mapping[str, str] | None = None) -> bool:
    """Say whether the environment or the file names a database; else the default one is used."""
    environment = os.environ if environment is None else environment
    path = environment.get(f"{PREFIX}CONFIG")
    return bool(
        environment.get(f"{PREFIX}DATABASE_URL")
        or (path and _read_file(Path(path)).get("database_url"))
    )


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{PREFIX}CONFIG: {path}: {error}") from error


def _convert(name: str, raw: str, default: Any) -> Any:
    if isinstance(default, bool):
        if raw.lower() not in ("0", "1", "true", "false", "yes", "no", ""):
            raise SettingsError(f"{PREFIX}{name.upper()}: {raw!r} is not yes or no")
        return raw.lower() in ("1", "true", "yes")
    if isinstance(default, int):
        try:
            return int(raw)
        except ValueError:
            raise SettingsError(f"{PREFIX}{name.upper()}: {raw!r} is not a number") from None
    return raw


def _checked(settings: Settings) -> Settings:
    where = urlsplit(settings.base_url)
    if where.scheme not in ("http", "https") or not where.hostname:
        raise SettingsError(f"{PREFIX}BASE_URL: {settings.base_url!r} is not an address")
    here = where.hostname in LOOPBACK
    if where.scheme == "http" and not here:
        raise SettingsError(f"{PREFIX}BASE_URL: http is for this machine only; use https")
    here = here and settings.bind in LOOPBACK
    for name in ("workers", "threads"):
        if not 1 <= getattr(settings, name) <= 256:
            raise SettingsError(f"{PREFIX}{name.upper()}: a number from 1 to 256")
    for name in (one.name for one in fields(Settings) if one.name.startswith("keep_")):
        if not 1 <= getattr(settings, name) <= LONGEST_KEPT:
            raise SettingsError(f"{PREFIX}{name.upper()}: a number from 1 to {LONGEST_KEPT}")
    _check_provider(settings)
    if not settings.secret_key:
        if not here:
            raise SettingsError(f"{PREFIX}SECRET_KEY is missing: set 32 random bytes or more")
        return replace(settings, secret_key=DEFAULT_SECRET)
    if not here and (len(settings.secret_key) < 32 or settings.secret_key == DEFAULT_SECRET):
        raise SettingsError(f"{PREFIX}SECRET_KEY is too short: set 32 random bytes or more")
    return settings


def _check_provider(settings: Settings) -> None:
    """Raise SettingsError for half a provider of OpenID Connect, or one that is not on https."""
    if not settings.oidc_issuer:
        return
    where = urlsplit(settings.oidc_issuer)
    if not (where.hostname and (where.scheme == "https" or _here(where.scheme, where.hostname))):
        raise SettingsError(f"{PREFIX}OIDC_ISSUER: {settings.oidc_issuer!r} is not on https")
    for name in ("oidc_client_id", "oidc_client_secret", "oidc_domains"):
        if not getattr(settings, name).strip():
            raise SettingsError(f"{PREFIX}{name.upper()} is missing: {PREFIX}OIDC_ISSUER needs it")
    if find_spec("authlib") is None or find_spec("requests") is None:
        raise SettingsError(f"{PREFIX}OIDC_ISSUER: install partnerjourney[oidc] first")


def _here(scheme: str, host: str) -> bool:
    return scheme == "http" and host in LOOPBACK
