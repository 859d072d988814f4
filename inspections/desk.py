"""The items that wait for somebody's step."""

from django.urls import reverse
from django.utils import timezone

from inspections.models import Item
from povertyparty.desk import todos


@todos
class Items:
    def rows(user):
        return Item.objects.todo_for(user).select_related("place", "finding")

    def tell(item):
        light = item.light(timezone.localdate())
        return {
            "title": item.symptom or item.finding.text,
            "url": reverse("item", args=[item.pk]),
            "due": item.due_on,
            "light": {"word": light.word, "colour": light.colour},
            "place": item.place.name,
            "who": item.get_state_display(),
        }
