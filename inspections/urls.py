from inspections import chain, pages, papers

urlpatterns = [*pages.urlpatterns, *chain.urlpatterns, *papers.urlpatterns]
