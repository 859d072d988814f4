"""The product's addresses, and the straightforward views beside them."""

from django.urls import include, path

from bench.plain import HouseholdList, ItemList, frame

urlpatterns = [
    path("plain/households/", HouseholdList.as_view()),
    path("plain/items/", ItemList.as_view()),
    path("plain/frame/", frame),
    path("", include("povertyparty.urls")),
]
