"""The mail server for notices, from the environment: EMAIL_URL, or EMAIL_HOST with EMAIL_PORT, EMAIL_USER, EMAIL_PASSWORD.

EMAIL_URL   smtp://USER:PASSWORD@HOST:PORT (STARTTLS where the port is 587), smtps://… (TLS from the start)
EMAIL_FROM  the sender; without it USER, where that is an address, else povertyparty@HOST
Signs in USER and PASSWORD that mean something in an address are written as %40, %3A and so on.
"""

from urllib.parse import quote, unquote, urlsplit

SECONDS = 15  # after which a server that says nothing counts as not reached
PORTS = {"smtp": 25, "smtps": 465}


class MailboxFault(ValueError):
    """What is wrong with the setting, in Chinese."""


def mailbox(environ):
    """{setting of Django: value}; EMAIL_CONFIGURED says whether there is a server at all."""
    url = environ.get("EMAIL_URL") or from_parts(environ)
    if not url:
        return {"EMAIL_CONFIGURED": False}
    try:
        found = urlsplit(url)
        port = found.port
    except ValueError:
        raise MailboxFault("EMAIL_URL 的端口应为数字，例如 smtp://用户:密码@邮件服务器:587") from None
    if found.scheme not in PORTS or not found.hostname:
        raise MailboxFault("EMAIL_URL 应为 smtp://用户:密码@邮件服务器:端口，或 smtps://…")
    port, user = port or PORTS[found.scheme], unquote(found.username or "")
    return {
        "EMAIL_CONFIGURED": True,
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": found.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": user,
        "EMAIL_HOST_PASSWORD": unquote(found.password or ""),
        "EMAIL_USE_SSL": found.scheme == "smtps",
        "EMAIL_USE_TLS": found.scheme == "smtp" and port == 587,
        "EMAIL_TIMEOUT": SECONDS,
        "DEFAULT_FROM_EMAIL": environ.get("EMAIL_FROM")
        or (user if "@" in user else f"povertyparty@{found.hostname}"),
    }


def from_parts(environ):
    host, port = environ.get("EMAIL_HOST"), environ.get("EMAIL_PORT") or "25"
    if not host:
        return ""
    user, password = (quoted(environ.get(name, "")) for name in ("EMAIL_USER", "EMAIL_PASSWORD"))
    who = f"{user}:{password}@" if user else ""
    return f"{'smtps' if port == '465' else 'smtp'}://{who}{host}:{port}"


def quoted(text):
    return quote(text, safe="")
