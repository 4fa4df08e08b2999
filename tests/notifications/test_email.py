"""A member's address gets one letter that asks, and no other before its reader said yes."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.db import clock, db, writing
from app.notifications.models import EmailAddress, PushSubscription
from app.notifications.rules import Recipient, set_email
from tests.cast import a_member, send
from tests.notifications.stage import (
    LEV,
    NINA,
    Phone,
    all_settled,
    let_in,
    phone_at,
    promise,
    what_became,
    work,
)
from tests.push_service import Answer


@pytest.fixture
def environ(mailbox):
    return {"POBACH_SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}", "POBACH_PUSH_HOSTS": "127.0.0.1"}


@pytest.fixture
def nina(app, clock):
    return a_member(app)


def give(nina, address="nina@example.org"):
    answer = send(nina, "/reminders/email", "/reminders/email", email=address)
    answer.close()  # the letter follows the answer
    return answer


def link_in(letter):
    return re.search(r"/reminders/email/\S+", letter)[0]


def recipient(app):
    with app.app_context():
        kept = db.session.scalars(sa.select(EmailAddress)).one()
        return Recipient(kept.recipient)


def test_the_first_letter_asks_and_says_nothing_else(app, nina, mailbox):
    assert give(nina).location.startswith("/reminders?done=letter")
    letter = mailbox.wait_for("nina@example.org")
    assert "http://localhost/reminders/email/" in letter
    assert letter.count("http") == 1


def test_before_the_yes_no_other_letter_goes_there(app, nina, mailbox):
    give(nina)
    mailbox.wait_for("nina@example.org")
    with app.app_context(), writing():
        promise(recipient(app))
    work(app, all_settled)
    assert what_became(app) == []


def test_after_the_yes_reminders_and_changes_go_there(app, nina, mailbox):
    give(nina)
    link = link_in(mailbox.wait_for("nina@example.org"))
    stranger = app.test_client()  # letters are read elsewhere
    assert stranger.get(link).status_code == 200
    assert send(stranger, link, link).location == "/reminders/email/thanks"
    with app.app_context(), writing():
        promise(recipient(app))
    work(app, all_settled)
    assert what_became(app) == [("sent", "mailed")]


def test_looking_at_the_link_confirms_nothing_and_saying_yes_uses_it_up(app, nina, mailbox):
    give(nina)
    link = link_in(mailbox.wait_for("nina@example.org"))
    nina.get(link)
    with app.app_context():
        assert db.session.scalars(sa.select(EmailAddress.confirmed_on)).one() is None
    send(nina, link, link)
    assert nina.get(link).status_code == 410


@pytest.mark.parametrize("spoilt", ["older", "replaced", "guessed", "nonsense"])
def test_a_link_that_is_over_confirms_nothing(app, nina, mailbox, clock, spoilt):
    give(nina)
    link = link_in(mailbox.wait_for("nina@example.org"))
    if spoilt == "older":
        clock.turn(days=3)
    elif spoilt == "replaced":
        give(nina, "other@example.org")
    elif spoilt == "guessed":
        link = link[:-4] + "AAAA"
    else:
        link = "/reminders/email/nonsense"
    assert nina.get(link).status_code == 410
    assert send(nina, link).status_code == 410


def test_nobody_s_mailbox_is_filled_from_here(app, nina, mailbox):
    answers = [give(nina, f"somebody{number}@example.org").status_code for number in range(6)]
    assert answers == [303] * 5 + [429]


def test_words_on_the_screen_are_for_this_phone_alone_and_only_when_asked_for(app, nina):
    page = "/settings/notices"
    assert 'name="details"' not in nina.get(page).text
    subscription = Phone("http://127.0.0.1:9/here").subscription()
    headers = {"X-CSRFToken": nina.get("/api/v1/push-subscriptions").json["csrf_token"]}
    nina.post("/api/v1/push-subscriptions", json=subscription, headers=headers)
    with app.app_context():
        mine = db.session.scalars(sa.select(PushSubscription.recipient)).one()
        with writing():
            let_in(Phone("http://127.0.0.1:9/tablet"), Recipient(mine))
    for ticked in ({"details": "1"}, {}):
        send(nina, page, page, **ticked)
        with app.app_context():
            details = db.session.scalars(sa.select(PushSubscription.details).order_by("id")).all()
        assert details == [bool(ticked), False]
        assert ("checked" in nina.get(page).text.split('name="details"')[1].split(">")[0]) == bool(
            ticked
        )


def test_what_a_push_service_would_take_only_when_it_is_over_goes_by_mail_in_time(
    app, service, mailbox
):
    """Of two visits within the hour the service refuses one, and is not asked for the other."""
    service.answers["*"] = Answer(429, "3600")
    for who in (NINA, LEV):
        name = who.key.replace(":", "")
        with app.app_context(), writing():
            let_in(phone_at(service, name), who)
            set_email(who.key, f"{name}@example.org", clock())
            over = clock() + timedelta(minutes=30)
            promise(who, "reminder_soon", expires_at=over)
        work(app, all_settled)
        mailbox.wait_for(f"{name}@example.org")
    assert what_became(app) == [
        ("failed", "429"), ("sent", "mailed"), ("failed", "quiet"), ("sent", "mailed"),
    ]  # fmt: skip
    assert len(service.messages) == 1
