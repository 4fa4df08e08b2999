"""A wrong or missing setting stops the start with one sentence; keys are made where they may be."""

import stat
from multiprocessing import get_context

import pytest

from app.settings import Settings, SettingsError

OPERATOR = {f"POBACH_OPERATOR_{part}": "x" for part in ("NAME", "CONTACT", "PRIVACY", "TERMS")}
KEYS = {
    "POBACH_DATABASE_KEY": "ab" * 32,
    "POBACH_SECRET_KEY": "cd" * 32,
    "POBACH_SEAL_KEYS": "k1:" + "ef" * 32,
    "POBACH_VAPID_PRIVATE_KEY": "A" * 42 + "E",
    "POBACH_SMTP_URL": "smtp://localhost",
}
PRODUCTION = {"POBACH_BASE_URL": "https://pobach.example", **OPERATOR, **KEYS}


def test_a_first_start_needs_no_settings_and_makes_keys_only_their_owner_can_read(tmp_path):
    read = Settings.from_environ({"POBACH_DATA_DIR": str(tmp_path / "new")})

    assert not read.production
    for name in ("database.key", "secret.key", "seal.keys", "vapid.key"):
        assert stat.S_IMODE((tmp_path / "new" / name).stat().st_mode) == 0o600


def test_web_and_worker_starting_at_one_moment_have_one_key(tmp_path):
    """Whoever comes second never reads a key that is there and not written yet."""
    meet, told = get_context("fork").Barrier(8), get_context("fork").Queue()

    def start(folder):
        meet.wait()
        told.put(Settings.from_environ({"POBACH_DATA_DIR": str(folder)}))

    for number in range(12):
        several = [
            get_context("fork").Process(target=start, args=(tmp_path / str(number),))
            for _ in range(8)
        ]
        for process in several:
            process.start()
        read = [told.get(timeout=30) for _ in several]
        for process in several:
            process.join(30)
        assert len(set(read)) == 1
        assert len(list((tmp_path / str(number)).iterdir())) == 4, "no draft is left behind"


def test_a_second_start_finds_the_same_keys(tmp_path):
    environ = {"POBACH_DATA_DIR": str(tmp_path)}

    assert Settings.from_environ(environ) == Settings.from_environ(environ)


def test_production_starts_with_an_operator_and_keys_from_outside_the_data_folder(tmp_path):
    read = Settings.from_environ({**PRODUCTION, "POBACH_DATA_DIR": str(tmp_path / "data")})

    assert read.production
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("missing", sorted({*OPERATOR, *KEYS}))
def test_production_refuses_to_start_without(missing, tmp_path):
    environ = {**PRODUCTION, "POBACH_DATA_DIR": str(tmp_path), missing: ""}

    with pytest.raises(SettingsError, match="POBACH_"):
        Settings.from_environ(environ)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("BASE_URL", "pobach.example"),
        ("BASE_URL", "http://pobach.example"),
        ("BASE_URL", "ftp://localhost"),
        ("DATABASE_KEY", "short"),
        ("SECRET_KEY", "g" * 64),
        ("SEAL_KEYS", "k1:abcd"),
        ("VAPID_PRIVATE_KEY", "A" * 43),
        ("VAPID_PRIVATE_KEY", "not a key"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DEFAULT_LANGUAGE", "xx"),
        ("PROXIES", "-1"),
    ],
)
def test_a_wrong_value_is_refused_with_a_sentence_that_names_it(name, value, tmp_path):
    environ = {"POBACH_DATA_DIR": str(tmp_path), f"POBACH_{name}": value}

    with pytest.raises(SettingsError, match=f"POBACH_{name}"):
        Settings.from_environ(environ)


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(SettingsError, match=r"database\.key"):
        Settings.from_environ({"POBACH_DATA_DIR": str(tmp_path / "file")})
