from django.urls import path

from villages.pages import commitments, desk, figures, holidays, parameters, places

urlpatterns = [
    path("", desk.home, name="home"),
    path("todos/", desk.todos, name="todos"),
    path("figures/", figures.figures_page, name="figures"),
    path("figures/<slug:code>/", figures.figure_page, name="figure"),
    path("commitments/", commitments.commitments, name="commitments"),
    path("parameters/", parameters.parameters, name="parameters"),
    path("parameters/holidays/", holidays.holidays, name="holidays"),
    path("parameters/holidays/set/", holidays.holiday_set, name="holiday_set"),
    path("parameters/<slug:key>/", parameters.parameter, name="parameter"),
    path("parameters/<slug:key>/set/", parameters.set_parameter, name="parameter_set"),
    path("place-changes/", places.place_changes, name="place_changes"),
    path("place-changes/<int:pk>/", places.place_change, name="place_change"),
    path("place-changes/<int:pk>/void/", places.place_change_void, name="place_change_void"),
    path("place-changes/add/<slug:kind>/", places.place_change_add, name="place_change_add"),
    path("act-as/<int:pk>/", desk.act_as, name="act_as"),
    path("log/", desk.accesses, name="accesses"),
]
