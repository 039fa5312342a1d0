from django.urls import path

from inventory.pages import converters  # noqa: F401
from inventory.papers import label_views

urlpatterns = [
    path("<register:register>/labels/", label_views.labels, name="register-labels"),
]
