"""The application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# How long it waits for the database (config.database).
os.environ.setdefault("PROCESS_KIND", "web")

application = get_wsgi_application()
