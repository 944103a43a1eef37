from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_wsgi_application()

from tracking.redirect.wsgi import Ahead  # noqa: E402  # It has models: Django comes first.

application = Ahead(django_application)
gc.collect()
gc.freeze()  # What is loaded stays: no collection walks over it while somebody waits.
