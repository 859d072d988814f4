"""The product's addresses, and the straightforward view beside them."""

from django.urls import include, path

from bench.plain import HouseholdList

urlpatterns = [path("plain/", HouseholdList.as_view()), path("", include("povertyparty.urls"))]

# TEMPORARY until povertyparty/pages/uploads.py exists
from django.http import HttpResponse  # noqa
urlpatterns += [path("uploads/", HttpResponse, name="uploads"), path("uploads/new/", HttpResponse, name="upload"), path("uploads/<int:pk>/", HttpResponse, name="upload_detail")]
