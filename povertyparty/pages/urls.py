"""The pages every noun has."""

from povertyparty.pages import accounts, jobs, lists, quality, records, search, uploads

urlpatterns = [
    *accounts.urlpatterns,
    *lists.urlpatterns,
    *records.urlpatterns,
    *quality.urlpatterns,
    *search.urlpatterns,
    *uploads.urlpatterns,
    *jobs.urlpatterns,
]
