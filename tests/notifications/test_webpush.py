"""Our thin encryption says exactly what pywebpush says, only quicker and always equally long."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from hypothesis import given, settings
from hypothesis import strategies as st
from py_vapid import Vapid02
from pywebpush import WebPusher

from app.notifications import vapid
from app.notifications.endpoints import may_call
from app.notifications.webpush import (
    CIPHERTEXT_BYTES,
    BadDevice,
    check_device,
    encrypt,
    raw_bytes,
    unpadded,
)
from app.settings import PUSH_HOSTS
from tests.notifications.stage import Phone


def make_key():
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return unpadded(number.to_bytes(32, "big"))


NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


PHONE = Phone()


@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=1, max_size=511))
def test_a_phone_reads_the_same_from_us_and_from_pywebpush(message):
    theirs = WebPusher(PHONE.subscription()).encode(message)["body"]
    assert PHONE.read(encrypt(message, PHONE.point, PHONE.secret)) == PHONE.read(theirs) == message


@pytest.mark.parametrize("length", [1, 40, 250, 511])
def test_every_message_leaves_with_the_same_length(length):
    body = encrypt(b"x" * length, PHONE.point, PHONE.secret)
    assert len(body) == CIPHERTEXT_BYTES == 614


def test_a_message_that_would_not_fit_is_refused():
    with pytest.raises(ValueError, match="511"):
        encrypt(b"x" * 512, PHONE.point, PHONE.secret)


def test_two_seals_of_one_message_share_nothing():
    first, second = (encrypt(b"news", PHONE.point, PHONE.secret) for _ in range(2))
    assert first[:16] != second[:16]
    assert first[21:86] != second[21:86]
    assert first[86:] != second[86:]


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", ""),
        ("AAAA", unpadded(b"s" * 16)),
        (unpadded(b"\x04" + b"\1" * 64), unpadded(b"s" * 16)),
        (unpadded(PHONE.point), unpadded(b"s" * 15)),
        (unpadded(PHONE.point), "A"),
    ],
    ids=["nothing", "short point", "point off the curve", "short secret", "no base64"],
)
def test_keys_nothing_could_be_sealed_for_are_refused(p256dh, auth):
    with pytest.raises(BadDevice):
        check_device(p256dh, auth)


def test_the_keys_of_a_phone_are_taken_with_and_without_padding():
    check_device(unpadded(PHONE.point), unpadded(PHONE.secret))
    check_device(unpadded(PHONE.point) + "=", unpadded(PHONE.secret) + "==")


def claims_of(header):
    return json.loads(raw_bytes(header.split("t=")[1].split(".")[1]))


def test_the_signature_is_one_a_push_service_accepts():
    text = make_key()
    ours = vapid.Vapid(text, "https://pobach.example/", lambda: NOW)
    header = ours.header("https://fcm.googleapis.com/fcm/send/a")
    token, key = header.removeprefix("vapid t=").split(", k=")
    signed, _, signature = token.rpartition(".")
    halves = raw_bytes(signature)
    der = utils.encode_dss_signature(
        int.from_bytes(halves[:32], "big"), int.from_bytes(halves[32:], "big")
    )
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw_bytes(key))
    public.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
    assert claims_of(header) == {
        "aud": "https://fcm.googleapis.com",
        "exp": int((NOW + timedelta(hours=12)).timestamp()),
        "sub": "https://pobach.example/",
    }


def test_the_header_carries_the_key_py_vapid_would_carry():
    text = make_key()
    theirs = Vapid02.from_string(text).sign(
        {
            "aud": "https://fcm.googleapis.com",
            "sub": "https://pobach.example",
            "exp": 4_000_000_000,
        }
    )
    assert theirs["Authorization"].endswith("k=" + vapid.public_key(text))


def test_each_push_service_gets_its_own_signature_and_keeps_it_until_an_hour_before_it_ends():
    now = [NOW]
    ours = vapid.Vapid(make_key(), "https://pobach.example/", lambda: now[0])
    google = ours.header("https://fcm.googleapis.com/fcm/send/a")
    mozilla = ours.header("https://updates.push.services.mozilla.com/wpush/v2/a")
    assert claims_of(mozilla)["aud"] == "https://updates.push.services.mozilla.com"
    now[0] += timedelta(hours=10, minutes=59)
    assert ours.header("https://fcm.googleapis.com/fcm/send/b") == google
    now[0] += timedelta(minutes=1)
    assert ours.header("https://fcm.googleapis.com/fcm/send/b") != google


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/x",
        "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://web.push.apple.com/x",
        "https://wns2-par02p.notify.windows.com/w/?token=x",
        "https://fcm.googleapis.com:443/x",
    ],
)
def test_the_known_push_services_may_be_called(endpoint):
    assert may_call(endpoint, PUSH_HOSTS)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com.example.org/x",
        "https://example.org/fcm.googleapis.com",
        "https://evilpush.apple.com/x",
        "https://push.apple.com.example.org/x",
        "https://fcm.googleapis.com:8443/x",
        "https://a@fcm.googleapis.com/x",
        "https://127.0.0.1/x",
        "http://127.0.0.1:8080/x",
        "https://[::1]/x",
        "https://localhost/x",
        "https://169.254.169.254/latest",
        "https://fcm.googleapis.com:99999/x",
        "https://fcm.googleapis.com/" + "x" * 2048,
        "https://fcm.googleapis.com\\@127.0.0.1/x",
        "file:///etc/passwd",
        "",
    ],
)
def test_nothing_else_may_be_called(endpoint):
    assert not may_call(endpoint, PUSH_HOSTS)


def test_loopback_is_for_tests_and_the_demo_alone():
    hosts = (*PUSH_HOSTS, "127.0.0.1")
    assert may_call("http://127.0.0.1:7300/wpush/a", hosts, loopback=True)
    assert not may_call("http://127.0.0.1:7300/wpush/a", hosts)
    assert not may_call("https://127.0.0.1/wpush/a", hosts)
    assert not may_call("http://127.0.0.1:7300/wpush/a", PUSH_HOSTS, loopback=True)
    assert not may_call("http://10.0.0.1:7300/wpush/a", (*hosts, "10.0.0.1"), loopback=True)
