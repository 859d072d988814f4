"""The product's addresses, and the straightforward view beside them."""

from django.urls import include, path

from bench.plain import HouseholdList, frame

urlpatterns = [
    path("plain/", HouseholdList.as_view()),
    path("plain/frame/", frame),
    path("", include("povertyparty.urls")),
]
