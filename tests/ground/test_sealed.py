"""Who has the database but not the key file reads nothing; who has both finds by equality and nothing else."""

import os
import time
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.core.exceptions import FieldError, ImproperlyConfigured, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Count, F
from django.test.utils import isolate_apps

from povertyparty.sealed import (
    SealBroken,
    SealedField,
    is_masked,
    is_sealed,
    mask,
    matches_mask,
    seal_bytes,
    seal_text,
    secrets,
    unseal_bytes,
    unseal_text,
)

IDNO, OTHER = "659901199003070018", "659901199003070026"


def key_file(path, **seal_keys):
    lines = [
        f"{name}={key_id}:{urlsafe_b64encode(material).decode()}"
        for name, (key_id, material) in seal_keys.items()
    ]
    path.write_text("\n".join(["SECRET_KEY=" + "x" * 60, *lines]))
    path.chmod(0o600)
    return path


@pytest.fixture
def card(db):
    """A table with one sealed column, for as long as the test's transaction."""
    with isolate_apps("django.contrib.contenttypes"):

        class Card(models.Model):
            idno = SealedField("身份证号", max_length=18, unique=True, null=True)

            class Meta:
                app_label = "contenttypes"

            def __str__(self):
                return "卡"

    with connection.schema_editor(collect_sql=True) as editor:
        statement, _ = editor.table_sql(Card)
    with connection.cursor() as cursor:  # the app's login may make temporary tables, and no others
        cursor.execute(statement.replace("CREATE TABLE", "CREATE TEMPORARY TABLE"))
    return Card


def stored(card):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT idno FROM {card._meta.db_table} ORDER BY id")
        return [value for (value,) in cursor.fetchall()]


# --- the key file


def test_the_key_file_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "deep" / "secret.env"
    found = secrets(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert secrets(path) == found
    assert set(found) == {"SECRET_KEY", "SEAL_KEY"}


def test_first_starts_that_race_agree_on_one_key_and_leave_nothing_else(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(secrets, [tmp_path / "secret.env"] * 8))
    assert all(one == found[0] for one in found)
    assert os.listdir(tmp_path) == ["secret.env"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_file_that_others_can_read_is_refused(tmp_path, mode):
    secrets(tmp_path / "secret.env")
    (tmp_path / "secret.env").chmod(mode)
    with pytest.raises(ImproperlyConfigured, match="chmod 600"):
        secrets(tmp_path / "secret.env")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SECRET_KEY=short\n",
        "SECRET_KEY=" + "x" * 60,
        "SECRET_KEY=" + "x" * 60 + "\nSEAL_KEY=1:c2hvcnQ=",
        "SECRET_KEY=django-insecure-" + "x" * 60,
    ],
)
def test_missing_short_and_sample_keys_are_refused(tmp_path, text):
    (tmp_path / "secret.env").write_text(text)
    (tmp_path / "secret.env").chmod(0o600)
    with pytest.raises(ImproperlyConfigured, match="请从备份恢复"):
        secrets(tmp_path / "secret.env")


@pytest.mark.case("D-031")
def test_no_new_key_is_made_where_something_sealed_already_lies(tmp_path):
    (tmp_path / "files").mkdir()
    with pytest.raises(ImproperlyConfigured, match="缺失"):
        secrets(tmp_path / "secret.env", opens=[tmp_path / "files"])
    assert not (tmp_path / "secret.env").exists()


# --- sealing


@pytest.mark.case("P-009")
def test_equal_texts_are_sealed_equally_and_show_nothing():
    assert seal_text(IDNO) == seal_text(IDNO) != seal_text(OTHER)
    assert "199003" not in seal_text(IDNO)
    assert unseal_text(seal_text("王小明 ID")) == "王小明 ID"


def test_nothing_stays_nothing():
    assert [seal_text(None), seal_text(""), unseal_text(None), unseal_text("")] == [None, "", None, ""]


@pytest.mark.parametrize(
    "spoil",
    [lambda text: text[:-6] + "AAAA==", lambda text: text[:10], lambda text: "plain", lambda text: "1:中"],
)
def test_a_sealed_text_that_was_touched_is_refused(spoil):
    with pytest.raises(SealBroken):
        unseal_text(spoil(seal_text(IDNO)))


def test_bytes_are_sealed_differently_each_time_and_come_back_whole():
    content = os.urandom(1000)
    assert seal_bytes(content) != seal_bytes(content)
    assert is_sealed(seal_bytes(content)) and unseal_bytes(seal_bytes(content)) == content
    assert unseal_bytes(content) == content


def test_sealed_bytes_that_were_touched_are_refused():
    sealed = bytearray(seal_bytes(b"photo"))
    sealed[-1] ^= 1
    with pytest.raises(SealBroken, match="改动"):
        unseal_bytes(bytes(sealed))


@pytest.mark.case("D-031")
def test_another_key_file_opens_nothing_and_says_so(settings, tmp_path):
    text, blob = seal_text(IDNO), seal_bytes(b"photo")
    settings.SECRET_FILE = key_file(tmp_path / "secret.env", SEAL_KEY=("1", os.urandom(32)))
    with pytest.raises(SealBroken, match="密钥"):
        unseal_text(text)
    with pytest.raises(SealBroken, match="密钥"):
        unseal_bytes(blob)


