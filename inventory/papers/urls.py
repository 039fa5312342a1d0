from django.urls import path

from inventory.pages import converters  # noqa: F401
from inventory.papers import label_views, paper_views

urlpatterns = [
    path("paper-templates/<int:pk>/upload/", paper_views.upload, name="paper-upload"),
    path("paper-templates/<int:pk>/versions/<int:version>/file/", paper_views.version_file, name="paper-version-file"),
    path("paper-templates/<int:pk>/versions/<int:version>/try/", paper_views.try_out, name="paper-version-try"),
    path("paper-templates/<int:pk>/versions/<int:version>/use/", paper_views.use, name="paper-version-use"),
    path("q/<str:code>/file/", paper_views.print_file, name="print-file"),
    path("<register:register>/labels/", label_views.labels, name="register-labels"),
    path("<register:register>/<int:pk>/papers/", paper_views.papers, name="row-papers"),
]
