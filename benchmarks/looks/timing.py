"""Asks Django itself, without a network between: every middleware, view and query is in it."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.http import require_safe

from benchmarks.looks.rows import fill
from benchmarks.upkeep import vacuum
from config.urls import urlpatterns as all_urls
from shop.models import Shop

_SHOWN, _NOTHING = 200, 204


@require_safe
def nothing(_request: HttpRequest) -> HttpResponse:
    """Answer nothing: what everything costs that is not ours."""
    return HttpResponse(status=_NOTHING)


urlpatterns = [path("nothing", nothing), *all_urls]


def measure(*, looks: int, products: int, asks: int) -> dict[str, dict[str, float]]:
    """Fill the database, then time an empty view, cold fragments, and those that are ready."""
    started = time.monotonic()
    worn = fill(looks, products)
    vacuum()
    filled = {"wall_s": time.monotonic() - started, "products": float(products)}
    settings.ROOT_URLCONF = __name__
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    skus = random.Random(11).sample(worn, min(asks, len(worn)))
    empty = _timed("/nothing" for _ask in range(asks))(client)
    cold = _timed(map(_address, skus), before=_forget)(client)
    # Asked again at once: what is ready is kept for a minute only.
    kept = [_timed([address, address])(client)[1] for address in map(_address, skus)]
    return {
        "filling": filled,
        "an empty view": _figures(empty),
        "cold": _against(cold, empty),
        "ready": _against(kept, empty),
    }


def _timed(
    addresses: Iterable[str], *, before: Callable[[], object] = int
) -> Callable[[Client], list[tuple[float, int]]]:
    """Return what asks for each address and tells the milliseconds and the status of each."""

    def ask(client: Client) -> list[tuple[float, int]]:
        took = []
        for address in addresses:
            before()
            started = time.perf_counter()
            status = client.get(address).status_code
            took.append(((time.perf_counter() - started) * 1_000, status))
            if status not in {_SHOWN, _NOTHING}:
                raise RuntimeError(f"{address} answered {status}")
        return took

    return ask


def _address(sku: str) -> str:
    return f"/looks/widget?shop=bench&sku={sku}"


def _forget() -> None:
    """Throw away what is ready, but for which shops there are."""
    cache.clear()
    Shop.objects.get(code="bench")


def _figures(took: list[tuple[float, int]]) -> dict[str, float]:
    times = sorted(milliseconds for milliseconds, _status in took)
    shown = [status for _milliseconds, status in took if status == _SHOWN]
    return {
        "asks": float(len(times)),
        "with_looks": float(len(shown)),
        "p50_ms": statistics.median(times),
        "p95_ms": times[int(len(times) * 0.95)],
        "worst_ms": times[-1],
    }


def _against(took: list[tuple[float, int]], empty: list[tuple[float, int]]) -> dict[str, float]:
    figures = _figures(took)
    return {**figures, "times_an_empty_view_p50": figures["p50_ms"] / _figures(empty)["p50_ms"]}
