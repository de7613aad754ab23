"""What a card can be: kinds and channels."""

from __future__ import annotations

from enum import StrEnum


class CardKind(StrEnum):
    """A contact that the customer notices, or work behind the scenes."""

    TOUCHPOINT = "touchpoint"
    STEP = "step"


class Channel(StrEnum):
    """The channels that have a word and an icon of their own; any other short word is taken too."""

    APP = "app"
    CHAT = "chat"
    COUNTER = "counter"
    EMAIL = "email"
    LETTER = "letter"
    PHONE = "phone"
    PRODUCT = "product"
    PUSH = "push"
    SMS = "sms"
    SOCIAL = "social"
    VISIT = "visit"
    WEBSITE = "website"
    OTHER = "other"
