from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.urls import path, reverse_lazy
from django.utils.text import format_lazy
from django.views.i18n import set_language

from inventory.accounts.signing_in import second_factor_views
from inventory.accounts.signing_in import views as signing_in
from inventory.organization import forms, views

urlpatterns = [
    path(
        "account/login/",
        second_factor_views.Login.as_view(authentication_form=forms.LoginForm, redirect_authenticated_user=True),
        name="login",
    ),
    path("account/logout/", auth.LogoutView.as_view(), name="logout"),
    path(
        "account/password/",
        signing_in.ChangePassword.as_view(
            template_name="account/password_change.html",
            form_class=forms.ChangePasswordForm,
            success_url=reverse_lazy("password_changed"),
        ),
        name="password_change",
    ),
    path(
        "account/password/changed/",
        auth.PasswordChangeDoneView.as_view(template_name="account/password_changed.html"),
        name="password_changed",
    ),
    path(
        "account/password/choose/<uidb64>/<token>/",
        auth.PasswordResetConfirmView.as_view(
            template_name="account/password_choose.html",
            form_class=forms.ChoosePasswordForm,
            success_url=format_lazy("{}?chosen=1", reverse_lazy("login")),
        ),
        name="password_choose",
    ),
    # The login page offers the languages too.
    path("account/language/", login_not_required(set_language), name="set_language"),
    path("account/users/", views.users, name="users"),
    path("account/users/new/", views.user_new, name="user-new"),
    path("account/users/<int:pk>/", views.user, name="user"),
    path("account/users/<int:pk>/active/", views.user_active, name="user-active"),
    path("account/users/<int:pk>/password/", views.user_password, name="user-password"),
    path("account/groups/", views.groups, name="groups"),
    path("account/groups/new/", views.group, name="group-new"),
    path("account/groups/<int:pk>/", views.group, name="group"),
    path("account/groups/<int:pk>/delete/", views.group_delete, name="group-delete"),
]
