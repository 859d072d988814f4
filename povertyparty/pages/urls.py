"""The pages every noun has."""

from povertyparty.pages import accounts, lists, records

urlpatterns = [*accounts.urlpatterns, *lists.urlpatterns, *records.urlpatterns]
