from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "inventory.calendar"
