from django.urls import include, path

handler500 = "inventory.server.faults.server_error"

urlpatterns = [
    path("", include("inventory.organization.urls")),
    path("", include("inventory.accounts.signing_in.urls")),
    path("", include("inventory.accounts.directory.urls")),
    path("", include("inventory.accounts.personal.urls")),
    path("", include("inventory.papers.urls")),
    path("", include("inventory.reports.urls")),
    path("", include("inventory.indicators.urls")),
    path("", include("inventory.help.urls")),
    path("", include("inventory.trail.urls")),
    path("", include("inventory.server.urls")),
    path("", include("inventory.api.urls")),
    path("", include("inventory.webhooks.urls")),
    path("", include("inventory.documents.urls")),
    path("", include("inventory.reminders.urls")),
    path("", include("imports.urls")),
    path("", include("imports.comparing.urls")),
    path("", include("geo.urls")),
    path("", include("inventory.lifecycle.fleet.odometer.urls")),
    path("", include("inventory.lifecycle.fleet.dispatch.urls")),
    # Last: its first word is any register's slug.
    path("", include("inventory.urls")),
]
