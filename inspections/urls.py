from inspections import pages, similar

urlpatterns = [*pages.urlpatterns, *similar.urlpatterns]
