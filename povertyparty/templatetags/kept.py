"""`{% kept "part.html" key … %}` includes a part that is the same wherever its key is: rendered once, then remembered.

The key must say everything the part depends on. The token against forged requests is the one thing that differs from
page to page all the same, and is put in each time.
"""

from django.conf import settings
from django.template import Library
from django.utils.safestring import mark_safe

register = Library()

MOST = 2000
LONGEST = 30_000  # characters: an address that somebody made very long is not remembered
TOKEN = "the-token-of-this-page"
_parts = {}


@register.simple_tag(takes_context=True)
def kept(context, name, *key):
    whole = (name, *key)
    if (text := _parts.get(whole)) is None:
        text = rendered(context, name)
        remember(whole, text)
    if TOKEN in text:
        text = text.replace(TOKEN, str(context["csrf_token"]))
    return mark_safe(text)


def rendered(context, name):
    template = context.template.engine.get_template(name)
    with context.push(csrf_token=TOKEN):
        return template.render(context)


def remember(key, text):
    if settings.DEBUG or len(text) > LONGEST:
        return
    if len(_parts) >= MOST:
        _parts.clear()
    _parts[key] = text
