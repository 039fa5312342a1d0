from django.urls import path

from inventory import converters  # noqa: F401 - <register:…>
from inventory.personal import views

urlpatterns = [
    path("account/people/<int:pk>/file/", views.person_file, name="person-file"),
    path("<register:register>/<int:pk>/reveal/<slug:column>/", views.reveal, name="register-reveal"),
]
