from django.urls import path

from inventory.lifecycle.fleet.dispatch import views

urlpatterns = [path("task-orders/calendar/", views.vehicle_calendar, name="vehicle-calendar")]
