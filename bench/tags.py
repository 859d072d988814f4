"""What the plain view needs: amounts as 12,345.60, which the Chinese locale would group by four, a value by its key, and parts that nobody keeps."""

from django.template import Library

register = Library()


@register.filter
def thousands(value):
    return "" if value is None else f"{value:,.2f}"


@register.filter
def value(told, key):
    return told[key]


@register.simple_tag(takes_context=True)
def kept(context, name, *key):
    return context.template.engine.get_template(name).render(context)
