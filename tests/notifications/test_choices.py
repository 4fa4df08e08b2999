"""What each person hears of, and where: every kind for itself on one page, in a few rows in the settings."""

import re

import pytest
from sqlalchemy import select

from app.db import db, writing
from app.i18n import language
from app.notifications.kinds import KINDS
from app.notifications.models import PushSubscription
from app.notifications.payload import generic_title
from app.notifications.preference_rules import choices
from app.notifications.rules import Recipient
from tests.cast import a_business, a_member, a_moderator, token_on
from tests.notifications.stage import Phone, all_settled, promise, what_became, work

PAGE = "/settings/notices"
WHO = {"member": a_member, "provider": a_business, "moderator": a_moderator}


def ticked(client, page=PAGE):
    """The boxes of a page by channel: name of the kind or row -> is it ticked."""
    boxes = re.findall(r'name="(push|email)" value="(\w+)"( checked)?', client.get(page).text)
    return {(channel, name): bool(on) for channel, name, on in boxes}


def save(client, boxes, page=PAGE, **more):
    fields = {"csrf_token": token_on(client, page), **more}
    for channel in ("push", "email"):
        fields[channel] = [name for (where, name), on in boxes.items() if on and where == channel]
    answer = client.post(PAGE, data=fields)
    assert answer.location == f"{PAGE}?saved=1"


@pytest.mark.parametrize("audience", WHO)
def test_every_kind_has_its_two_boxes_on_one_page_and_each_is_kept(app, clock, audience):
    client = WHO[audience](app)
    boxes = ticked(client)
    with app.app_context():
        mine = {one.kind.name for row in choices(f"{audience}:1") for one in row.kinds}
    assert {name for _channel, name in boxes} == mine
    assert len(boxes) == 2 * len(mine)
    for name, on in boxes.items():
        boxes[name] = not on
    save(client, boxes, each="1")
    assert ticked(client) == boxes


def test_the_pages_of_all_together_have_every_kind(app):
    with app.test_request_context():
        pages = [[one.kind for row in choices(f"{who}:1") for one in row.kinds] for who in WHO]
        for kinds in pages:
            called = [kind.called for kind in kinds]
            assert len(set(called)) == len(called), "no two boxes have one name"
            assert generic_title(language()) not in called
    assert {kind.name for kinds in pages for kind in kinds} == set(KINDS)


def test_who_turns_everything_off_hears_nothing_and_the_inbox_has_it(app, clock):
    nina = a_member(app)
    save(nina, {}, each="1")
    assert not any(ticked(nina).values())
    subscription = Phone("http://127.0.0.1:9/here").subscription()
    headers = {"X-CSRFToken": nina.get("/api/v1/push-subscriptions").json["csrf_token"]}
    assert (
        nina.post("/api/v1/push-subscriptions", json=subscription, headers=headers).status_code
        == 201
    )
    with app.app_context():
        who = Recipient(db.session.scalars(select(PushSubscription.recipient)).one())
        mine = [one.kind for row in choices(who.key) for one in row.kinds]
        for kind in mine:
            with writing():
                promise(who, kind.name, values=kind.example)
    work(app, all_settled)
    assert what_became(app) == []
    assert len(nina.get("/api/v1/notices").json["items"]) == len(mine)


def test_a_row_of_the_settings_stands_for_its_kinds_and_left_alone_changes_none(app, clock):
    nina = a_member(app)
    boxes = ticked(nina) | {("push", "booking_changed"): False, ("email", "reminder_soon"): True}
    save(nina, boxes, each="1")
    rows = ticked(nina, "/settings")
    assert rows["push", "changes"]
    assert rows["email", "reminders"]
    assert not rows["email", "changes"]
    save(nina, rows | {("push", "nearby"): True}, "/settings")
    assert ticked(nina) == boxes | {("push", "offer_nearby"): True}
    save(nina, rows | {("push", "changes"): False}, "/settings")
    assert not any(ticked(nina)["push", kind] for kind in ("booking_confirmed", "place_freed"))
