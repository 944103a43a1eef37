"""Endpoints: who may have how many, which addresses, and their secrets."""

from datetime import timedelta

import pytest

from affiliates.models import Affiliate, AffiliateStatus, Endpoint, EndpointStatus, EventDelivery
from affiliates.services import endpoints, event_sending
from affiliates.services.endpoints import EndpointRefused
from core.errors import InvalidTransition
from core.models import AuditEntry
from tests.affiliates.hook_world import (
    ADDRESS,
    BEFORE,
    Clock,
    Scripted,
    make_endpoint,
    make_own_endpoint,
    told,
    turn,
)
from tests.builders import NOW, make_affiliate, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_real_server(settings):
    settings.ON_THIS_MACHINE = False


def act(endpoint, verb, **said):
    return getattr(endpoints, verb)(
        endpoint_id=endpoint.pk, actor_id=endpoint.created_by_id, now=NOW, **said
    )


def test_a_webhook_has_a_secret_and_is_told_of_what_was_chosen_from_now_on():
    endpoint = make_endpoint(types=["sale.tracked", "payout.paid"])

    assert endpoint.secret.startswith("whsec_")
    assert len(endpoint.secret) >= 40
    wanted = endpoint.subscriptions.values_list("type", "since")
    assert sorted(wanted) == [("payout.paid", BEFORE), ("sale.tracked", BEFORE)]
    kept = AuditEntry.objects.get(verb="endpoint.made").data
    assert kept["host"] == "hooks.example"
    assert "/apport" not in str(kept)


def test_the_secret_is_not_readable_in_the_database(as_owner):
    endpoint = make_endpoint()
    with as_owner() as cursor:
        cursor.execute("SELECT secret FROM affiliates_endpoint WHERE id = %s", [endpoint.pk])
        assert endpoint.secret not in cursor.fetchone()[0]


def test_a_postback_has_no_secret_and_keeps_its_method():
    endpoint = make_endpoint(kind="postback", url="https://t.example/?s={sale_ref}", method="GET")
    assert (endpoint.secret, endpoint.method) == ("", "GET")
    with pytest.raises(EndpointRefused):
        act(endpoint, "rotate")


@pytest.mark.parametrize(
    "url",
    ["http://hooks.example/", "ftp://hooks.example/", "https://", "hooks.example", "",
     "https://user@hooks.example/", "https://a:b@hooks.example/", "https://hooks.example:8443/",
     "https://hooks.example:x/", "https://localhost/", "https://127.0.0.1/", "https://[::1]/",
     "https://10.0.0.1/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/",
     "https://[::ffff:10.0.0.1]/", "https://[fd00::1]/", "https://0.0.0.0/", "https://intranet/",
     "https://db.internal/", "https://printer.local/", "https://a.localhost/",
     "https://hooks.example/#part", "https://hooks.example/a b", "https://hooks.example/\n",
     "https://hooks.example/" + "a" * 1_000, "https://[::1", "javascript:alert(1)"],
)  # fmt: skip
def test_addresses_that_events_are_never_sent_to(url):
    with pytest.raises(EndpointRefused):
        make_endpoint(url=url if url.endswith("\n") is False else url + "x")
    assert not Endpoint.objects.exists()


def test_on_the_machine_that_runs_everything_it_may_listen_itself(settings):
    settings.ON_THIS_MACHINE = True
    for url in ("http://localhost:9000/h", "http://127.0.0.1:9000/h", "https://hooks.example/"):
        assert make_endpoint(url=url).url == url
    for url in ("http://hooks.example/", "http://10.0.0.1/", "http://169.254.169.254/"):
        with pytest.raises(EndpointRefused):
            make_endpoint(url=url)


def test_another_port_is_a_setting(settings):
    settings.WEBHOOK_PORTS = ["443", "8443"]
    assert make_endpoint(url="https://hooks.example:8443/").pk


def test_an_unknown_macro_is_refused_with_the_list_of_those_there_are():
    with pytest.raises(EndpointRefused, match=r"\{visitor\}.*\{sale_ref\}, \{status\}"):
        make_endpoint(kind="postback", url="https://t.example/?v={visitor}")


@pytest.mark.parametrize(
    "said",
    [{"types": []}, {"types": ["sale.deleted"]}, {"types": ["batch.sent"]}, {"name": " "},
     {"name": "x" * 81}, {"kind": "fax"}],
)  # fmt: skip
def test_what_cannot_be_an_endpoint_is_refused(said):
    with pytest.raises(EndpointRefused):
        make_endpoint(**said)


def test_the_programme_has_its_own_events_and_no_postbacks():
    assert make_own_endpoint().affiliate is None
    with pytest.raises(EndpointRefused):
        make_own_endpoint(types=["sale.tracked"])
    with pytest.raises(EndpointRefused):
        make_own_endpoint(kind="postback")


