from django.urls import path

from inventory.accounts.directory import views

urlpatterns = [
    path("account/oidc/", views.begin, name="oidc-login"),
    path("account/oidc/callback/", views.callback, name="oidc-callback"),
    path("account/groups/directory/", views.groups, name="groups-directory"),
    path("account/groups/directory/new/", views.group, name="group-directory-new"),
    path("account/groups/directory/<int:pk>/", views.group, name="group-directory"),
    path("account/groups/directory/<int:pk>/delete/", views.group_delete, name="group-directory-delete"),
]
