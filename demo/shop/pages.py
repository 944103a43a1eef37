"""The pages that anybody reads: home, categories, products, cookies."""

from __future__ import annotations

from werkzeug.exceptions import BadRequest, HTTPException, NotFound
from werkzeug.wrappers import Response

from demo.catalogue import CATEGORIES, Product, by_sku, products, siblings
from demo.shop import drawings
from demo.shop.looks import looks_of
from demo.shop.visit import Visit

FAVORITES = ("MV01-CAM", "RB06-MAR", "ML01-IVO", "PJ04-CAM", "SA02-BOR", "CT02-CIE",
             "CH02-NOI", "AC01-COQ")  # fmt: skip
FACES = {
    "robes": "RB01-SAP",
    "manteaux-vestes": "MV03-GRI",
    "mailles": "ML03-ROS",
    "chemises-tops": "CT05-IVO",
    "pantalons-jupes": "PJ03-BRU",
    "chaussures": "CH05-COQ",
    "sacs": "SA03-CHO",
    "accessoires": "AC03-COQ",
}
SORTS = {
    "selection": ("Notre sélection", None),
    "prix": ("Prix croissant", False),
    "prix-desc": ("Prix décroissant", True),
}
OFTEN_WORN_WITH = 4


def home(visit: Visit) -> Response:
    return visit.page(
        "home.html",
        favorites=[by_sku()[sku] for sku in FAVORITES],
        faces={slug: by_sku()[sku] for slug, sku in FACES.items()},
        coat=by_sku()["MV02-BOR"],
        bag=by_sku()["SA01-SAP"],
    )


def category(visit: Visit, slug: str) -> Response:
    if slug not in CATEGORIES:
        raise NotFound("Ce rayon n’existe pas.")
    shown = [product for product in products() if product.style.category == slug]
    order = visit.request.args.get("tri", "selection")
    descending = SORTS.get(order, SORTS["selection"])[1]
    if descending is not None:
        shown.sort(key=lambda product: product.list_price_minor, reverse=descending)
    name, line = CATEGORIES[slug]
    return visit.page(
        "category.html", slug=slug, name=name, line=line, products=shown, sorts=SORTS, order=order
    )


def product(visit: Visit, sku: str) -> Response:
    shown = _known(sku)
    others = [
        by_sku()[favorite]
        for favorite in (*FAVORITES, *FACES.values())
        if by_sku()[favorite].style.category != shown.style.category
    ]
    start = sum(map(ord, shown.sku)) % (len(others) - OFTEN_WORN_WITH)
    return visit.page(
        "product.html",
        product=shown,
        colors=siblings(shown),
        worn_with=others[start : start + OFTEN_WORN_WITH],
        looks=looks_of(visit.settings.apport_url).of(
            shop_code=visit.settings.connection().shop_code,
            sku=shown.sku,
            reference=visit.click_token,
        ),
    )


def product_picture(_visit: Visit, sku: str) -> Response:
    return _drawing(drawings.picture(_known(sku)))


def rail_picture(_visit: Visit) -> Response:
    return _drawing(drawings.rail())


def cookies(visit: Visit) -> Response:
    return visit.page("cookies.html")


def choose_cookies(visit: Visit) -> Response:
    """Remember yes or no, and stay on the page where the question was asked."""
    choice = visit.request.form.get("choix", "")
    if choice not in {"0", "1"}:
        raise BadRequest("Choisissez d’accepter ou de refuser.")
    back = visit.request.form.get("retour", "/")
    is_local = back.startswith("/") and not back.startswith(("//", "/\\"))
    response = visit.go(back.split("?")[0] if is_local else "/", notice="choix", remember=False)
    visit.remember_consent(response, choice)
    return response


def refused(visit: Visit, refusal: HTTPException) -> Response:
    """Say in the shop's own frame why there is nothing here."""
    if refusal.code is None or refusal.code < 400:
        return refusal.get_response(visit.request)
    sentence = refusal.description if refusal.code in {400, 403} else "Cette page n’existe pas."
    return visit.page("refused.html", status=refusal.code, sentence=sentence)


def _known(sku: str) -> Product:
    if sku.upper() not in by_sku():
        raise NotFound("Cet article n’existe pas.")
    return by_sku()[sku.upper()]


def _drawing(svg: str) -> Response:
    response = Response(svg, mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
