"""Every page there is, from the URL configuration, with one of each thing to fill its address."""

import re
from dataclasses import dataclass, replace
from datetime import date

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.test import Client

from config.routes import routes
from core.models import OutboxMail, User
from influencers.queries.pictures import PUBLIC, sources
from payouts.models import Item, ShelfItem
from payouts.services import shelf
from payouts.services.batch_attachments import attach
from portal.contract_pdf import contract_pdf
from tests.affiliates.tax_world import declare, make_text
from tests.browser.people import session_of
from tests.builders import make_staff_code, make_user
from tests.fraud.case_world import make_case_file, make_case_proposal, make_held_case
from tests.influencers import contract_world
from tests.influencers.look_surface_world import TERMS as LOOK_TERMS
from tests.influencers.look_surface_world import make_look, make_picture, make_profile
from tests.influencers.moderation_world import moderation_places
from tests.payouts.invoice_stories import invoice_of
from tests.payouts.paydays import PAYDAY, make_due, prepared
from tests.payouts.simulated_world import ask, run
from tests.people import person_of
from tests.portal import partner_world
from tests.portal.look_world import look_places, make_looks
from tests.portal.report_places import report_places
from tests.portal.team_doors import team_places
from tests.portal.webhook_doors import webhook_places
from tests.portal_staff import bank_world, hold_world, privacy_doors, vetting_world
from tests.portal_staff import world as staff_world
from tests.portal_staff.campaign_doors import campaign_places
from tests.portal_staff.connection_world import connection_places
from tests.portal_staff.creator_doors import creator_places
from tests.portal_staff.message_places import message_places
from tests.portal_staff.terms_pages import terms_things

#: Pages that are the same for many: who looks at them for all.
LOOK_FOR_ALL = {
    "account/": {"visitor", "newcomer", "manager"},
    "styleguide/": {"visitor"},
    "dev/": {"visitor"},
    "looks/": {"visitor"},
    "oembed": {"visitor"},
}
#: Whose pages are a partner's but for these.
ONLY = {"influencer": ("portal/contracts/", "portal/creator/", "portal/briefs/", "portal/looks/")}
#: What is there without anybody making it.
ALWAYS_THERE = {
    "account/sessions/<int:pk>/": ["account/sessions/1/"],
    "proof/<int:number>/": ["proof/0/"],
    "manage/policies/<int:number>/": ["manage/policies/1/"],
    "styleguide/<slug:shell>/": ["styleguide/staff/"],
    "manage/mails/<slug:kind>/": ["manage/mails/payout_sent/"],
}
TAB = re.compile(r'href="(\?tab=\w+)"')


@dataclass
class Everything:
    """Who looks (None: a visitor), and what can stand for the parameters of a route."""

    people: dict[str, User | None]
    things: dict[str, list]