def test_sealing_and_reading_cost_a_few_times_what_the_cipher_alone_does():
    field, texts = SealedField(max_length=18), [f"6599011990{number:08d}" for number in range(10_000)]
    cipher, plain = AESSIV(os.urandom(64)), [text.encode() for text in texts]
    sealed = [seal_text(text) for text in texts]

    def seconds(act, values):
        began = time.perf_counter()
        for value in values:
            act(value)
        return time.perf_counter() - began

    rounds = [
        (
            seconds(lambda text: cipher.encrypt(text, [b"ends"]), plain),
            seconds(field.get_prep_value, texts),  # with the hashes of their ends
            seconds(lambda text: field.from_db_value(text, None, None), sealed),
        )
        for _ in range(5)
    ]
    alone, to, back = map(min, zip(*rounds, strict=True))
    assert to < 12 * alone and back < 6 * alone, (alone, to, back)


# --- rotation


@pytest.fixture
def rotated(settings, tmp_path):
    """Seal under the old key, then go on with a new one beside it."""
    old, new = os.urandom(32), os.urandom(32)
    settings.SECRET_FILE = key_file(tmp_path / "old.env", SEAL_KEY=("1", old))

    def rotate():
        settings.SECRET_FILE = key_file(tmp_path / "new.env", SEAL_KEY=("2", new), SEAL_KEY_OLD=("1", old))

    return rotate


@pytest.mark.case("P-010")
def test_both_keys_can_be_read_and_the_new_one_seals(rotated):
    text, blob = seal_text(IDNO), seal_bytes(b"photo")
    rotated()
    assert (unseal_text(text), unseal_bytes(blob)) == (IDNO, b"photo")
    assert seal_text(IDNO).startswith("2:")


@pytest.mark.case("P-010")
def test_rows_under_either_key_are_found(rotated, card):
    card.objects.create(idno=IDNO)
    rotated()
    card.objects.create(idno=OTHER)
    assert card.objects.get(idno=IDNO).idno == IDNO
    assert card.objects.filter(idno__in=[IDNO, OTHER]).count() == 2
    assert card.objects.exclude(idno=IDNO).count() == 1


# --- the field


def test_python_sees_the_text_and_the_database_does_not(card):
    card.objects.create(idno=IDNO)
    assert card.objects.get().idno == IDNO
    assert list(card.objects.values_list("idno", flat=True)) == [IDNO]
    assert stored(card) == [seal_text(IDNO)]


def test_rows_are_found_by_their_whole_text_or_by_its_absence(card):
    card.objects.bulk_create([card(idno=IDNO), card(idno=OTHER), card(idno=None)])
    assert card.objects.get(idno=IDNO).idno == IDNO
    assert card.objects.filter(idno__in=[IDNO, "", OTHER]).count() == 2
    assert card.objects.filter(idno__in=card.objects.filter(idno=IDNO).values("idno")).count() == 1
    assert card.objects.filter(idno__isnull=True).count() == card.objects.filter(idno=None).count() == 1
    assert card.objects.filter(idno=F("idno")).count() == 2


@pytest.mark.parametrize("lookup", ["contains", "startswith", "iexact", "gt", "lower", "regex"])
def test_any_other_lookup_is_refused_by_name(card, lookup):
    with pytest.raises(FieldError, match=rf"加密字段.*{lookup}"):
        card.objects.filter(**{f"idno__{lookup}": "659901"}).count()


def test_the_database_keeps_sealed_texts_unique(card):
    card.objects.create(idno=IDNO)
    with pytest.raises(ValidationError, match="身份证号"):
        card(idno=IDNO).validate_unique()
    with pytest.raises(IntegrityError), transaction.atomic():
        card.objects.create(idno=IDNO)


def test_equal_texts_can_be_counted_and_updated(card):
    card.objects.create(idno=IDNO)
    card.objects.filter(idno=IDNO).update(idno=OTHER)
    assert list(card.objects.values_list("idno").annotate(Count("pk"))) == [(OTHER, 1)]


def test_the_length_is_that_of_the_plain_text(card):
    field = card._meta.get_field("idno")
    _, path, _, options = field.deconstruct()
    assert (path, options["max_length"]) == ("povertyparty.sealed.SealedField", 18)
    with pytest.raises(ValidationError, match="18"):
        field.clean("9" * 19, None)


# --- masks


@pytest.mark.case("P-002")
def test_an_identity_number_shows_three_digits_and_two():
    assert mask(IDNO, "id") == "659*************18"


@pytest.mark.case("P-006")
def test_phones_cards_and_names_have_their_own_masks():
    assert mask("13800001234", "phone") == "138****1234"
    assert mask("6217990000000001234", "card") == "*" * 15 + "1234"
    assert mask("王小明", "name") == "王小明"


def test_short_and_missing_texts_show_nothing():
    assert [mask("65990", "id"), mask("1234567", "phone"), mask("", "id"), mask(None, "id")] == [
        "*****",
        "*" * 7,
        "",
        None,
    ]


@pytest.mark.parametrize(
    "kind,text", [("id", IDNO), ("phone", "13800001234"), ("card", "6217990000000001234")]
)
def test_a_mask_stands_for_its_own_text_and_for_no_other(kind, text):
    masked = mask(text, kind)
    assert is_masked(masked) and not is_masked(text)
    assert matches_mask(masked, text)
    assert not matches_mask(masked, text[:-1] + "9") and not matches_mask(masked, text + "0")
