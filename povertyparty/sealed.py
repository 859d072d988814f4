"""Personal data sealed at rest: whoever takes the database or the disk, but not the key file, can read none of it.

Equal texts under one key give equal sealed texts, so `=`, `IN` and unique constraints work on what is stored; order,
LIKE and length do not, and are refused. While keys are rotated `=` and `IN` find texts under either key, but a unique
constraint cannot see that two sealed texts are one: seal everything anew before anybody goes on entering data.
"""

import base64
import binascii
import os
import re
import stat
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2s
from pathlib import Path
from secrets import token_bytes, token_hex, token_urlsafe

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models
from django.db.models.lookups import Exact, In

MAGIC = b"\x00sealed\x00"  # no kind of file we keep begins like this, so sealed and plain blobs can lie side by side
NONCE = 12
SHORTEST_SECRET = 50
SEAL_BYTES = 32
IDENTITY, END = re.compile(r"\d{17}[\dX]"), re.compile(r"\d+[\dX]")
ENDS = (4, 5, 6)  # last digits by which a sealed identity number can be found
FROM_URLSAFE, TO_URLSAFE = bytes.maketrans(b"-_", b"+/"), bytes.maketrans(b"+/", b"-_")


class SealBroken(Exception):
    """A sealed value that none of our keys opens; the message is for people."""


# --- the key file


def secrets(path, *, opens=()):
    """SECRET_KEY, SEAL_KEY (and SEAL_KEY_OLD while keys are rotated) from the key file, made on first use.

    `opens` names what the keys open (database, files): where one of these is already there and the key file is not,
    a new key would lock it for good, so we refuse instead.
    """
    path = Path(path)
    try:
        return _checked(path, _read_private(path))
    except FileNotFoundError:
        locked = [str(thing) for thing in opens if Path(thing).exists()]
    if locked and not path.exists():
        raise ImproperlyConfigured(
            f"密钥文件 {path} 缺失，而 {'、'.join(locked)} 已经存在：请从备份恢复密钥文件后再启动"
        )
    _create(path)
    return _checked(path, _read_private(path))


def _read_private(path):
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    with open(handle, encoding="utf-8") as lines:
        mode = stat.S_IMODE(os.fstat(handle).st_mode)
        if mode & 0o077:
            raise ImproperlyConfigured(
                f"密钥文件 {path} 的权限是 {mode:o}，别人也能读：请执行 chmod 600 {path}"
            )
        pairs = (line.strip().partition("=") for line in lines if line.strip() and not line.startswith("#"))
        return {name.strip(): value.strip() for name, _, value in pairs}


def _checked(path, found):
    secret_key = found.get("SECRET_KEY", "")
    if len(secret_key) < SHORTEST_SECRET or secret_key.startswith("django-insecure"):
        raise ImproperlyConfigured(
            f"密钥文件 {path} 中的 SECRET_KEY 缺失或太短（至少 {SHORTEST_SECRET} 个字符）：请从备份恢复，不要手工编写"
        )
    for name in ("SEAL_KEY", "SEAL_KEY_OLD"):
        if name == "SEAL_KEY" or name in found:
            _parse_seal_key(path, name, found.get(name, ""))
    return found


def _parse_seal_key(path, name, line):
    key_id, _, body = line.partition(":")
    try:
        material = base64.urlsafe_b64decode(body)
    except binascii.Error:
        material = b""
    if not key_id.isalnum() or len(material) < SEAL_BYTES:
        raise ImproperlyConfigured(
            f"密钥文件 {path} 中的 {name} 缺失或太短（编号加冒号，后接 {SEAL_BYTES} 字节的 base64）：请从备份恢复，不要手工编写"
        )
    return key_id, material


