"""The words of the offers room that tables keep: states, kinds, categories, facts, languages."""

from __future__ import annotations

import enum


class State(enum.StrEnum):
    """An offer's (and a business's) life."""

    DRAFT = "draft"
    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    PAUSED = "paused"
    HIDDEN = "hidden"  # an offer people have told us about, or of a suspended business
    SUSPENDED = "suspended"  # a business


class Kind(enum.StrEnum):
    """How an offer is taken: one person, several at once, or a thing to pick up."""

    APPOINTMENT = "appointment"
    SESSION = "session"
    GIFT = "gift"


class Category(enum.IntEnum):
    """What is given; the order is kept in tables and never changes, new ones go to the end."""

    HAIR = 0
    MASSAGE = 1
    DOCTOR = 2
    PSYCHOLOGIST = 3
    CARE = 4  # manicure, pedicure, cosmetics
    TEETH = 5
    THINGS = 6
    EYES = 7
    MOVEMENT = 8  # physiotherapy, sport
    LEARNING = 9
    PAPERS = 10
    OTHER = 11


class Fact(enum.IntFlag):
    """What a tired person wants to know before going."""

    STEP_FREE = 1
    NO_DOCUMENT = 2
    WOMAN = 4
    MAN = 8
    BRING_SOMEONE = 16
    BY_VIDEO = 32
    CHILDREN = 64


class Tongue(enum.IntFlag):
    """Languages spoken at the visit."""

    BE = 1
    RU = 2
    PL = 4
    EN = 8
    DE = 16
    UK = 32
    LT = 64
