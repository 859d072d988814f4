"""Everything the site answers to. Domain urls are included by string."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("villages.urls")),
    path("", include("inspections.urls")),
    path("", include("povertyparty.pages.urls")),
    path("admin/", admin.site.urls),
]
