"""Settings: where they come from, and one clear line for what is wrong."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from partnerjourney.core.settings import DEFAULT_SECRET, PREFIX, Settings, SettingsError, load

SECRET = "s" * 32


def test_defaults_work_on_this_machine() -> None:
    settings = load({})
    assert settings.database_url.startswith("sqlite:///")
    assert settings.secret_key == DEFAULT_SECRET
    assert settings.loopback


def test_the_environment_overrides_the_file_and_arguments_override_both(tmp_path: Path) -> None:
    file = tmp_path / "production.toml"
    file.write_text('mail_sender = "file@example.org"\nproxies = 1\ndemo = true\n')
    environment = {f"{PREFIX}CONFIG": str(file), f"{PREFIX}PROXIES": "2"}
    settings = load(environment, session_days=3)
    assert (settings.mail_sender, settings.proxies, settings.demo, settings.session_days) == (
        "file@example.org",
        2,
        True,
        3,
    )


@pytest.mark.parametrize(
    ("said", "meant"), [("1", True), ("Yes", True), ("true", True), ("0", False), ("no", False)]
)
def test_yes_and_no(said: str, meant: bool) -> None:
    assert load({f"{PREFIX}DEMO": said}).demo is meant


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"DEMO": "perhaps"}, "PARTNERJOURNEY_DEMO: 'perhaps' is not yes or no"),
        ({"PROXIES": "two"}, "PARTNERJOURNEY_PROXIES: 'two' is not a number"),
        ({"BASE_URL": "ftp://example.org"}, "PARTNERJOURNEY_BASE_URL"),
        ({"BASE_URL": "example.org"}, "PARTNERJOURNEY_BASE_URL"),
        ({"BASE_URL": "http://example.org"}, "use https"),
        ({"BASE_URL": "https://example.org"}, "PARTNERJOURNEY_SECRET_KEY is missing"),
        ({"BASE_URL": "https://example.org", "SECRET_KEY": "short"}, "too short"),
        ({"BASE_URL": "https://example.org", "SECRET_KEY": DEFAULT_SECRET}, "too short"),
        ({"BIND": "0.0.0.0"}, "PARTNERJOURNEY_SECRET_KEY is missing"),
        ({"THREADS": "0"}, "PARTNERJOURNEY_THREADS"),
        ({"KEEP_ANSWERS_MONTHS": "0"}, "PARTNERJOURNEY_KEEP_ANSWERS_MONTHS"),
        ({"KEEP_MAIL_DAYS": "-3"}, "PARTNERJOURNEY_KEEP_MAIL_DAYS"),
        ({"CONFIG": "/nowhere/settings.toml"}, "/nowhere/settings.toml"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(environment: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        load({PREFIX + name: value for name, value in environment.items()})
    assert message in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_a_misspelt_setting_in_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('secretkey = "x"\n')
    with pytest.raises(SettingsError, match="unknown setting: secretkey"):
        load({f"{PREFIX}CONFIG": str(file)})
    file.write_text("secret_key = \n")
    with pytest.raises(SettingsError, match=r"settings\.toml"):
        load({f"{PREFIX}CONFIG": str(file)})


def test_a_file_holds_values_of_the_right_kind(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    for wrong in ('proxies = "two"', 'demo = "no"', "secret_key = 12"):
        file.write_text(wrong)
        with pytest.raises(SettingsError, match=wrong.split()[0].upper()):
            load({f"{PREFIX}CONFIG": str(file)})


def test_a_real_installation_keeps_its_secret() -> None:
    settings = load({f"{PREFIX}BASE_URL": "https://example.org", f"{PREFIX}SECRET_KEY": SECRET})
    assert settings.secret_key == SECRET
    assert not settings.loopback


def test_a_setting_never_prints_its_secrets() -> None:
    settings = load({f"{PREFIX}SECRET_KEY": SECRET, f"{PREFIX}MAIL_URL": "smtp://u:geheim@h"})
    assert SECRET not in repr(settings)
    assert "geheim" not in repr(settings)


def test_every_setting_has_a_default_of_its_kind() -> None:
    for field in fields(Settings):
        assert type(field.default).__name__ == field.type
