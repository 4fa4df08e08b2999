"""Pobach: free and symbolic-price offers nearby, booked in five taps. The whole app on one page."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate

from app import (
    access,
    api,
    assets,
    commands,
    compression,
    db,
    errors,
    health,
    i18n,
    pwa,
    seal,
    security,
)
from app.keys import SettingsError
from app.settings import Settings
from app.worker import Task, work_of

HOUSE = Path(__file__).parent.parent


def create_app(given: Settings | None = None) -> Flask:
    """The app for these settings (by default the environment's). A wrong setting ends the start with a sentence."""
    try:
        settings = given or Settings.from_environ()
    except SettingsError as why:
        raise SystemExit(f"pobach: {why}") from None
    app = Flask(__name__, template_folder=str(HOUSE / "templates"), static_folder=None)
    app.extensions["settings"] = settings
    db.init_app(app, settings)
    Migrate(app, db.db, directory=str(HOUSE / "migrations"), render_as_batch=True)
    seal.init_app(app, settings)
    errors.init_app(app)
    api.init_app(app)
    _open_the_rooms(app)
    security.init_app(app, settings)
    _ask_staff_again(app)
    i18n.init_app(app)
    assets.init_app(app)
    compression.init_app(app)
    _give_the_worker_its_work(app)
    commands.init_app(app)
    return app


def _open_the_rooms(app: Flask) -> None:
    from app.accounts import (
        address_pages,
        door,
        hand_over_pages,
        invitation_pages,
        own_data_pages,
        passkey_pages,
        recovery_pages,
        settings_pages,
        sign_in_pages,
        sign_up_pages,
        staff_pages,
    )
    from app.accounts import api as accounts_api
    from app.accounts import pages as accounts_pages
    from app.basemap import pages as basemap_pages
    from app.bookings import api as bookings_api
    from app.bookings import (
        conflict_pages,
        consent_pages,
        feed_pages,
        offer_pages,
        proposal_pages,
        today_pages,
        waiting_pages,
        word_pages,
    )
    from app.bookings import pages as bookings_pages
    from app.moderation import (
        arrival_pages,
        case_pages,
        helping_pages,
        objection_pages,
        telling_pages,
    )
    from app.moderation import pages as moderation_pages
    from app.notifications import api as notices_api
    from app.notifications import choice_pages, email_pages, preview_pages
    from app.notifications import pages as notices
    from app.notifications.vapid import public_key
    from app.offers import api as offers_api
    from app.offers import browse_pages, map_pages, my_pages, own_api, wish_pages

    access.init_app(app, door.login)
    door.init_app(app)
    for page in (health.bp, pwa.bp, accounts_pages.bp, settings_pages.bp, notices.bp):
        app.register_blueprint(page)
    for page in (choice_pages.bp, email_pages.bp, preview_pages.bp, moderation_pages.bp):
        app.register_blueprint(page)
    for page in (sign_in_pages.bp, sign_up_pages.bp, invitation_pages.bp, staff_pages.bp):
        app.register_blueprint(page)
    for page in (own_data_pages.bp, recovery_pages.bp, hand_over_pages.bp, passkey_pages.bp):
        app.register_blueprint(page)
    for page in (
        wish_pages.bp,
        browse_pages.bp,
        map_pages.bp,
        basemap_pages.bp,
        offer_pages.bp,
        bookings_pages.bp,
        waiting_pages.bp,
    ):
        app.register_blueprint(page)
    for page in (today_pages.bp, proposal_pages.bp, conflict_pages.bp, feed_pages.bp):
        app.register_blueprint(page)
    for page in (word_pages.bp, consent_pages.bp, helping_pages.bp, case_pages.bp):
        app.register_blueprint(page)
    for page in (
        address_pages.bp,
        arrival_pages.bp,
        telling_pages.bp,
        objection_pages.bp,
        *my_pages.BLUEPRINTS,
    ):
        app.register_blueprint(page)
    for data in (accounts_api.bp, notices_api.api_bp, offers_api.bp, own_api.bp, bookings_api.bp):
        api.api.register_blueprint(data)
    app.extensions["push_key"] = public_key(app.extensions["settings"].vapid_private_key)
    _know_every_table()


def _ask_staff_again(app: Flask) -> None:
    from app.accounts import fresh

    fresh.init_app(app)


def _give_the_worker_its_work(app: Flask) -> None:
    """What comes due by itself: runs go on, tasks are rules called with `now` inside `writing()`."""
    from app import life
    from app.accounts.address_rules import apply_due
    from app.accounts.staff_rules import watchers
    from app.bookings import day_rules, line
    from app.notifications import postman
    from app.offers import wish_rules
    from app.offers.slot_rules import keep_all_slots
    from app.offers.truth_rules import ask_all

    work = work_of(app)
    work.runs.append(postman.deliver)
    work.tasks.append(Task("kept seats", line.keep, every=timedelta(seconds=10)))
    work.tasks.append(Task("unanswered", day_rules.decline_unanswered, every=timedelta(minutes=1)))
    work.tasks.append(Task("purge", life.purge, every=timedelta(hours=1), forgets=True))
    work.tasks.append(Task("addresses", apply_due, every=timedelta(minutes=5)))
    work.tasks.append(Task("slots", keep_all_slots))
    cities = app.extensions["settings"].cities
    work.tasks.append(Task("wishes", lambda now: wish_rules.tell_of_new(now, cities)))
    work.tasks.append(Task("still true?", ask_all, every=timedelta(minutes=10)))
    app.extensions["watchers"] = watchers


def _know_every_table() -> None:
    """Tables are known to migrations only once their modules are read."""
    import app.bookings.models
    import app.directory.models
    import app.moderation.case_models
    import app.moderation.models
    import app.notifications.models  # noqa: F401