def make_everything():
    """A programme in which every page has something to show."""
    partners, application = partner_world.make_world(), staff_world.make_application()
    block, event = staff_world.make_held(), staff_world.make_failed_event()
    domain = staff_world.make_domain(partners.ada)
    make_due()
    batch, applicant = prepared(), application.user
    OutboxMail.objects.create(recipient=applicant.email, subject="Hello", body="Read this.")
    newcomer, sam = make_user(), partners.people["sam"]
    for user in (newcomer, sam):
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    TOTP.activate(sam, generate_totp_secret())
    RecoveryCodes.activate(sam)
    things = {
        **terms_things(
            staff_world.make_affiliate(group=partners.ada.group), of_partner=partners.own_terms
        ),
        "portal/products/<int:pk>/": [f"portal/products/{shelf_item()}/"],
        "portal/links/<int:pk>/": [f"portal/links/{partners.link.pk}/"],
        "portal/sales/<int:pk>/": [
            f"portal/sales/{pk}/" for pk in partner_world.sale_ids(partners).values()
        ],
        "portal/claims/<uuid:public_id>/": [f"portal/claims/{partners.claim.public_id}/"],
        "manage/claims/<uuid:public_id>/": [f"manage/claims/{partners.claim.public_id}/"],
        "portal/payouts/<uuid:public_id>/": [f"portal/payouts/{partners.payout.public_id}/"],
        "manage/applications/<uuid:public_id>/": [f"manage/applications/{application.public_id}/"],
        "manage/affiliates/<uuid:public_id>/": [f"manage/affiliates/{partners.ada.public_id}/"],
        "manage/orders/<int:pk>/": [
            f"manage/orders/{commission.credit.order_id}/"
            for commission in (block.commission, partners.paid)
        ],
        **_held(block),
        "portal/codes/requests/<int:pk>/": [f"portal/codes/requests/{partners.asked.pk}/"],
        "manage/codes/requests/<int:pk>/": [f"manage/codes/requests/{partners.asked.pk}/"],
        "manage/adjustments/<int:pk>/": [f"manage/adjustments/{staff_world.make_proposal().pk}/"],
        **_simulations(sam),
        **_codes(partners.code),
        "manage/groups/<slug:slug>/": [f"manage/groups/{partners.ada.group.slug}/"],
        **_cases(partners),
        "manage/policy-lists/<int:pk>/": [f"manage/policy-lists/{vetting_world.make_listed().pk}/"],
        **_vetted(partners.ada),
        "manage/experiments/<uuid:public_id>/": [
            f"manage/experiments/{staff_world.make_draft_experiment(partners.ada).public_id}/"
        ],
        **_domains(domain),
        **_connected(event),
        **webhook_places(partners.ada),
        **bank_world.bank_places(bank_world.make_bank_line(), bank_world.make_by_hand()),
        **_batches(batch, partners.payout.batch),
        **_books(),
        **_invoices(partners.payout),
        **_of_payee(partners.ada),
        **_of_ines(partners.people["ines"], sam),
        **message_places(person_of(partners.ada), sam, partners.thread),
        **report_places(person_of(partners.ada), sam),
        **ALWAYS_THERE | privacy_doors.privacy_places(),
        **team_places(partners.ada, person_of(partners.ada)),
    }
    return Everything(_people(partners, newcomer, applicant), things)


def _of_ines(ines, sam):
    return {**_contracts(ines), **_looks(ines, sam)}


def _codes(code):
    return {
        "manage/codes/staff/<int:pk>/": [f"manage/codes/staff/{make_staff_code().pk}/"],
        "manage/codes/<int:pk>/": [f"manage/codes/{code.pk}/"],
    }


def _domains(domain):
    return {
        "manage/domains/<int:pk>/": [f"manage/domains/{domain.pk}/"],
        "manage/domains/names/<int:name_pk>/": [f"manage/domains/names/{domain.name_id}/"],
    }


def _connected(event):
    return {"manage/inbound/<int:pk>/": [f"manage/inbound/{event.pk}/"], **connection_places()}


def _looks(creator, manager):
    affiliate = creator.memberships.get().affiliate
    return {
        **campaign_places(affiliate),
        **_public_looks(),
        **look_places(make_looks(creator, now=PAYDAY)),
        **creator_places(affiliate, manager),
        **moderation_places(),
    }


def _invoices(payout):
    invoice = invoice_of(payout)
    return {
        "finance/invoices/<uuid:public_id>/": [f"finance/invoices/{invoice.public_id}/"],
        "portal/invoices/<uuid:public_id>/": [f"portal/invoices/{invoice.public_id}/"],
        "portal/payouts/years/<int:year>/": [f"portal/payouts/years/{invoice.issued_on.year}/"],
    }


def _batches(prepared_one, sent_one):
    item = prepared_one.items.first()
    kept = attach(
        batch_id=prepared_one.pk,
        name="agreement.pdf",
        body=b"%PDF-1.7 I agree.",
        actor_id=prepared_one.created_by_id,
        now=PAYDAY,
    )
    return {
        "finance/batches/<uuid:public_id>/attachments/<int:pk>/": [
            f"finance/batches/{prepared_one.public_id}/attachments/{kept.pk}/"
        ],
        "finance/batches/<uuid:public_id>/items/<uuid:item_id>/": [
            f"finance/batches/{prepared_one.public_id}/items/{item.public_id}/"
        ],
        "finance/batches/<uuid:public_id>/stripe/<uuid:item_id>/decide/": [
            f"finance/batches/{prepared_one.public_id}/stripe/{item.public_id}/decide/"
        ],
        "finance/batches/<uuid:public_id>/leave-out/": [
            f"finance/batches/{prepared_one.public_id}/leave-out/"
        ],
        "finance/batches/<uuid:public_id>/": [
            f"finance/batches/{one.public_id}/" for one in (prepared_one, sent_one)
        ],
    }


