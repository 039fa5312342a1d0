from django.http import HttpResponse
from django.urls import path

import inventory.urls  # noqa: F401

urlpatterns: list = [
    path("<register:register>/import/", HttpResponse, name="register-import"),
    path("<register:register>/export/", HttpResponse, name="register-export"),
    path("imports/<int:pk>/", HttpResponse, name="import-batch"),
]
