"""What the plain template needs: 12,345.60, which the Chinese locale would group by four."""

from django.template import Library

register = Library()


@register.filter
def thousands(value):
    return "" if value is None else f"{value:,.2f}"