def _of_payee(affiliate):
    declare(affiliate)
    return {
        "finance/ledger/<uuid:public_id>/": [f"finance/ledger/{affiliate.public_id}/"],
        "finance/exceptions/debts/<uuid:public_id>/write-off/": [
            f"finance/exceptions/debts/{affiliate.public_id}/write-off/"
        ],
        "finance/tax/<uuid:public_id>/": [f"finance/tax/{affiliate.public_id}/"],
        "finance/mandate-texts/<int:number>/": [f"finance/mandate-texts/{make_text().number}/"],
    }


def _contracts(person):
    ines = person.memberships.get().affiliate
    declare(ines)
    first = contract_world.signed(ines, paper=contract_pdf)
    both = (first, contract_world.offered(ines))
    gift = contract_world.give(ines, 120)
    return {
        f"{place}/contracts/<uuid:public_id>/": [
            f"{place}/contracts/{one.public_id}/" for one in (*both, contract_world.drafted(ines))
        ]
        for place in ("manage", "portal")
    } | {
        "manage/contracts/texts/<int:number>/": [f"manage/contracts/texts/{first.text.number}/"],
        "manage/gifts/<int:pk>/": [f"manage/gifts/{gift.pk}/"],
    }


def _public_looks():
    affiliate = staff_world.make_affiliate(kind="influencer", name="Inès Moreau")
    make_profile(affiliate, handle="ines", bio="Sur les quais.")
    rights = replace(LOOK_TERMS, starts_on=date(2020, 1, 1), ends_on=None)
    look = make_look(affiliate=affiliate, picture=make_picture(affiliate, terms=rights))
    photo = sources(look.live.images.get(), audience=PUBLIC).src
    sku = look.live.slots.first().options.get().product.sku
    return {
        "looks/<slug:slug>/": [f"looks/{look.slug}/"],
        "looks/by/<slug:handle>/": ["looks/by/ines/"],
        "looks/pictures/<str:name>": [photo.lstrip("/")],
        "looks/widget": [f"looks/widget?shop={look.shop.code}&sku={sku}"],
        "oembed": [f"oembed?url={settings.PUBLIC_URL}/looks/{look.slug}/"],
    }


def _books():
    difference = staff_world.make_difference()
    return {
        "finance/reconciliation/<int:pk>/": [f"finance/reconciliation/{difference.pk}/"],
        "finance/months/<str:month>/": ["finance/months/2026-05/"],
        **_holds(),
        "finance/control/limits/<int:pk>/": ["finance/control/limits/1/"],
        "finance/control/minimum/<int:pk>/": ["finance/control/minimum/1/"],
        "finance/exceptions/messages/<slug:kind>/<int:pk>/again/": [
            "finance/exceptions/messages/mail/1/again/"
        ],
        "finance/journal/export.csv": ["finance/journal/export.csv?since=2026-05&until=2026-05"],
    }


def _held(block):
    return {
        "blocks/<int:block_pk>/": [f"blocks/{block.pk}/"],
        "commissions/<int:commission_pk>/": [f"commissions/{block.commission_id}/"],
    }


def _holds():
    hold, check, item = hold_world.make_hold(), hold_world.make_close(), Item.objects.earliest("pk")
    return {
        "finance/holds/<int:pk>/": [f"finance/holds/{hold.pk}/"],
        "finance/holds/payees/<uuid:public_id>/": [
            f"finance/holds/payees/{hold.affiliate.public_id}/"
        ],
        "finance/holds/payments/<uuid:item_id>/": [f"finance/holds/payments/{item.public_id}/"],
        "finance/names/<int:pk>/": [f"finance/names/{check.pk}/"],
    }


