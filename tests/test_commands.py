"""The operator's commands, run as `make run` runs them."""

from app.accounts.models import Moderator
from app.db import db
from app.offers.models import Offer


def test_seed_fills_the_demo_and_prints_the_sign_ins_once(app):
    said = app.test_cli_runner().invoke(args=["seed"])

    assert said.exit_code == 0, said.output
    assert said.output.count("second factor") == 2
    with app.app_context():
        assert db.session.query(Offer).count() >= 60
        assert db.session.query(Moderator).count() == 2


def test_seed_adds_as_many_offers_as_a_load_test_wants(app):
    said = app.test_cli_runner().invoke(args=["seed", "--offers", "250"])

    assert said.exit_code == 0, said.output
    with app.app_context():
        assert db.session.query(Offer).count() == 250


def test_invite_prints_links_that_open_nothing_on_a_server(app):
    said = app.test_cli_runner().invoke(args=["invite", "--count", "3", "--city", "warsaw"])

    assert len(set(said.output.split())) == 3
    assert all("/card#" in link for link in said.output.split())


def test_a_city_nobody_listed_is_refused_with_the_list(app):
    said = app.test_cli_runner().invoke(args=["invite", "--city", "atlantis"])

    assert said.exit_code != 0
    assert "warsaw" in said.output


def test_staff_invite_prints_a_password_and_a_second_factor_once(app):
    runner = app.test_cli_runner()

    assert "second factor" in runner.invoke(args=["staff", "invite", "ina@example.org"]).output
    assert runner.invoke(args=["staff", "invite", "ina@example.org"]).exit_code != 0
