from inspections import chain, pages, papers, similar

urlpatterns = [*pages.urlpatterns, *chain.urlpatterns, *papers.urlpatterns, *similar.urlpatterns]
