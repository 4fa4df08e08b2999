"""What people read: nothing missing in the complete languages, and nothing that gives anyone away."""

import ast
import re
import unicodedata
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import get_plural

from deploy.words import COMPLETE, DOMAINS, FOLDER, LANGUAGES, ROOT, catalogue, extract, read

strings = cache(extract)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")
HTML = re.compile(r"</?\w+")
# Said nowhere a member, a passer-by or somebody looking over a shoulder could read it.
GIVES_AWAY = re.compile(
    r"prison|\bjail|\binmate|\bpolitical|\breleased\b|\brepress|\bregime\b"
    r"|зняволен|вязень|\bвязн|палітвяз|палітычн|турм[аыеу]\b|турэмн|вызвален|рэпрэс|арыштав"
    r"|заключ[её]нн|политическ|тюрьм|тюрем|освобожд[её]нн|репресс|арестов"
    r"|ув.?язнен|\bв.?яз(?:н|ень)|політичн|тюрем|звільнен|арештов"
    r"|więzie|więźn|polityczn|uwolnion|represj|areszt|skazan"
    r"|gefängnis|häftling|politisch|repress|verhaft|inhaft|freigelassen"
    r"|kalin[iy]|kalėj|politin|represij|areštuo"
    # The names of languages are excepted, so the country's name ends where a language's goes on.
    r"|\bbelarus\b|беларус(?:[ьіи]|с?ю|ией)\b|белорусси|білорус[ьі]\b|białoruś|białorusi\b|weißrussland|baltarusij",
    re.IGNORECASE,
)
# Letters that look Belarusian but are not: и, щ, ъ; у or і followed by a combining mark; і as Latin i.
FOREIGN_IN_BELARUSIAN = re.compile(
    r"[ищъИЩЪ]|[уУ]\u0306|[\u2019\u02bc\u2018`](?=[а-яёіў])|(?<=[а-яёіў])[a-z]|[a-z](?=[а-яёіў])"
)

# After a vowel у is ў (not after a quotation mark or a stop), and elsewhere it never is.
SHORT_U_AMISS = re.compile(
    r"[аеёіоуыэюя] у(?![ўі])|(?<![аеёіоуыэюя»]) ў|[бвгджзйклмнпрстфхцчшь]ў", re.I
)
# Words of the neighbouring language that slip into Belarusian and are spelt with letters of both.
RUSSIANISM = re.compile(
    r"\b(?:когда|кагда|что|чтобы|штобы|еслі|ілі|даже|нада|надо|нельзя|сейчас|спасіба|пажалуйста"
    r"|канешне|конечно|тожа|скока|сколька|паэтаму|вазможн|возможн|здел|паследн|\w+ость\b)",
    re.IGNORECASE,
)
# In every language: one apostrophe between letters, and never letters of two alphabets in a word.
CYRILLIC, LATIN = "а-яёіўїєґ", "a-ząćęłńóśźżčėįšųūžäöüß"
SMUDGED = re.compile(
    rf"[\u2019\u02bc\u2018`](?=[{CYRILLIC}])|(?<=[{CYRILLIC}])[{LATIN}]|(?<=[{LATIN}])[{CYRILLIC}]",
    re.I,
)

each_catalogue = pytest.mark.parametrize(
    ("language", "domain"), [(lang, room) for lang in COMPLETE for room in DOMAINS]
)
each_file_people_read = pytest.mark.parametrize(
    "path",
    [
        path
        for folder, kinds in {"templates": "*", "static": "*", "app": "*.p[yo]"}.items()
        for path in sorted((ROOT / folder).rglob(kinds))
        if path.suffix in {".html", ".txt", ".xml", ".js", ".css", ".svg", ".py", ".po"}
        and "dist" not in path.parts
    ],
    ids=lambda path: str(path.relative_to(ROOT)),
)


