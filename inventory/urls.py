from django.urls import path

from inventory.pages import (  # noqa: F401
    converters,
    edit_views,
    item_views,
    print_views,
    saved,
    search_page,
    step_views,
    views,
)
from inventory.pages.home import views as home

urlpatterns = [
    path("", home.home, name="home"),
    path("home/arrange/", home.arrange, name="home-arrange"),
    path("home/units/", home.units, name="home-units"),
    path("home/card/<slug:name>/", home.card, name="home-card"),
    path("search/", search_page.search, name="search"),
    path("q/<str:number>/", item_views.by_number, name="item"),
    path("deleted/", item_views.deleted, name="deleted"),
    path("<register:register>/", views.listing, name="register-list"),
    path("<register:register>/print/", print_views.printed, name="register-print"),
    path("<register:register>/totals/", views.totals, name="register-totals"),
    path("<register:register>/options/<slug:column>/", views.options, name="register-options"),
    path("<register:register>/new/", edit_views.new, name="register-new"),
    path("<register:register>/views/save/", saved.save, name="saved-view-save"),
    path("<register:register>/views/<int:pk>/delete/", saved.delete, name="saved-view-delete"),
    path("<register:register>/<int:pk>/", views.detail, name="register-detail"),
    path("<register:register>/<int:pk>/edit/", edit_views.edit, name="register-edit"),
    path("<register:register>/<int:pk>/history/", views.row_history, name="register-history"),
    path("<register:register>/<int:pk>/restore/<int:entry>/", edit_views.restore, name="register-restore"),
    path("<register:register>/<int:pk>/retire/", edit_views.retire, name="register-retire"),
    path("<register:register>/<int:pk>/step/<slug:step>/", step_views.take, name="register-step"),
    path("<register:register>/<int:pk>/delete/", edit_views.delete, name="register-delete"),
]
