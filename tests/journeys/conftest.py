import pytest

from tests.builders import make_product
from tests.journeys.stage import Stage


@pytest.fixture
def stage(transactional_db, settings, tmp_path):
    """A programme with one shop that sells one dress at EUR 120.00 with VAT."""
    settings.SPOOL_DIR = tmp_path / "spool"
    stage = Stage()
    make_product(sku="DRESS", shop=stage.shop)
    yield stage
    stage.close()
