"""The pages every noun has."""

from povertyparty.pages import accounts, bulk, jobs, lists, quality, records, retyping, saved, search, uploads

urlpatterns = [
    *accounts.urlpatterns,
    *lists.urlpatterns,
    *bulk.urlpatterns,
    *saved.urlpatterns,
    *records.urlpatterns,
    *quality.urlpatterns,
    *retyping.urlpatterns,
    *search.urlpatterns,
    *uploads.urlpatterns,
    *jobs.urlpatterns,
]
