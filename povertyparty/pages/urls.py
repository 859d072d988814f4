"""The pages every noun has."""

from povertyparty.pages import accounts, jobs, lists, quality, records, uploads

urlpatterns = [
    *accounts.urlpatterns,
    *lists.urlpatterns,
    *records.urlpatterns,
    *quality.urlpatterns,
    *uploads.urlpatterns,
    *jobs.urlpatterns,
]
