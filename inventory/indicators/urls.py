from django.urls import path

from inventory.indicators import views

urlpatterns = [path("reports/indicators/", views.overview, name="indicators-overview")]
