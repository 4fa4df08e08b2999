"""Every form of every role, sent empty: the answer says what happened, begins there, and is no fault of ours."""

import re

import pytest
from playwright.sync_api import Page

from tests.quality.test_every_page import CALM, violations
from tests.quality.town import ROLES, Town

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("quality")]

# Forms that ask something; buttons alone (sign out, publish …) are deeds, tried where their rules are.
ERROR = ("Памылка:", "Ошибка:", "Błąd:", "Error:", "Fehler:", "Помилка:", "Klaida:")
LATIN = re.compile(r"[A-Za-z]{3,} [a-z]{2,}")
ASKING = "main form[method=post]:has(input:not([type=hidden]), textarea, select)"


@pytest.mark.parametrize("role", ROLES)
def test_a_form_sent_empty_says_what_happened_and_begins_there(town: Town, role: str) -> None:
    wrong: dict[str, list[str]] = {}
    with town.walker(role, **CALM) as phone:
        page = phone.new_page()
        for visit in town.visits(role):
            page.goto(visit.path)
            for number in range(page.locator(ASKING).count()):
                page.goto(visit.path)
                wrong[f"{visit.path} form {number + 1}"] = send_empty(page, number)

    assert not {form: why for form, why in wrong.items() if why}


def send_empty(page: Page, number: int) -> list[str]:
    """What is wrong with the answer to a form in which nothing was written or chosen."""
    form = page.locator(ASKING).nth(number)
    form.evaluate(EMPTY)
    with page.expect_navigation() as answered:
        form.evaluate("form => form.requestSubmit()")
    answer = answered.value
    if answer.status < 400:
        return []  # this form may be empty
    if answer.status >= 500:
        return [f"status {answer.status}"]
    faults = violations(page)
    if not page.title().startswith(ERROR):
        faults.append(f"the title is {page.title()!r}")
    spoken = page.locator(".err, .wrong").all_inner_texts()
    if page.locator("html").get_attribute("lang") == "be":
        faults += [f"not in Belarusian: {text!r}" for text in spoken if LATIN.search(text)]
    if not page.evaluate("document.activeElement.matches('[data-focus]')"):
        faults.append("the focus is not at the sentence")
    return faults


EMPTY = """form => {
  form.noValidate = true;
  for (const field of form.querySelectorAll('input:not([type=hidden]), textarea')) {
    field.checked = false;
    if (!['radio', 'checkbox'].includes(field.type)) field.value = '';
  }
}"""
