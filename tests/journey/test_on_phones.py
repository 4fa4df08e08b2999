"""From a business's first tap to a visit that took place: real phones, a real mail server, a worker (issue: the main job)."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browsers import PHONE, Faults, Server, serve, visitor
from tests.journey.phones import (
    Phone,
    gives_a_haircut,
    hours_ahead,
    says_yes,
    shows_a_card,
    signs_in_as_staff,
    signs_up,
)
from tests.mailbox import Mailbox

pytestmark = [pytest.mark.slow, pytest.mark.browser]
STUDIO = "studio@example.org"


@pytest.fixture
def server(tmp_path: Path, sqlite_template: Path, mailbox: Mailbox) -> Iterator[Server]:
    mail = {"POBACH_SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}"}
    with serve(tmp_path, sqlite_template, POBACH_DEFAULT_LANGUAGE="en", **mail) as running:
        yield running


def test_from_a_haircut_given_to_a_haircut_had(
    chromium: Browser, server: Server, faults: Faults, mailbox: Mailbox
) -> None:
    with ExitStack() as held:

        def a_phone(who: str, locale: str) -> Phone:
            return Phone(
                who,
                held.enter_context(
                    visitor(chromium, server, faults, PHONE, locale=locale, device_scale_factor=1)
                ),
            )

        studio, olga, marek = (a_phone(who, "en-GB") for who in ("studio", "olga", "marek"))
        nina = a_phone("nina", "be-BY")

        signs_up(studio, STUDIO, mailbox)
        gives_a_haircut(studio, hours_ahead())

        for moderator in (olga, marek):
            signs_in_as_staff(moderator, server)
            says_yes(moderator, "Studio Lipa", "Approve", note="Called them, register 12345.")
        says_yes(marek, "Haircut", "Publish")
        studio.opens("/my/offers").at("/my/offers").sees("Visible")

        comes_in_and_books(nina, shows_a_card(olga))
        code = changes_her_mind_and_back(nina)
        held.enter_context(server.worker())
        letters = mailbox.wait_for_several(STUDIO, 2)
        assert not re.search(code.replace(" ", ".?"), "".join(letters))

        studio.opens("/today").at("/today").sees(code.replace(" ", "\u00a0"))
        studio.tap("Came").at("/today")
        expect(studio.page.locator(".visit .state")).to_have_text("Came")


def comes_in_and_books(nina: Phone, link: str) -> None:
    """Five taps from the square code to the ticket."""
    nina.opens(link).tap("Працягнуць").at("/place")
    nina.tap("Увесь горад").at("/nearby").sees("Haircut", "Studio Lipa")
    nina.tap("Haircut", "link").at(r"/offers/\d+").sees(
        "Ewa", "ul. Lipowa 7", "1,3 км, 18 хвілін пешшу"
    )
    nina.page.locator(".slot").first.tap()
    nina.tap(re.compile("Запісацца: ")).at(r"/bookings/[\w-]+").sees("Вы запісаныя")


def changes_her_mind_and_back(nina: Phone) -> str:
    """Cancelled in two taps, taken back in one, the code the same; the code."""
    code = nina.page.locator(".ticket .num").inner_text().replace("\u00a0", " ")
    nina.tap("Адмяніць запіс", "link").at(r"/bookings/[\w-]+/cancellation")
    nina.tap("Адмяніць запіс").at(r"/bookings/[\w-]+").sees("Запіс адменены")
    nina.tap("Вярнуць запіс").at(r"/bookings/[\w-]+").sees(
        "Вы запісаныя", code.replace(" ", "\u00a0")
    )
    nina.opens("/bookings").at("/bookings").sees("Haircut")
    return code
