"""A sealed value opens in its own place and nowhere else (safety.md 28)."""

import pytest

from app.seal import Keyring, SealBroken

OLD, NEW = ("old", b"o" * 32), ("new", b"n" * 32)
PLACE = "moderator|email_sealed|abc"


@pytest.fixture
def ring():
    return Keyring((OLD,), b"secret")


def test_what_was_sealed_opens_in_its_place(ring):
    assert ring.open(ring.seal("nina@example.org", PLACE), PLACE) == "nina@example.org"


def test_the_same_text_never_looks_the_same_twice(ring):
    assert ring.seal("same", PLACE) != ring.seal("same", PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    ["member|email_sealed|abc", "moderator|totp_sealed|abc", "moderator|email_sealed|xyz"],
)
def test_moved_to_another_table_column_or_row_it_stays_shut(ring, elsewhere):
    with pytest.raises(SealBroken):
        ring.open(ring.seal("nina@example.org", PLACE), elsewhere)


@pytest.mark.parametrize("position", [0, 2, 6, -1])
def test_a_changed_byte_is_noticed(ring, position):
    sealed = bytearray(ring.seal("nina@example.org", PLACE))
    sealed[position] ^= 1

    with pytest.raises(SealBroken):
        ring.open(bytes(sealed), PLACE)


def test_after_a_rotation_the_old_key_still_opens_and_the_new_one_seals(ring):
    rotated = Keyring((NEW, OLD), b"secret")

    assert rotated.open(ring.seal("before", PLACE), PLACE) == "before"
    with pytest.raises(SealBroken):
        ring.open(rotated.seal("after", PLACE), PLACE)


def test_a_row_is_found_by_a_keyed_hash_that_tells_purposes_apart(ring):
    assert ring.lookup("email", "a@b.c") == ring.lookup("email", "a@b.c")
    assert ring.lookup("email", "a@b.c") != ring.lookup("push", "a@b.c")
