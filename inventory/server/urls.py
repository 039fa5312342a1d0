from django.urls import path

from inventory.server import views

urlpatterns = [
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
    path("metrics", views.metrics, name="metrics"),
    path("account/jobs/", views.job_list, name="jobs"),
    path("account/jobs/again/", views.job_again, name="job-again"),
]
