from django.urls import path

from inventory.lifecycle.fleet.odometer import views

urlpatterns = [path("meter-log/", views.readings, name="meter-log")]
