"""What a WSGI server starts: ``demo.shop.app:application``, configured by the environment."""

from __future__ import annotations

from demo.shop.settings import from_environment
from demo.shop.shop import make_application

application = make_application(from_environment(), deliver=True)
