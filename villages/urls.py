from django.urls import path

from villages import pages

urlpatterns = [
    path("", pages.home, name="home"),
    path("figures/", pages.figures_page, name="figures"),
    path("figures/<slug:code>/", pages.figure_page, name="figure"),
    path("act-as/<int:pk>/", pages.act_as, name="act_as"),
    path("log/", pages.accesses, name="accesses"),
]