def forms(message: Message) -> list[str]:
    """The translation's forms, one without plural."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def keys(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def said(words: Catalog) -> list[Message]:
    return [message for message in words if message.id]


@each_catalogue
def test_every_string_of_the_room_is_in_the_catalogue(language: str, domain: str) -> None:
    wanted = {(m.id, m.context) for m in said(strings()[domain])}
    there = {(m.id, m.context) for m in said(read(language, domain)) if all(forms(m))}
    unsaid = "\n".join(f"  {msgid!r}" for msgid, _ in sorted(wanted - there, key=str))
    file = catalogue(language, domain).relative_to(ROOT)
    assert not unsaid, f"Run `make words`, then please say in {file}, in plain words:\n{unsaid}"


@each_catalogue
def test_nothing_is_doubtful_or_left_over(language: str, domain: str) -> None:
    wanted = {m.id for m in said(strings()[domain])}
    assert not [m.id for m in said(read(language, domain)) if m.fuzzy or m.id not in wanted]


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_those_of_the_language(language: str) -> None:
    right = get_plural(language)
    for path in (FOLDER / language).glob("LC_MESSAGES/*.po"):
        words = read(language, path.stem)
        assert (words.num_plurals, words.plural_expr) == (right.num_plurals, right.plural_expr)
        wrong = [m.id for m in said(words) if m.pluralizable and len(forms(m)) != right.num_plurals]
        assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("domain", DOMAINS)
def test_placeholders_and_markup_survive_translation(language: str, domain: str) -> None:
    for message in said(read(language, domain)):
        for pattern in (PLACEHOLDER, HTML):
            wanted = set(pattern.findall(keys(message)[-1]))
            for form in filter(None, forms(message)):
                # "one minute" may leave out its number, as the English singular may
                allowed = wanted - set(pattern.findall(keys(message)[0])) if form else set()
                found = set(pattern.findall(form))
                assert wanted - allowed <= found <= wanted, message.id


def test_the_same_sentence_says_the_same_in_every_room() -> None:
    """All rooms' words are one catalogue at run time: the last room would speak for the others."""
    for language in LANGUAGES:
        heard: dict[object, set[str]] = defaultdict(set)
        for domain in DOMAINS:
            for message in said(read(language, domain)):
                if all(forms(message)):
                    heard[message.id, message.context].add("|".join(forms(message)))
        assert not {key: words for key, words in heard.items() if len(words) > 1}


@pytest.mark.parametrize("domain", DOMAINS)
def test_belarusian_is_written_with_its_own_letters_and_one_apostrophe(domain: str) -> None:
    for message in said(read("be", domain)):
        for form in forms(message):
            assert not FOREIGN_IN_BELARUSIAN.search(PLACEHOLDER.sub("", form)), form


@pytest.mark.parametrize("domain", DOMAINS)
def test_belarusian_puts_its_short_u_where_it_belongs_and_borrows_no_russian(domain: str) -> None:
    for message in said(read("be", domain)):
        for form in forms(message):
            assert not SHORT_U_AMISS.search(form), form
            assert not RUSSIANISM.search(form), form


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_are_whole_and_of_one_alphabet_with_one_apostrophe(language: str) -> None:
    for domain in DOMAINS:
        for message in said(read(language, domain)):
            for form in forms(message):
                assert unicodedata.is_normalized("NFC", form), form
                assert not SMUDGED.search(PLACEHOLDER.sub(" ", form)), form


def test_no_word_hides_in_an_f_string_where_no_catalogue_finds_it() -> None:
    said_by = {"_", "_l", "ngettext", "gettext", "lazy_gettext"}
    hidden = [
        f"{path.name}:{call.lineno}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        for glued in ast.walk(ast.parse(path.read_text()))
        if isinstance(glued, ast.JoinedStr)
        for call in ast.walk(glued)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in said_by
    ]
    assert hidden == []


def test_english_says_its_keys() -> None:
    for domain in DOMAINS:
        for message in said(read("en", domain)):
            assert forms(message) == keys(message)


@each_file_people_read
def test_no_word_gives_anyone_away(path: Path) -> None:
    told = GIVES_AWAY.search(path.read_text())
    assert not told, told and told[0]


def test_no_address_or_file_name_gives_anyone_away() -> None:
    for folder in ("app", "templates", "static", "migrations"):
        for path in (ROOT / folder).rglob("*"):
            assert not GIVES_AWAY.search(path.name)


def test_every_catalogue_belongs_to_a_room_and_a_language() -> None:
    known = {catalogue(language, domain) for language in LANGUAGES for domain in DOMAINS}
    assert set(FOLDER.rglob("*.po")) <= known
