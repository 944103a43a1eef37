"""A payday for tests: who is due what, who prepares, who approves."""

from datetime import date, timedelta

from affiliates.models import AffiliateKind
from payouts.models import Batch, DebtorAccount, Item
from payouts.services import batches, returns
from tests.builders import make_affiliate, make_payee, make_return, make_user
from tests.payouts.stories import AFTER_HOLD, approved

PAYDAY = AFTER_HOLD + timedelta(days=1)
LATER = PAYDAY + timedelta(hours=1)
MUCH_LATER = PAYDAY + timedelta(hours=2)
NEXT_PAYDAY = PAYDAY + timedelta(days=20)
EXECUTION = date(2026, 7, 20)
DEBTOR_IBAN = "FR7612345987650123456789014"
OTHER_IBAN = "DE89370400440532013000"
WHY = "The payee asked for it."


def make_debtor(**overrides):
    """The programme's account. The same one whenever it is there."""
    fields = {
        "name": "Atelier SAS",
        "iban": DEBTOR_IBAN,
        "iban_last4": DEBTOR_IBAN[-4:],
        "bic": "",
        "currency": "EUR",
        **overrides,
    }
    return DebtorAccount.objects.filter(is_active=True).first() or DebtorAccount.objects.create(
        **fields
    )


def make_due(*, units=5, affiliate=None, payee=True, **overrides):
    """An affiliate with one approved commission of EUR 10.00 a unit, and bank details."""
    affiliate = affiliate or make_affiliate(**overrides)
    if payee and not affiliate.is_employee and not hasattr(affiliate, "payee"):
        make_payee(affiliate)
    approved(affiliate, lines=[{"quantity": units}])
    return affiliate


def make_employee_due(*, units=5, **overrides):
    """A store employee with one approved commission."""
    return make_due(units=units, kind=AffiliateKind.EMPLOYEE, **overrides)


def take_back(affiliate, *, units, now=PAYDAY):
    """The customer returns ``units`` of the affiliate's oldest order."""
    order = affiliate.commissions.order_by("pk").first().credit.order
    make_return(order, quantities={order.lines.get(): units}, returned_at=now, received_at=now)
    returns.apply_pending(now=now)


def finance():
    """A person of finance."""
    return make_user(roles=["finance"])


def prepared(*, maker=None, rail="sepa", now=PAYDAY, **overrides):
    """A draft of everything that is due."""
    make_debtor()
    fields = {"currency": "EUR", "cutoff_at": now, "execution_date": EXECUTION, **overrides}
    actor = maker or finance()
    return batches.prepare(rail=rail, actor_id=actor.pk, now=now, **fields)


def submitted(*, maker=None, now=PAYDAY, **overrides):
    """A batch in review."""
    maker = maker or finance()
    batch = prepared(maker=maker, now=now, **overrides)
    return batches.submit(batch_id=batch.pk, actor_id=maker.pk, now=now)


def approved_batch(*, now=PAYDAY, **overrides):
    """A batch that two people agree on."""
    batch = submitted(now=now, **overrides)
    return approve(batch, finance(), now=now)


def approve(batch, user, *, now=PAYDAY):
    """``user`` says yes to what is stored now."""
    return batches.approve(
        batch_id=batch.pk,
        actor_id=user.pk,
        content_hash=Batch.objects.get(pk=batch.pk).content_hash,
        now=now,
    )


def sent_batch(*, now=PAYDAY, **overrides):
    """A batch whose file left."""
    batch = approved_batch(now=now, **overrides)
    actor = finance()
    batches.make_file(batch_id=batch.pk, actor_id=actor.pk, now=now)
    return batches.mark_sent(batch_id=batch.pk, actor_id=actor.pk, now=now)


def item_of(batch, affiliate):
    """The affiliate's payout in a batch."""
    return Item.objects.get(batch=batch, affiliate=affiliate)
