from django.urls import path

from inventory.webhooks import views

urlpatterns = [
    path("account/webhooks/", views.rules, name="webhooks"),
    path("account/webhooks/new/", views.new, name="webhook-new"),
    path("account/webhooks/<int:pk>/", views.rule, name="webhook"),
    path("account/webhooks/<int:pk>/edit/", views.edit, name="webhook-edit"),
    path("account/webhooks/<int:pk>/key/", views.renew, name="webhook-key"),
    path("account/webhooks/<int:pk>/delete/", views.delete, name="webhook-delete"),
    path("account/webhooks/<int:pk>/test/", views.test, name="webhook-test"),
    path("account/webhooks/<int:pk>/resend/", views.resend, name="webhook-resend"),
    path("account/webhooks/deliveries/<int:pk>/", views.delivery, name="webhook-delivery"),
    path("account/webhooks/deliveries/<int:pk>/resend/", views.resend_one, name="webhook-resend-one"),
]
