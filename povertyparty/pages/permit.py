"""Every page says who may open it, and how; a page that does not is found by a test."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.views.decorators.http import require_http_methods

from povertyparty.ledger import REGISTRY


def may(what, *methods):
    """For those who may `what` (a word of the roles' table; "enter" is anybody signed in), by these HTTP methods."""

    def guard(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if what != "enter" and not request.user.may(what):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        allowed = require_http_methods([*methods, *(["HEAD"] if "GET" in methods else [])])(guarded)
        allowed.may = what
        return allowed

    return guard


def ledger_of(request, code):
    """The ledger that the address names, for who may see it at all, or 404 or 403."""
    ledger = find(REGISTRY, code)
    if not request.user.may(ledger.right):
        raise PermissionDenied
    return ledger


def ledgers_of(user):
    return [ledger for ledger in REGISTRY.values() if user.may(ledger.right)]


def find(registry, code):
    """What a code in a URL names, or 404."""
    try:
        return registry[code]
    except KeyError:
        raise Http404(code) from None
