"""Hostile text in everything people write, shown on every page of every role: it stays text (T12, T17).

It is written straight into the tables, past every form, as if the checks on the way in had failed; then
typed into every field of every form, because a form shows what it was given.
"""

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Page

from app.db import Base, clock, db, writing
from app.moderation.models import Decision, Ruling
from app.offers.models import Location, Offer, OfferText, Provider
from tests.browsers import Faults
from tests.quality.test_every_form import ASKING
from tests.quality.town import ROLES, Town

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("quality")]

MARK = "Ліпа-хатка"
CORPUS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><image href=//evil.example/x></svg>",
    "\"'><iframe srcdoc='<script>parent.alert(1)</script>'>",
    "javascript:alert(1)//http://evil.example/",
    "</title></textarea></style><style>@import '//evil.example/x'</style>",
    "<base href=//evil.example/><link rel=stylesheet href=//evil.example/x>",
    "<form action=//evil.example><meta http-equiv=refresh content=0;url=//evil.example>",
    "{{7*7}}{%raw%}${alert(1)} %(name)s %s {0}",
    "\u202eевад\u202c\u2066x\u2069\u200f\u0000&#x202e;",
    "😀👩‍👩‍👧 " + "ы\u0301" * 20 + " مرحبا שלום",
    "W" * 300,
)
WRITTEN = {  # what people write: table -> its columns
    Provider: ("name", "about"),
    Location: ("address", "entrance", "city", "postal_code"),
    Offer: ("meets", "review_note"),
    OfferText: ("title", "description"),
}


@pytest.fixture(scope="module")
def poisoned(town: Town) -> Town:
    """Every page's moment has come about; then every row gets its share of the corpus."""
    for role in ROLES:
        town.visits(role)
    with town.app.app_context():
        spoil()
    return town


def spoil() -> None:
    with writing():
        for table, columns in WRITTEN.items():
            for number, row in enumerate(db.session.scalars(sa.select(table))):
                _fill(row, columns, number)
        for number in range(len(CORPUS)):  # rulings are only ever added
            ruling = Decision(
                subject="offer:1", was="pending", now="denied", ruling=Ruling.DECLINED,
                moderator_id=1, at=clock(),
            )  # fmt: skip
            _fill(ruling, ("title", "reason"), number)
            db.session.add(ruling)


def _fill(row: Base, columns: tuple[str, ...], number: int) -> None:
    for place, column in enumerate(columns):
        length = getattr(row.__table__.c[column].type, "length", None)
        text = CORPUS[(number + place) % len(CORPUS)].replace("\u0000", "")
        setattr(row, column, f"{MARK} {text}"[: length or 2000])


@pytest.mark.parametrize("role", ROLES)
def test_hostile_text_is_shown_as_text_everywhere(
    poisoned: Town, role: str, faults: Faults
) -> None:
    shown: list[str] = []
    with poisoned.walker(role, faults) as phone:
        page = watched(phone, faults)
        for visit in poisoned.visits(role):
            page.goto(visit.path)
            faults += [f"{visit.path}: {wrong}" for wrong in signs_of_success(page)]
            shown += [visit.path] * (MARK in page.inner_text("body"))

    assert not ours(faults)
    assert shown or role in {"street", "half", "beginner", "stopped"}


@pytest.mark.parametrize("role", ROLES)
def test_hostile_text_in_any_field_of_any_form_does_no_harm(
    town: Town, role: str, faults: Faults
) -> None:
    with town.walker(role, faults) as phone:
        page = watched(phone, faults)
        for visit in town.visits(role):
            page.goto(visit.path)
            for number in range(page.locator(ASKING).count()):
                page.goto(visit.path)
                if page.locator(ASKING).count() <= number:
                    break  # the one before has settled what this one asked
                answer = send_hostile(page, number)
                faults += [f"{visit.path} form {number + 1}: {wrong}" for wrong in answer]

    assert not ours(faults)


def watched(phone: BrowserContext, faults: Faults) -> Page:
    page = phone.new_page()
    page.on("dialog", lambda box: (faults.append(f"dialog: {box.message}"), box.dismiss()))
    return page


def send_hostile(page: Page, number: int) -> list[str]:
    """What went wrong with a form whose every text is the whole corpus."""
    form = page.locator(ASKING).nth(number)
    form.evaluate(FILL, " ".join(CORPUS))
    with page.expect_navigation() as answered:
        form.evaluate("form => form.requestSubmit()")
    status = answered.value.status
    return signs_of_success(page) + ([f"status {status}"] if status >= 500 else [])


def signs_of_success(page: Page) -> list[str]:
    """Elements that only hostile text could have made."""
    planted = "iframe, base, object, embed, [onerror], [onload], [srcdoc], main img, main style, meta[http-equiv]"
    found = (
        page.locator(planted).count()
        + page.locator("[href*='evil.example'], [action*=evil]").count()
    )
    return [f"{found} elements out of text"] if found else []


def ours(faults: Faults) -> list[str]:
    """A refused form and a page that is not there are noted by the browser itself."""
    return [fault for fault in faults if "Failed to load resource" not in fault]


FILL = """(form, text) => {
  form.noValidate = true;
  for (const field of form.querySelectorAll('input:not([type=hidden]), textarea')) {
    if (['radio', 'checkbox'].includes(field.type)) field.click();
    else { field.type = field.tagName === 'INPUT' ? 'text' : field.type; field.removeAttribute('maxlength'); field.value = text; }
  }
}"""
