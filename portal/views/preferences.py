"""How a person wants the pages to look: kept in cookies, so that a visitor can choose too."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from portal.context_processors import DENSITIES, SHORTCUTS, THEMES

YEAR_SECONDS = 365 * 24 * 3600


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember theme, density or shortcuts, then go back to the page the choice was made on."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    response = HttpResponseRedirect(target)
    choices = {"theme": THEMES, "density": DENSITIES, "shortcuts": SHORTCUTS}
    for name, allowed in choices.items():
        value = request.POST.get(name, "")
        if value in allowed:
            response.set_cookie(
                name,
                value,
                max_age=YEAR_SECONDS,
                samesite="Lax",
                secure=request.is_secure(),
            )
    return response
