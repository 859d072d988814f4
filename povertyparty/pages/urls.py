"""The pages every noun has."""

from povertyparty.pages import accounts, bulk, jobs, lists, quality, records, retyping, search, uploads

urlpatterns = [
    *accounts.urlpatterns,
    *lists.urlpatterns,
    *bulk.urlpatterns,
    *records.urlpatterns,
    *quality.urlpatterns,
    *retyping.urlpatterns,
    *search.urlpatterns,
    *uploads.urlpatterns,
    *jobs.urlpatterns,
]
