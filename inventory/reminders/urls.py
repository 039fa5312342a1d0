from django.urls import path

from inventory.pages import converters  # noqa: F401
from inventory.reminders import views

urlpatterns = [
    path("reminders/", views.reminders, name="reminders"),
    path("account/reminders/", views.own, name="reminders-own"),
    path("reminders/calendars/new/", views.feed_new, name="calendar-new"),
    path("reminders/calendars/<int:pk>/renew/", views.feed_renew, name="calendar-renew"),
    path("reminders/calendars/<int:pk>/delete/", views.feed_delete, name="calendar-delete"),
    path("calendar/<int:pk>-<slug:secret>.ics", views.calendar, name="calendar"),
    path("<register:register>/<int:pk>/remind/", views.answer, name="register-remind"),
]
