"""How a person wants the pages to look: kept in cookies, so that a visitor can choose too."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from portal.columns import COOKIE, HIDE, NAME, to_keep
from portal.context_processors import DENSITIES, SHORTCUTS, THEMES

YEAR_SECONDS = 365 * 24 * 3600


@require_POST
def columns(request: HttpRequest) -> HttpResponse:
    """Remember which columns of a table are shown, then go back to it; all are when none is."""
    table = request.POST.get("table", "")
    response = HttpResponseRedirect(_without_choice(_back(request)))
    if not NAME.fullmatch(table):
        return response
    shown = set(request.POST.getlist("shown"))
    hidden = to_keep(key for key in request.POST.getlist("known") if key not in shown)
    if hidden and shown:
        _remember(request, response, f"{COOKIE}{table}", hidden)
    else:
        response.delete_cookie(f"{COOKIE}{table}", samesite="Lax")
    return response


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember theme, density or shortcuts, then go back to the page the choice was made on."""
    response = HttpResponseRedirect(_back(request))
    choices = {"theme": THEMES, "density": DENSITIES, "shortcuts": SHORTCUTS}
    for name, allowed in choices.items():
        value = request.POST.get(name, "")
        if value in allowed:
            _remember(request, response, name, value)
    return response


def _back(request: HttpRequest) -> str:
    """Return the page of ours on which the choice was made."""
    target = request.POST.get("next", "/")
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours else "/"


def _without_choice(target: str) -> str:
    """Return an address without the columns of a saved view: what is chosen now goes before."""
    path, _mark, said = target.partition("?")
    query = QueryDict(said, mutable=True)
    if query.pop(HIDE, None) is None:
        return target
    return f"{path}?{query.urlencode()}" if query else path


def _remember(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure()
    )
