"""The WSGI application served by granian."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "levier.config.settings")
application = get_wsgi_application()

from levier.config.warming import warm  # noqa: E402 - the rooms can only be imported once Django has started

warm()
# What is loaded now lives as long as the process: the garbage collector would look at all of it again, in the middle of requests.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
