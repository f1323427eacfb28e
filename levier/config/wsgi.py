"""The WSGI application served by granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "levier.config.settings")
application = get_wsgi_application()

from levier.config.warming import warm  # noqa: E402 - the rooms can only be imported once Django has started

warm()
