from django.urls import path

from inventory.accounts.signing_in import second_factor_views, views

urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/alive/", views.alive, name="alive"),
    path("account/sessions/end/", views.end_others, name="end-other-sessions"),
    path("account/users/<int:pk>/sessions/end/", views.end_all, name="user-end-sessions"),
    path("account/second-step/", second_factor_views.step, name="second-step"),
    path("account/second-factor/", second_factor_views.own, name="second-factor"),
    path("account/second-factor/begin/", second_factor_views.begin, name="second-factor-begin"),
    path("account/second-factor/setup/", second_factor_views.setup, name="second-factor-setup"),
    path("account/second-factor/codes/", second_factor_views.recovery_codes, name="recovery-codes"),
    path("account/second-factor/remove/", second_factor_views.remove, name="second-factor-remove"),
    path("account/users/<int:pk>/second-factor/", second_factor_views.reset, name="user-second-factor"),
]
