from django.urls import path

from inventory.documents import views

urlpatterns = [
    path("documents/match/", views.match, name="documents-match"),
    path("documents/zip/", views.zipped, name="documents-zip"),
    path("documents/<int:pk>/file/", views.file, name="document-file"),
    path("documents/<int:pk>/picture/", views.picture, name="document-picture"),
    path("documents/<int:pk>/pages/", views.pages, name="document-pages"),
    path("documents/<int:pk>/version/", views.version, name="document-version"),
    path("documents/<int:pk>/link/", views.link, name="document-link"),
    path("documents/<int:pk>/unlink/", views.unlink, name="document-unlink"),
    path("<register:register>/attach/", views.attach_many, name="register-attach-many"),
    path("<register:register>/<int:pk>/attach/", views.attach, name="register-attach"),
]
