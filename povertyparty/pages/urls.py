"""The pages every noun has."""

from povertyparty.pages import accounts, jobs, lists, records, uploads

urlpatterns = [
    *accounts.urlpatterns,
    *lists.urlpatterns,
    *records.urlpatterns,
    *uploads.urlpatterns,
    *jobs.urlpatterns,
]
