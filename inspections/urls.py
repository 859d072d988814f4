from inspections import pages, papers

urlpatterns = pages.urlpatterns + papers.urlpatterns
