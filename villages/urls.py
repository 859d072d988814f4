from django.urls import path

from villages.pages import desk, figures, parameters

urlpatterns = [
    path("", desk.home, name="home"),
    path("figures/", figures.figures_page, name="figures"),
    path("figures/<slug:code>/", figures.figure_page, name="figure"),
    path("parameters/", parameters.parameters, name="parameters"),
    path("parameters/<slug:key>/", parameters.parameter, name="parameter"),
    path("parameters/<slug:key>/set/", parameters.set_parameter, name="parameter_set"),
    path("act-as/<int:pk>/", desk.act_as, name="act_as"),
    path("log/", desk.accesses, name="accesses"),
]
