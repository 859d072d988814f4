"""`{% icon "bell" %}`: a drawing of the sprite. A tag and not a template, for a page has dozens of them."""

from django.template import Library
from django.templatetags.static import static
from django.utils.html import format_html

register = Library()
DRAWN = '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'


@register.simple_tag
def icon(name, big=False):
    return format_html(DRAWN, "icon icon-big" if big else "icon", static("icons.svg"), name)