def _create(path):
    """Several first starts may race: each writes its own file whole, and `link` lets exactly one of them be it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mine = path.with_name(f".{path.name}.{token_hex(8)}")
    seal_key = base64.urlsafe_b64encode(token_bytes(SEAL_BYTES)).decode()
    text = f"# 丢失此文件，加密的数据就再也打不开：请单独备份，不要与数据库备份放在一起\nSECRET_KEY={token_urlsafe(64)}\nSEAL_KEY=1:{seal_key}\n"
    handle = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(handle)
        os.link(mine, path)
    except FileExistsError:
        pass  # another start was first; its file is the one
    finally:
        os.unlink(mine)
    _fsync_folder(path.parent)


def _fsync_folder(folder):
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- sealing


@dataclass(frozen=True)
class _Key:
    """One key of the file, with a cipher for texts and another for files, so neither can be passed off as the other."""

    id: str
    text: AESSIV
    blob: AESGCM
    end: object

    @classmethod
    def derive(cls, key_id, material):
        def part(info, length):
            return HKDF(SHA256(), length, salt=None, info=info).derive(material)

        return cls(
            key_id,
            AESSIV(part(b"povertyparty text", 64)),
            AESGCM(part(b"povertyparty file", 32)),
            blake2s(key=part(b"povertyparty end", 32), digest_size=3),
        )


@lru_cache(maxsize=4)
def _ring(path):
    """The keys by id, the one that seals first: Python keeps the order."""
    found = secrets(path)
    lines = [(name, found[name]) for name in ("SEAL_KEY", "SEAL_KEY_OLD") if name in found]
    keys = [_Key.derive(*_parse_seal_key(path, name, line)) for name, line in lines]
    return {key.id: key for key in reversed(keys)}, keys[0]


def seal_text(text):
    """None and "" stay what they are: that something is missing is no secret, and `NULL` must stay `NULL`."""
    if not text:
        return text
    return _seal_with(_ring(settings.SECRET_FILE)[1], text)


def _seal_with(key, text):
    if len(text) == 18 and IDENTITY.fullmatch(text):
        ends = _ends(key, text)
        return f"{key.id}:{_written(key.text.encrypt(text.encode(), [ends.encode()]))}.{ends}"
    return f"{key.id}:{_written(key.text.encrypt(text.encode(), None))}"


def _written(content):
    return binascii.b2a_base64(content, newline=False).translate(TO_URLSAFE).decode()


def _ends(key, digits):
    """The blind index of an identity number: keyed hashes of its last four, five and six digits, behind the sealed body.

    People look somebody up by the last digits. The hashes stand in the sealed text, so every way of writing carries them
    and nothing beside it has to be kept true. Whoever has the database but not the key file can try no digits against
    them: the key is derived for this use alone. What can be seen is that two numbers end alike; beyond 24 bits of a hash
    nothing is kept. They stand one behind the other, so those of four digits begin those of five; the cipher vouches
    for them as it does for the body.
    """
    return _written(b"".join([_end(key, digits[-n:].encode()) for n in ENDS if n <= len(digits)]))


def _end(key, digits):
    begun = key.end.copy()
    begun.update(digits)
    return begun.digest()


def ends(digits):
    """How the hashes begin that identity numbers with these last digits carry, under every key."""
    if len(digits) not in ENDS or not END.fullmatch(digits.upper()):
        return []
    return [_ends(key, digits.upper()) for key in _ring(settings.SECRET_FILE)[0].values()]


def unseal_text(sealed):
    if not sealed:
        return sealed
    key_id, _, body = sealed.partition(":")
    body, _, ends = body.partition(".")
    try:
        # base64's own functions for this cost more than the cipher, and an export unseals a hundred thousand texts.
        return (
            _key(key_id)
            .text.decrypt(
                binascii.a2b_base64(body.encode().translate(FROM_URLSAFE)), [ends.encode()] if ends else None
            )
            .decode()
        )
    except (InvalidTag, ValueError):
        raise SealBroken("加密的内容与密钥不符：数据被改动过，或密钥文件不是这个库的") from None


def _key(key_id):
    try:
        return _ring(settings.SECRET_FILE)[0][key_id]
    except KeyError:
        raise SealBroken("加密时用的密钥不在密钥文件中：请从备份恢复密钥文件") from None


def seal_bytes(content):
    key = _ring(settings.SECRET_FILE)[1]
    head = MAGIC + bytes([len(key.id)]) + key.id.encode()
    nonce = token_bytes(NONCE)
    return b"".join((head, nonce, key.blob.encrypt(nonce, content, head)))


def unseal_bytes(sealed):
    """What was never sealed (sealing of files is a setting) comes back as it is."""
    if not is_sealed(sealed):
        return sealed
    start = len(MAGIC) + 1 + sealed[len(MAGIC)]
    head, nonce = sealed[:start], sealed[start : start + NONCE]
    try:
        return _key(head[len(MAGIC) + 1 :].decode()).blob.decrypt(
            nonce, memoryview(sealed)[start + NONCE :], head
        )
    except (InvalidTag, ValueError):
        raise SealBroken("加密的文件与密钥不符：文件被改动过，或密钥文件不是这个库的") from None


def is_sealed(content):
    return len(content) > len(MAGIC) and content.startswith(MAGIC)


def _under_every_key(sealed):
    """While keys are rotated a stored value may lie under either key; without an old key this is the value itself."""
    keys = _ring(settings.SECRET_FILE)[0].values()
    if len(keys) == 1 or not sealed:
        return [sealed]
    text = unseal_text(sealed)
    return [_seal_with(key, text) for key in keys]


# --- the field


class SealedField(models.CharField):
    """A text that Python sees plain and the database sees sealed. `max_length` is that of the plain text."""

    def db_type(self, connection):
        return "text"  # a sealed text is longer than max_length, by how much depends on its characters

    def get_prep_value(self, value):
        return seal_text(super().get_prep_value(value))

    def from_db_value(self, value, expression, connection):
        return unseal_text(value)

    def get_lookup(self, lookup_name):
        lookup = super().get_lookup(lookup_name)
        if lookup_name not in (
            "exact",
            "in",
            "isnull",
            "df",
            "ndf",
        ):  # the last two: IS [NOT] DISTINCT FROM, of the change log
            raise FieldError(f"{self} 是加密字段，只能按全值查找（exact、in、isnull），不能用 {lookup_name}")
        return lookup

    def get_transform(self, lookup_name):
        raise FieldError(f"{self} 是加密字段，不能用 {lookup_name} 取其一部分")


@SealedField.register_lookup
class SealedExact(Exact):
    def as_sql(self, compiler, connection):
        values = _under_every_key(self.rhs) if isinstance(self.rhs, str) else [self.rhs]
        if len(values) == 1:
            return super().as_sql(compiler, connection)
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} IN ({', '.join(['%s'] * len(values))})", [*params, *values]


@SealedField.register_lookup
class SealedIn(In):
    def get_prep_lookup(self):
        values = super().get_prep_lookup()
        if not isinstance(values, list):  # expressions and subqueries are the database's to compare
            return values
        return [either for value in values for either in _under_every_key(value)]


# --- masks


MASKS = {
    "id": (3, 2),
    "phone": (3, 4),
    "card": (0, 4),
}  # how much of the beginning and the end stays readable
UNMASKED = ("name",)
STARS = "*＊"


def mask(text, kind="id"):
    """Same length, middle starred. An age beside the last four of an ID leaves 33 candidates, hence only two."""
    if not text or kind in UNMASKED:
        return text
    head, tail = MASKS[kind]
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]


def is_masked(text):
    return STARS[0] in text or STARS[1] in text


def matches_mask(masked, plain):
    """Whether `masked` can stand for `plain`: what an export showed masked comes back as “不变” by this."""
    return len(masked) == len(plain) and all(a in STARS or a == b for a, b in zip(masked, plain, strict=True))
