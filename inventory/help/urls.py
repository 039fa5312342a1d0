from django.urls import path

from inventory.help import views

urlpatterns = [
    path("help/", views.guide, name="help"),
]
