"""Colours, names, pasted invitations, browsers, weak passwords."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.core.passwords import Weakness, weakness
from partnerjourney.organisations.rules.browsers import browser_words, is_handheld
from partnerjourney.organisations.rules.colours import (
    BLACK,
    DARK,
    HOVER,
    LIGHT,
    clean_colour,
    contrast,
    mix,
    palette,
    style_name,
    style_sheet,
)
from partnerjourney.organisations.rules.names import clean_email, clean_name, new_slug
from partnerjourney.organisations.rules.pasted import LineFault, parse_invitations

colours = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@given(colours)
def test_every_colour_is_made_legible_in_both_themes(colour: str) -> None:
    for shades, surfaces in ((palette(colour).light, LIGHT), (palette(colour).dark, DARK)):
        for surface in (*surfaces, shades.soft):
            assert contrast(shades.text, surface) >= 4.5
        assert contrast(shades.ink, shades.solid) >= 4.5
        assert contrast(shades.ink, mix(shades.solid, BLACK, HOVER)) >= 4.5


def test_contrast_has_the_values_that_wcag_publishes() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#0000ff", "#ffffff") == pytest.approx(8.59, abs=0.005)


def test_a_legible_colour_stays_itself() -> None:
    light = palette("#5b2a91").light
    assert (light.text, light.solid, light.ink) == ("#5b2a91", "#5b2a91", "#ffffff")
    assert palette("#ffd400").light.solid == "#ffd400"  # yellow with dark ink, not mustard


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("#5B2A91", "#5b2a91"), ("5b2a91", "#5b2a91"), (" #fA0 ", "#ffaa00"), ("purple", None)],
)
def test_colours_are_read_as_people_write_them(typed: str, stored: str | None) -> None:
    assert clean_colour(typed) == stored


def test_a_style_sheet_cannot_be_guessed_from_name_and_colour() -> None:
    assert style_name("telenoord", "a", "#5b2a91") != style_name("telenoord", "b", "#5b2a91")
    assert "url(" not in style_sheet("#5b2a91")


@pytest.mark.parametrize(
    "email", ["mila@koerier.nl", "a.b+c@sub.domain.example", "é@bücher.example"]
)
def test_addresses_are_taken(email: str) -> None:
    assert clean_email(f"  {email.upper()} ") == email


@pytest.mark.parametrize(
    "email",
    ["", "mila", "mila@", "@koerier.nl", "mila@koerier", "a b@c.nl", "a@b.nl\nBcc: x@y.nl",
     "a@b.nl,c@d.nl", "<a@b.nl>", "a@b\u202e.nl", f"{'a' * 250}@b.nl"],
)  # fmt: skip
def test_what_is_no_address_is_refused(email: str) -> None:
    assert clean_email(email) is None


def test_names_with_hidden_or_turning_signs_are_refused() -> None:
    assert clean_name("  Koerier   Snel ") == "Koerier Snel"
    assert clean_name("Telenoord\u202edrooneleT") is None
    assert clean_name("Tele\u200bnoord") is None


def test_slugs_are_readable_and_given_once() -> None:
    assert new_slug("Café Zürich & Zn.", set()) == "cafe-zurich-zn"
    assert new_slug("Telenoord", {"telenoord", "telenoord-2"}) == "telenoord-3"
    assert new_slug("日本", set()) == "x"


def test_pasted_lines_are_read_in_the_ways_people_paste() -> None:
    lines = parse_invitations(
        "a@b.nl, Koerier Snel\nKoerier Noord <n@b.nl>\nInstallateur;i@b.nl\n\ns@b.nl\tMagazijn"
    )
    assert [(line.number, line.email, line.party) for line in lines] == [
        (1, "a@b.nl", "Koerier Snel"),
        (2, "n@b.nl", "Koerier Noord"),
        (3, "i@b.nl", "Installateur"),
        (5, "s@b.nl", "Magazijn"),
    ]
    assert not [line for line in lines if line.fault]


def test_each_wrong_line_says_what_is_wrong_with_it() -> None:
    text = "Koerier\na@b.nl c@d.nl\na@b.nl\nx@b.nl Koerier\nX@b.nl, koerier\ny@b.nl Kou\u202erier"
    assert [line.fault for line in parse_invitations(text)] == [
        LineFault.NO_EMAIL,
        LineFault.TWO_EMAILS,
        LineFault.NO_NAME,
        None,
        LineFault.TWICE,
        LineFault.BAD_NAME,
    ]


def test_forty_dealers_are_pasted_as_addresses_alone() -> None:
    text = "\n".join(f"dealer{n}@b.nl" for n in range(40))
    lines = parse_invitations(text, party="Dealers")
    assert {line.party for line in lines} == {"Dealers"}
    assert len({line.email for line in lines if not line.fault}) == 40


@given(st.text(max_size=300))
def test_any_text_can_be_pasted(text: str) -> None:
    for line in parse_invitations(text):
        assert line.fault or (clean_email(line.email) == line.email and line.party)


def test_a_browser_is_told_in_words() -> None:
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) AppleWebKit/605 Mobile/15 Safari/604"
    edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/130 Safari/537 Edg/130"
    assert browser_words(phone) == ("Safari", "iPhone")
    assert browser_words(edge) == ("Edge", "Windows")
    assert browser_words("curl/8") == ("", "")
    assert is_handheld(phone)
    assert not is_handheld(edge)


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("kort", Weakness.SHORT),
        ("a" * 201, Weakness.LONG),
        ("password123", Weakness.COMMON),
        ("Welkom2026!", Weakness.COMMON),
        ("1234567890", Weakness.COMMON),
        ("aaaaaaaaaaaa", Weakness.COMMON),
        ("abcabcabcabc", Weakness.COMMON),
        ("Mila.Bos2026", Weakness.PERSONAL),
        ("mila.bos@koerier.nl", Weakness.PERSONAL),
        ("Mila Bos 1988!", Weakness.PERSONAL),
        ("4917350286", None),
        ("vier grote zinnen", None),
        ("zonderhoofdletterofcijfer", None),
    ],
)
def test_passwords_are_refused_only_for_what_makes_them_guessable(
    password: str, found: Weakness | None
) -> None:
    assert weakness(password, personal=["mila.bos@koerier.nl", "Mila Bos"]) is found
