from django.urls import path

from inventory.reports import views

urlpatterns = [
    path("reports/physical-resources/", views.physical_resources_page, name="physical-resources"),
    path("reports/physical-resources/ages/", views.ages, name="equipment-ages"),
]
