"""The pages every noun has."""

from povertyparty.pages import (
    accounts,
    bulk,
    comments,
    documents,
    inbox,
    jobs,
    letters,
    lists,
    quality,
    records,
    retyping,
    saved,
    search,
    uploads,
)

urlpatterns = [
    *accounts.urlpatterns,
    *comments.urlpatterns,
    *inbox.urlpatterns,
    *letters.urlpatterns,
    *lists.urlpatterns,
    *bulk.urlpatterns,
    *saved.urlpatterns,
    *records.urlpatterns,
    *documents.urlpatterns,
    *quality.urlpatterns,
    *retyping.urlpatterns,
    *search.urlpatterns,
    *uploads.urlpatterns,
    *jobs.urlpatterns,
]
