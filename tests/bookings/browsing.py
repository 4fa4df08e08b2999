"""People in browsers: a client that sends forms as a page does, and the stage they come to."""

import re
from types import SimpleNamespace

from app.offers.models import Category
from tests.bookings.cast import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    new_member,
    new_offer,
    new_provider,
    new_slot,
)


class Browser:
    """A test client that carries the token of the page it came from, as a form does."""

    def __init__(self, client):
        self.client = client

    def get(self, path, **more):
        return self.client.get(path, **more)

    def post(self, path, data=None, page="/settings", **more):
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(page).text)[1]
        return self.client.post(path, data={"csrf_token": token, **(data or {})}, **more)


def a_stage():
    """A haircut tomorrow at 16:30, at 17:15 and in eight days; a dentist. Numbers alone, no open rows."""
    studio = new_provider()
    haircut = new_offer(studio)
    first = NOW + DAY + 6 * HOUR + 30 * MINUTE
    slots = [new_slot(haircut, at) for at in (first, first + 45 * MINUTE, first + 8 * DAY)]
    dentist = new_offer(new_provider("Dental Brzoza"), "Teeth", Category.TEETH)
    tooth = new_slot(dentist, first + 15 * MINUTE)
    return SimpleNamespace(
        offer=haircut.id, slots=[s.id for s in slots], dentist=dentist.id, tooth=tooth.id,
        nina=new_member().id, lev=new_member().id, account=studio.account.id,
    )  # fmt: skip


def book(browser, stage, slot=0):
    page = browser.get(f"/offers/{stage.offer}").text
    once = re.search(r'name="once" value="([^"]+)"', page)[1]
    data = {"slot": stage.slots[slot], "once": once}
    return browser.post(f"/offers/{stage.offer}/bookings", data)


def ticket_of(answer):
    assert answer.status_code == 303
    return answer.location
