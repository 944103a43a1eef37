"""The demo shop as a WSGI application: its addresses, and who answers them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.exceptions import Forbidden, HTTPException
from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from demo.shop import database, pages, proxy, purchases
from demo.shop.messages import Courier
from demo.shop.settings import Settings
from demo.shop.visit import Visit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STATIC = Path(__file__).resolve().parent / "static"
LARGEST_FORM = 64 * 1024

ROUTES: tuple[tuple[str, str, Callable[..., Response]], ...] = (
    ("GET", "/", pages.home),
    ("GET", "/rayon/<slug>", pages.category),
    ("GET", "/produit/<sku>", pages.product),
    ("GET", "/images/rail.svg", pages.rail_picture),
    ("GET", "/images/<sku>.svg", pages.product_picture),
    ("GET", "/cookies", pages.cookies),
    ("POST", "/cookies", pages.choose_cookies),
    ("GET", "/panier", purchases.basket),
    ("POST", "/panier/ajouter", purchases.add_to_basket),
    ("POST", "/panier/modifier", purchases.change_basket),
    ("POST", "/panier/code", purchases.enter_code),
    ("GET", "/commande", purchases.checkout),
    ("POST", "/commande", purchases.place_order),
    ("GET", "/merci/<int:order_id>", purchases.thanks),
    ("GET", "/mes-commandes", purchases.my_orders),
    ("POST", "/mes-commandes/<int:order_id>/retour", purchases.send_back),
)
URLS = Map([Rule(path, methods=[method], endpoint=view) for method, path, view in ROUTES])

SAFETY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self';"
    " img-src 'self'; style-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Shop:
    """Answers requests: Apport's paths by Apport, the others by the pages."""

    def __init__(self, shop_settings: Settings, courier: Courier | None) -> None:
        self.settings = shop_settings
        self.courier = courier
        database.prepare(shop_settings.database)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = LARGEST_FORM
        if proxy.is_ours_to_pass(request.path):
            return proxy.pass_on(request, self.settings.apport_url)(environ, start_response)
        response = self._answer(request)
        for name, value in SAFETY.items():
            response.headers.setdefault(name, value)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        with database.connected(self.settings.database) as connection:
            visit = Visit(request, self.settings, connection)
            try:
                view, values = URLS.bind_to_environ(request.environ).match()
                _refuse_other_sites(request)
                answer: Response = view(visit, **values)
            except HTTPException as refusal:
                return pages.refused(visit, refusal)
        if visit.has_told and self.courier:
            self.courier.nudge()
        return answer


def _refuse_other_sites(request: Request) -> None:
    """Let only our own pages post forms.

    :raises Forbidden: when the browser says that another site sent the form.
    """
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "same-origin") not in {
        "same-origin",
        "none",
    }:
        raise Forbidden("Ce formulaire vient d’un autre site.")


def make_application(shop_settings: Settings, *, deliver: bool) -> WSGIApplication:
    """Return the shop; with ``deliver``, messages leave in the background."""
    courier = Courier(shop_settings) if deliver else None
    shop = Shop(shop_settings, courier)
    if courier:
        courier.start()
    return SharedDataMiddleware(shop, {"/static": str(STATIC)}, cache_timeout=300)
