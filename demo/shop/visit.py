"""One request: who visits, what they agreed to, and how they are answered."""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.wrappers import Request, Response

from demo.catalogue import CATEGORIES
from demo.shop import baskets
from demo.shop.settings import Settings

VISITOR_COOKIE = "lutece_visitor"
VISITOR_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
VISITOR_LASTS = timedelta(days=30)
#: Written here, read by Apport on this origin: "1", "0", or absent while nobody answered.
CONSENT_COOKIE = "ap_consent"
CONSENT_LASTS = timedelta(days=180)
#: Written by Apport on this origin, with consent only; a no there takes it away as well.
CLICK_COOKIE = "ap_ref"
CLICK_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


def euros(minor: int) -> str:
    """Return cents as a French price."""
    whole, cents = divmod(minor, 100)
    return f"{whole:,}".replace(",", "\u202f") + f",{cents:02d}\u00a0€"


TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).resolve().parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters["euros"] = euros


class Visit:
    """A request with its database transaction."""

    def __init__(self, request: Request, settings: Settings, database: sqlite3.Connection) -> None:
        self.request = request
        self.settings = settings
        self.database = database
        self.has_told = False  # Whether a message for the programme was written.
        token = request.cookies.get(VISITOR_COOKIE, "")
        self.is_known = bool(VISITOR_TOKEN.fullmatch(token))
        self.visitor = token if self.is_known else secrets.token_urlsafe(16)

    @property
    def consent(self) -> str:
        said = self.request.cookies.get(CONSENT_COOKIE, "")
        return said if said in {"0", "1"} else ""

    @property
    def click_token(self) -> str:
        """The token of the affiliate link that was followed; read with consent only."""
        if self.consent != "1":
            return ""
        token = self.request.cookies.get(CLICK_COOKIE, "")
        return token if CLICK_TOKEN.fullmatch(token) else ""

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Render ``template`` inside the shop's frame."""
        frame = {
            "categories": CATEGORIES,
            "basket_count": baskets.count(self.database, self.visitor),
            "consent": self.consent,
            "here": self.request.path,
            "notice": NOTICES.get(self.request.args.get("avis", ""), ""),
        }
        body = TEMPLATES.get_template(template).render({**frame, **values})
        response = Response(body, status=status, mimetype="text/html")
        response.headers["Cache-Control"] = "no-store"
        return response

    def go(self, path: str, *, notice: str = "", remember: bool = True) -> Response:
        """Send the visitor to ``path`` after a form; ``remember`` gives a basket."""
        target = f"{path}?avis={notice}" if notice else path
        response = Response(status=303, headers={"Location": target})
        if remember and not self.is_known:
            self._set_cookie(response, VISITOR_COOKIE, self.visitor, VISITOR_LASTS, hidden=True)
        return response

    def remember_consent(self, response: Response, choice: str) -> None:
        """Write the visitor's choice; a no also forgets the affiliate link."""
        self._set_cookie(response, CONSENT_COOKIE, choice, CONSENT_LASTS, hidden=False)
        if choice == "0":
            response.delete_cookie(CLICK_COOKIE, path="/")

    def _set_cookie(
        self, response: Response, name: str, value: str, lasts: timedelta, *, hidden: bool
    ) -> None:
        response.set_cookie(
            name,
            value,
            max_age=lasts,
            path="/",
            samesite="Lax",
            httponly=hidden,
            secure=self.request.is_secure,
        )


NOTICES: Mapping[str, str] = {
    "ajoute": "C’est dans votre panier.",
    "code": "Code enregistré.",
    "code-retire": "Code retiré.",
    "choix": "Votre choix est enregistré.",
    "retour": "Retour enregistré : nous attendons votre colis.",
    "retour-vide": "Choisissez au moins un article à renvoyer.",
}
