"""A business at its phone: the pages it opens and the forms it sends, as a browser without scripts would."""

import re
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts.demo import confirmed_business
from app.accounts.models import ProviderAccount
from app.accounts.session_rules import open_session
from app.db import clock, db, writing
from app.offers import offer_rules
from app.offers.models import Offer, Provider, State
from tests.cast import TOKEN

WEEK = [f"{day}-{hour}" for day in ("mon", "tue", "wed", "thu", "fri") for hour in range(10, 14)]


@dataclass
class Desk:
    """One signed-in business."""

    client: FlaskClient
    token: str = ""

    def get(self, path: str) -> str:
        """A page that must open."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.location)
        found = TOKEN.search(answer.text)
        self.token = found[1] if found else self.token
        return answer.text

    def post(self, path: str, **fields: object) -> TestResponse:
        """Send a form with the token of the last page."""
        return self.client.post(path, data={"csrf_token": self.token, **fields})

    def go(self, path: str, **fields: object) -> str:
        """Send a form that is taken; the address it leads to, opened."""
        answer = self.post(path, **fields)
        assert answer.status_code == 303, (path, answer.status_code, errors(answer.text))
        self.get(answer.location)
        return answer.location


def errors(page: str) -> list[str]:
    """The sentences of the summary at the top."""
    summary = re.search(r'<div class="err".*?</div>', page, re.DOTALL)
    said = re.findall(r"<li>(.*?)</li>", summary[0], re.DOTALL) if summary else []
    return [re.sub(r"<[^>]+>", "", one).strip() for one in said]


def sit_down(app: Flask, email: str = "studio@example.org", language: str = "en") -> Desk:
    """A confirmed business that has said nothing yet, signed in."""
    with app.app_context():
        with writing():
            confirmed_business(email, "no password is used here", language, now=clock())
        with writing():
            account = db.session.scalars(
                db.select(ProviderAccount).order_by(ProviderAccount.id.desc())
            ).first()
            assert account is not None
            given = open_session(account, now=clock())
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"] = given.session
    client.set_cookie("here", given.here)
    desk = Desk(client)
    desk.get("/my/business")
    return desk


def introduced(desk: Desk) -> Desk:
    """Name, place and pin told."""
    desk.go("/my/business", name="Studio Lipa", about="Hairdresser")
    desk.go("/my/location", address="ul. Lipowa 7", city="warsaw", entrance="From the yard")
    desk.go("/my/location/pin", point="52.2401, 21.0205")
    return desk


def drafted(desk: Desk) -> str:
    """A draft with everything told but sending; its page."""
    at = desk.go("/my/offers", category="hair").removesuffix("/words")
    desk.go(f"{at}/words", language="en", title="Haircut", languages=["be", "pl"], price="free")
    desk.go(f"{at}/visit", minutes="45", length="45", kind="appointment")
    desk.go(f"{at}/hours", hours=WEEK)
    return at


def the_offer(app: Flask) -> Offer:
    with app.app_context():
        offer = db.session.scalars(sa.select(Offer).order_by(Offer.id.desc())).first()
        assert offer is not None
        _ = (offer.texts, offer.schedule, offer.provider, offer.location, offer.change)
        return offer


def approve(app: Flask) -> None:
    """What the reviewers do."""
    with app.app_context(), writing():
        for business in db.session.scalars(sa.select(Provider)):
            business.state = State.APPROVED
        for offer in db.session.scalars(sa.select(Offer).where(Offer.state == State.PENDING)):
            offer_rules.publish(offer, now=clock())


def published(app: Flask, desk: Desk) -> str:
    at = drafted(desk)
    desk.go(f"{at}/submission")
    approve(app)
    return at
