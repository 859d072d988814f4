from inspections import chain, pages

urlpatterns = [*pages.urlpatterns, *chain.urlpatterns]
