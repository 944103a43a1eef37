from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_wsgi_application()

from config.warming import warm  # noqa: E402  # It and what follows have models:
from tracking.redirect.wsgi import Ahead  # noqa: E402  # Django comes first.

application = Ahead(django_application)
warm()
