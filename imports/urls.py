from django.urls import path

from imports import export_views, views
from inventory import converters  # noqa: F401

urlpatterns = [
    path("<register:register>/import/", views.upload, name="register-import"),
    path("<register:register>/export/", export_views.as_file, name="register-export"),
    path("imports/", views.batch_list, name="batches"),
    path("imports/<int:pk>/", views.batch, name="import-batch"),
    path("imports/<int:pk>/progress/", views.progress, name="import-progress"),
    path("imports/<int:pk>/check/", views.recheck, name="import-check"),
    path("imports/<int:pk>/apply/", views.apply, name="import-apply"),
    path("imports/<int:pk>/file/", views.original, name="import-file"),
]
