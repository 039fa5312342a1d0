from django.urls import path

from inventory.accounts.personal import views
from inventory.pages import converters  # noqa: F401 - <register:…>

urlpatterns = [
    path("account/people/<int:pk>/file/", views.person_file, name="person-file"),
    path("<register:register>/<int:pk>/reveal/<slug:column>/", views.reveal, name="register-reveal"),
]
