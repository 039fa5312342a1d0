from django.urls import path

from imports.comparing import views
from inventory.pages import converters  # noqa: F401

urlpatterns = [
    path("<register:register>/compare/", views.upload, name="register-compare"),
    path("comparisons/", views.comparison_list, name="comparisons"),
    path("comparisons/<int:pk>/", views.comparison_detail, name="comparison"),
    path("comparisons/<int:pk>/progress/", views.progress, name="comparison-progress"),
    path("comparisons/<int:pk>/again/", views.again, name="comparison-again"),
    path("comparisons/<int:pk>/settle/", views.settle, name="comparison-settle"),
    path("comparisons/<int:pk>/sign/", views.sign, name="comparison-sign"),
    path("comparisons/<int:pk>/take/", views.take, name="comparison-take"),
    path("comparisons/<int:pk>/report/", views.report_file, name="comparison-report"),
    path("comparisons/<int:pk>/file/", views.original, name="comparison-file"),
    path("comparisons/<int:pk>/delete/", views.delete, name="comparison-delete"),
]
