from django.urls import include, path

handler500 = "inventory.faults.server_error"

urlpatterns = [
    path("", include("inventory.organization.urls")),
    path("", include("inventory.signing_in.urls")),
    path("", include("inventory.directory.urls")),
    path("", include("inventory.personal.urls")),
    path("", include("inventory.reports.urls")),
    path("", include("inventory.trail.urls")),
    path("", include("inventory.operations.urls")),
    path("", include("imports.urls")),
    path("", include("imports.comparing.urls")),
    path("", include("geo.urls")),
    # Last: its first word is any register's slug.
    path("", include("inventory.urls")),
]