def test_there_are_five_at_most_for_each_and_deleted_ones_do_not_count():
    ada, other = make_affiliate(), make_affiliate()
    made = [make_endpoint(ada) for _number in range(5)]
    with pytest.raises(EndpointRefused, match="5"):
        make_endpoint(ada)
    make_endpoint(other)

    act(made[0], "delete")
    make_endpoint(ada)


def test_a_suspended_account_makes_none():
    with pytest.raises(EndpointRefused):
        make_endpoint(make_affiliate(status=AffiliateStatus.SUSPENDED))


@pytest.mark.parametrize("status", [AffiliateStatus.SUSPENDED, AffiliateStatus.CLOSED])
def test_an_account_that_is_not_active_changes_none_and_lets_none_go_on(status):
    endpoint = make_endpoint(types=["sale.tracked"])
    act(endpoint, "pause")
    Affiliate.objects.update(status=status)

    with pytest.raises(EndpointRefused):
        act(endpoint, "change", name="Till", url="https://two.example/", method="POST",
            types=["sale.tracked"])  # fmt: skip
    with pytest.raises(EndpointRefused):
        act(endpoint, "resume")

    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.status) == (ADDRESS, EndpointStatus.PAUSED)
    act(endpoint, "delete")


def test_a_new_secret_signs_beside_the_old_one_for_a_day():
    endpoint = make_endpoint()
    old = endpoint.secret
    endpoint = act(endpoint, "rotate")

    assert endpoint.secret != old
    assert endpoint.secrets_at(NOW) == [endpoint.secret, old]
    assert endpoint.secrets_at(NOW + timedelta(hours=23, minutes=59)) == [endpoint.secret, old]
    assert endpoint.secrets_at(NOW + timedelta(hours=24)) == [endpoint.secret]
    assert endpoint.secret not in str(AuditEntry.objects.last().data)


def test_a_third_secret_ends_the_first_at_once():
    endpoint = make_endpoint()
    first = endpoint.secret
    second = act(endpoint, "rotate").secret
    endpoint = act(endpoint, "rotate")
    assert endpoint.secrets_at(NOW) == [endpoint.secret, second]
    assert first not in endpoint.secrets_at(NOW)


def test_changing_keeps_since_when_it_is_told_of_what_it_wanted_before():
    endpoint = make_endpoint(types=["sale.tracked", "payout.sent"])
    act(endpoint, "change", name="Till", url="https://two.example/", method="POST",
        types=["sale.tracked", "payout.paid"])  # fmt: skip

    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.url) == ("Till", "https://two.example/")
    wanted = dict(endpoint.subscriptions.values_list("type", "since"))
    assert wanted == {"sale.tracked": BEFORE, "payout.paid": NOW}


def test_while_paused_events_wait_and_then_go():
    endpoint, hooks, clock = make_endpoint(), Scripted(200), Clock()
    act(endpoint, "pause")
    act(endpoint, "pause")
    delivery = told(endpoint)
    assert turn(endpoint, hooks, clock) == 0
    assert event_sending.due_endpoints(now=clock.now) == []

    clock.forward(days=10)
    endpoints.resume(endpoint_id=endpoint.pk, actor_id=endpoint.created_by_id, now=clock.now)

    assert turn(endpoint, hooks, clock) == 1
    delivery.refresh_from_db()
    assert delivery.status == "taken"
    assert AuditEntry.objects.filter(verb="endpoint.paused").count() == 1


def test_a_disabled_one_cannot_be_paused_and_goes_on_by_one_act():
    endpoint = make_endpoint()
    endpoints.disable(endpoint, "failures", now=NOW)
    with pytest.raises(InvalidTransition):
        act(endpoint, "pause")

    endpoint = act(endpoint, "resume")
    assert (endpoint.status, endpoint.disabled_because) == (EndpointStatus.ACTIVE, "")


def test_a_deleted_one_is_told_nothing_has_no_secret_and_cannot_be_acted_on():
    endpoint = make_endpoint()
    delivery = told(endpoint)
    act(endpoint, "delete")
    act(endpoint, "delete")

    delivery.refresh_from_db()
    endpoint.refresh_from_db()
    assert (delivery.status, delivery.error) == ("failed", "deleted")
    assert endpoint.secret == ""
    for name in ("pause", "resume", "rotate"):
        with pytest.raises(Endpoint.DoesNotExist):
            act(endpoint, name)
    assert not endpoint.subscriptions.exists()
    assert EventDelivery.objects.count() == 1


def test_the_database_refuses_what_services_never_write(as_owner):
    endpoint = make_endpoint()
    for said in (
        "status = 'asleep'", "kind = 'fax'", "method = 'GET'", "status = 'disabled'",
        "failures = 1", "disabled_because = 'gone'",
    ):  # fmt: skip
        with pytest.raises(Exception, match="endpoint_"), as_owner() as cursor:
            cursor.execute(f"UPDATE affiliates_endpoint SET {said} WHERE id = {endpoint.pk}")


def test_several_people_are_not_needed_to_make_one_of_the_programme():
    assert make_own_endpoint(actor=make_user(roles=["manager"])).created_by is not None
