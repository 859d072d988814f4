from django.urls import path

from villages.pages import commitments, desk, figures, parameters

urlpatterns = [
    path("", desk.home, name="home"),
    path("todos/", desk.todos, name="todos"),
    path("figures/", figures.figures_page, name="figures"),
    path("figures/<slug:code>/", figures.figure_page, name="figure"),
    path("commitments/", commitments.commitments, name="commitments"),
    path("parameters/", parameters.parameters, name="parameters"),
    path("parameters/<slug:key>/", parameters.parameter, name="parameter"),
    path("parameters/<slug:key>/set/", parameters.set_parameter, name="parameter_set"),
    path("act-as/<int:pk>/", desk.act_as, name="act_as"),
    path("log/", desk.accesses, name="accesses"),
]
