from django.db.models import Sum


def exact_sum(field, places=2):
    return Sum(field)
