import os

from django.core.wsgi import get_wsgi_application

# Read by config.database.
os.environ.setdefault("ANSWERS_REQUESTS", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
