"""The pages every noun has."""

from povertyparty.pages import accounts, jobs, lists, records, search, uploads

urlpatterns = [
    *accounts.urlpatterns,
    *lists.urlpatterns,
    *records.urlpatterns,
    *search.urlpatterns,
    *uploads.urlpatterns,
    *jobs.urlpatterns,
]
