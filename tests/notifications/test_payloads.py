"""What leaves the building: one length, no word that gives anyone away, and never to an address of our own."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_babel import force_locale

from app import create_app
from app.db import clock, db, writing
from app.i18n import LANGUAGES
from app.notifications.api import _may_call
from app.notifications.kinds import KINDS, NEWS
from app.notifications.mail import news_letter
from app.notifications.models import Channel, Delivery, Notice
from app.notifications.parcels import pack
from app.notifications.payload import generic_title
from app.notifications.previews import preview
from app.notifications.rules import Recipient
from app.notifications.subscription_rules import EndpointRefused, Owner, subscribe
from app.notifications.webpush import CIPHERTEXT_BYTES, encrypt
from tests.cast import a_member
from tests.notifications.stage import NINA, Phone, all_settled, let_in, promise, what_became, work
from tests.test_words import GIVES_AWAY

LONGEST_ADDRESS = "https://" + "a" * 63 + "." + "b" * 63 + ".example"
PRODUCTION = {
    "base_url": "https://pobach.example",
    "smtp_url": "smtp://127.0.0.1:9",
    "push_hosts": ("fcm.googleapis.com", "127.0.0.1", "localhost"),
}


def parcels(app, base_url):
    """Every kind, in every language, with words on the screen and without, packed as the worker does."""
    with app.app_context():
        with writing():
            for number, lang in enumerate(LANGUAGES):
                for details in (False, True):
                    who = Recipient(f"member:{number}{int(details)}", lang)
                    phone = Phone(f"https://fcm.googleapis.com/{lang}/{details}")
                    owner = Owner(who.key, lang)
                    made = subscribe(
                        owner, phone.address, may_call=lambda _: True, now=clock(), details=details
                    )
                    for kind, known in KINDS.items():
                        promise(who, kind, values=known.example, subject=f"{kind}:{lang}")
                    db.session.flush()
                    notices = sa.select(Notice).where(Notice.recipient == who.key)
                    for notice in db.session.scalars(notices).all():
                        db.session.add(
                            Delivery(
                                dedupe=notice.public_id, planned_id=notice.planned.id,
                                channel=Channel.PUSH, device_id=made.id, due_at=clock(),
                                expires_at=clock() + timedelta(days=1),
                            )
                        )  # fmt: skip
        ids = list(db.session.scalars(sa.select(Delivery.id)))
        packed, left = pack(ids, base_url, clock())
    assert left == []
    assert len(packed) == 2 * len(LANGUAGES) * len(KINDS)
    return packed


def test_every_kind_in_every_language_leaves_with_one_length(app):
    nina = Phone()
    lengths = {
        len(encrypt(parcel.message, nina.point, nina.secret))
        for parcel in parcels(app, LONGEST_ADDRESS)
    }
    assert lengths == {CIPHERTEXT_BYTES}


def test_a_payload_holds_the_one_title_an_address_and_a_tag_and_no_word_more(app):
    with app.app_context():
        titles = {generic_title(lang) for lang in LANGUAGES}
    for parcel in parcels(app, "https://pobach.example"):
        said = json.loads(parcel.message)
        news = said.pop("notification")
        assert said == {"web_push": 8030}
        assert news.pop("title") in titles
        assert news.pop("lang") in LANGUAGES
        assert re.fullmatch(r"https://pobach\.example/n/[\w-]{22}", news.pop("navigate"))
        assert re.fullmatch(r"[\w-]{32}", news.pop("tag"))
        assert news in ({}, {"data": {"details": True}})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_payload_title_text_or_letter_gives_anyone_away(context, lang):
    with force_locale(lang):
        assert not GIVES_AWAY.search(str(NEWS))
    for kind, known in KINDS.items():
        assert not GIVES_AWAY.search(preview(kind, lang)), kind
        letter = news_letter("a@example.org", known.mail, lang, "https://pobach.example/n/a")
        assert not GIVES_AWAY.search(letter.subject + letter.text), kind
        for private in map(str, (known.example.get("title"), known.example.get("place"))):
            assert private not in letter.subject + letter.text


class Canary:
    """A server of this machine that nobody should ever speak to; counts who does."""

    def __init__(self) -> None:
        self.visits = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._sing, daemon=True).start()

    def _sing(self) -> None:
        try:
            while True:
                self.socket.accept()[0].close()
                self.visits += 1
        except OSError:
            return  # closed at the end of the test


@pytest.fixture
def canary() -> Iterator[Canary]:
    bird = Canary()
    yield bird
    bird.socket.close()


def addresses(bird: Canary) -> list[str]:
    here = ["http://127.0.0.1", "https://127.0.0.1", "https://localhost", "https://[::1]"]
    tricks = ["https://fcm.googleapis.com@127.0.0.1", "https://127.1", "https://2130706433"]
    return [f"{start}:{bird.port}/{n}" for n, start in enumerate([*here, *tricks])]


@pytest.mark.parametrize("entry", ["front door", "already in the table"])
def test_in_production_no_endpoint_can_make_us_call_this_machine(app, settings, canary, entry):
    """Even where the operator has listed it by mistake; refused when saved, and again when sent."""
    house = create_app(replace(settings, **PRODUCTION))
    with house.app_context():
        for address in addresses(canary):
            phone = Phone(address)
            if entry == "already in the table":
                with writing():
                    let_in(phone)
            else:
                with pytest.raises(EndpointRefused), writing():
                    subscribe(Owner(NINA.key, "be"), phone.address, may_call=_may_call, now=clock())
        with writing():
            promise()
    work(house, all_settled)
    assert canary.visits == 0
    refused = {("failed", "refused endpoint")} if entry == "already in the table" else set()
    assert set(what_became(house)) == refused
    with house.app_context():
        db.session.remove()
        db.engine.dispose()


def test_the_canary_sings_when_it_is_called(app, canary):
    """The control: in the demo, with this machine on the list, the same address is called."""
    app.extensions["settings"] = replace(app.extensions["settings"], push_hosts=("127.0.0.1",))
    with app.app_context(), writing():
        let_in(Phone(f"http://127.0.0.1:{canary.port}/a"))
        promise(expires_at=clock() + timedelta(seconds=1))
    work(app, all_settled)
    assert canary.visits >= 1


def test_an_endpoint_that_is_no_push_service_is_refused_at_the_door(app, clock):
    nina = a_member(app)
    token = nina.get("/api/v1/push-subscriptions").json["csrf_token"]
    for endpoint in ("https://169.254.169.254/a", "https://example.org/a", "http://10.0.0.1/a"):
        body = Phone(endpoint).subscription()
        answer = nina.post("/api/v1/push-subscriptions", json=body, headers={"X-CSRFToken": token})
        assert (answer.status_code, answer.json["type"][-16:]) == (422, "endpoint-refused")
