from inspections import pages

urlpatterns = pages.urlpatterns
