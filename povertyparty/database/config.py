"""Which database: the one in the box, or the one DATABASE_URL names. Pure: nothing is started or connected here."""

import hashlib
import re
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

NAME = "povertyparty"
# A socket's path may be 103 bytes long on macOS and 107 on Linux; "/.s.PGSQL.5432" takes 14 of them.
SOCKET_FOLDER_BYTES = 88
ADDRESS = re.compile(
    r"(?:(?P<user>[^:@]*)(?::(?P<password>[^@]*))?@)?(?P<host>\[[^\]]*\]|[^:@\[\]]*)(?::(?P<port>\d*))?"
)
SHAPE = "应为 postgres://用户名:密码@主机:端口/库名，用户名和密码中的特殊字符写成 %XX"


def configure(environ, data_dir):
    """`DATABASES["default"]`. Beside Django's keys, OWNER says how the owner connects, EMBEDDED where the box is."""
    url = environ.get("DATABASE_URL", "").strip()
    owner_url = environ.get("OWNER_DATABASE_URL", "").strip()
    chosen = external(url, owner_url or url) if url else embedded(Path(data_dir))
    return {"ENGINE": "povertyparty.database", "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, **chosen}


def embedded(data_dir):
    home = data_dir.resolve() / "postgres"
    return {
        "NAME": NAME,
        "USER": app_of(NAME),
        "PASSWORD": "",
        "HOST": str(socket_folder(home)),
        "PORT": "5432",
        "OPTIONS": {},
        "OWNER": {"user": NAME},
        "EMBEDDED": str(home),
    }


def app_of(owner):
    return f"{owner}_app"


def data_folder(home):
    return home / "data"


def socket_folder(home):
    """The data folder, or a short one named after it where the path is too long for a socket."""
    data = data_folder(home)
    if len(bytes(data)) <= SOCKET_FOLDER_BYTES:
        return data
    # /tmp by name: TMPDIR differs between a shell, cron and a service, and all of them must meet here.
    return Path("/tmp") / f"povertyparty-{hashlib.sha256(bytes(data)).hexdigest()[:12]}"


def external(url, owner_url):
    app, owner = parse(url, "DATABASE_URL"), parse(owner_url, "OWNER_DATABASE_URL")
    if owner["NAME"] != app["NAME"]:
        raise ImproperlyConfigured("DATABASE_URL 与 OWNER_DATABASE_URL 指向的库名不同，请改成同一个库。")
    login = {key.lower(): owner[key] or None for key in ("USER", "PASSWORD", "HOST", "PORT")}
    return {**app, "OWNER": {**login, **owner["OPTIONS"]}}


def parse(url, variable):
    """The parts of a libpq URL as Django names them. No message repeats the URL: a password stands in it."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise misread(variable, "主机写法有误") from error
    address = ADDRESS.fullmatch(parts.netloc)
    if parts.scheme not in ("postgres", "postgresql") or not address or parts.fragment:
        raise misread(variable, "无法辨认")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    found = {
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(address["user"] or ""),
        "PASSWORD": unquote(address["password"] or ""),
        "HOST": options.pop("host", unquote(address["host"]).strip("[]")),
        "PORT": options.pop("port", address["port"] or ""),
        "OPTIONS": options,
    }
    for key, missing in (("NAME", "没有库名"), ("USER", "没有用户名")):
        if not found[key]:
            raise misread(variable, missing)
    return found


def misread(variable, what):
    return ImproperlyConfigured(f"{variable} {what}：{SHAPE}。")