def _vetted(affiliate):
    snapshot, proof, redirector = vetting_world.make_vetted(affiliate)
    return {
        "manage/snapshots/<int:pk>/": [f"manage/snapshots/{snapshot.pk}/"],
        "manage/site-proofs/<int:pk>/": [f"manage/site-proofs/{proof.pk}/"],
        "portal/sites/<int:pk>/": [f"portal/sites/{affiliate.properties.get(url=proof.url).pk}/"],
        "portal/sites/proofs/<int:pk>/": [f"portal/sites/proofs/{proof.pk}/"],
        "portal/sites/redirectors/<int:pk>/": [f"portal/sites/redirectors/{redirector.pk}/"],
        "apply/proofs/<int:pk>/": [f"apply/proofs/{proof.pk}/"],
    }


def _cases(partners):
    case, sanction = staff_world.make_open_case(), staff_world.make_sanction()
    proposed = make_case_proposal(make_held_case())
    file = make_case_file(partners.case)
    return {
        "manage/reviews/<uuid:public_id>/files/<int:number>/": [
            f"manage/reviews/{partners.case.public_id}/files/{file.pk}/"
        ],
        "manage/review-proposals/<uuid:public_id>/": [
            f"manage/review-proposals/{proposed.public_id}/"
        ],
        "portal/cases/<uuid:public_id>/files/<int:number>/": [
            f"portal/cases/{partners.case.public_id}/files/{file.pk}/"
        ],
        "manage/reviews/<uuid:public_id>/": [
            f"manage/reviews/{one.public_id}/" for one in (case, proposed.case, partners.case)
        ],
        "manage/sanctions/<uuid:public_id>/": [f"manage/sanctions/{sanction.public_id}/"],
        "manage/signals/<slug:code>/": ["manage/signals/own_purchase/"],
        "portal/cases/<uuid:public_id>/": [f"portal/cases/{partners.case.public_id}/"],
        "portal/sanctions/<uuid:public_id>/": [f"portal/sanctions/{partners.case.public_id}/"],
    }


def shelf_item():
    """Put the catalogue on the shelf of affiliates."""
    shelf.refresh(now=PAYDAY)
    return ShelfItem.objects.values_list("product", flat=True).first()


def _simulations(author):
    first, second = (run(ask(author, name=name, now=PAYDAY, period_to=PAYDAY.date())) for name in
                     ("Spring", "Spring again"))  # fmt: skip
    return {
        "manage/simulations/<int:pk>/": [f"manage/simulations/{first.pk}/"],
        "simulations/compare/": [f"simulations/compare/?selected={first.pk}&selected={second.pk}"],
    }


def _people(partners, newcomer, applicant):
    return {
        "visitor": None,
        "newcomer": newcomer,
        "applicant": applicant,
        "partner": person_of(partners.ada),
        "influencer": partners.people["ines"],
        "employee": person_of(staff_world.make_affiliate(kind="employee")),
        "manager": partners.people["sam"],
        "finance": partners.people["fin"],
    }


def addresses(route, things):
    """Return the route with its parameters filled in every way that ``things`` knows."""
    known = next((part for part in things if part in route), None)
    if known is None or "?" in route:
        return [f"/{route}"]
    return [
        address
        for filled in things[known]
        for address in addresses(route.replace(known, filled), things)
    ]


def pages(everything, role, but=()):
    """Yield route, address and answer of every address that ``role`` asks, tabs included.

    ``but``: routes that nobody need ask.
    """
    client = Client(HTTP_ACCEPT_LANGUAGE="fr", HTTP_HOST="localhost")
    if everything.people[role] is not None:
        client.cookies["sessionid"] = session_of(everything.people[role])
    for route in routes():
        if any(route.startswith(part) and role not in LOOK_FOR_ALL[part] for part in LOOK_FOR_ALL):
            continue
        if route in but or not route.startswith(ONLY.get(role, "")):
            continue
        for address in addresses(route, everything.things):
            answer = client.get(address)
            yield route, address, answer
            if is_page(answer):
                for tab in sorted(set(TAB.findall(answer.content.decode()))):
                    yield route, address + tab, client.get(address + tab)


def is_page(answer):
    """Tell a page from files, and from parts of a page that a script asks for."""
    is_html = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    return is_html and answer.content.lstrip().lower().startswith(b"<!doctype")
