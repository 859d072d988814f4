"""The pages every noun has."""

from povertyparty.pages import accounts, documents, jobs, lists, quality, records, retyping, search, uploads

urlpatterns = [
    *accounts.urlpatterns,
    *lists.urlpatterns,
    *records.urlpatterns,
    *documents.urlpatterns,
    *quality.urlpatterns,
    *retyping.urlpatterns,
    *search.urlpatterns,
    *uploads.urlpatterns,
    *jobs.urlpatterns,
]
