"""French is complete, well set, and what a French browser gets on every page."""

import re

import pytest
import time_machine
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise

from affiliates.models import Affiliate
from core.management.commands import messages
from fraud.models import ListedHost
from tests.builders import make_user
from tests.payouts.paydays import PAYDAY
from tests.people import make_fin, make_ines, make_sam, person_of
from tests.portal import partner_world
from tests.portal.partner_world import partner_addresses, text_of
from tests.portal_staff import world as staff_world
from tests.portal_staff.test_doors import MANAGER, MISSING, POSTS, addresses_of

PATH = messages.catalogue_path(settings.BASE_DIR, "fr")
CATALOGUE = messages.read_catalogue(PATH, "fr")
ENTRIES = [message for message in CATALOGUE if message.id]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
#: Of what an English sentence is hardly ever without, and a French one never has.
ENGLISH = re.compile(
    r"\b(the|of|and|with|from|this|that|your|you|are|was|were|have|has|been|not|yet|here|there"
    r"|who|when|what|which|every|each|nothing|their|its|his|by|to|for|is|an)\b",
    re.IGNORECASE,
)
#: What the stories of the tests themselves write in English.
TOLD = (
    "I write about linen.",
    "Coats and scarves.",
    "She takes over the payouts.",
    "Summer collection",
    "Two looks and one video a month.",
    "The commission of the programme&#x27;s terms, paid monthly.",
    "Product pages and newsletters, France, two years.",
    "What the contract says of",
    "Ask the shop first.",
    "The order came before with other lines.",
    "It was a reader of mine",
    "For the delay.",
    "See here.",
    "Worn by Camille",
    "Show how you wear linen in town.",
    "Our search of May",  # An example of a file.
    "Rented sub-domains",
    "On and off",
    "What does it add?",
    "Where is my sale?",
    "A reader bought a dress.",
    "We looked at it.",
    "He called before.",
    # The draft of a message, in the affiliate's language.
    "The order was placed with your own details.",
    "If you ordered for somebody else, tell us for whom.",
    "This sale does not count.",  # A case decided in the words of a manager.
    "The shop has no order with this number around this day. Please check both, and claim again"
    " if one of them was wrong.",  # Proposed in the affiliate's language.
)
#: English idea, what French always calls it.
TERMS = [
    (r"\baffiliates?\b", r"affili|partenaire"),
    (r"\bapplications?\b", r"candidature"),
    (r"\bapplicants?\b", r"candidat"),
    (r"\bbatch(es)?\b", r"\blots?\b"),
    (r"\bcommissions?\b", r"commission"),
    (r"\bcut-?off\b", r"date d’arrêté"),
    (r"\bhold period\b", r"délai de validation"),
    (r"\bledger\b", r"grand livre"),
    (r"\blist price\b", r"prix catalogue"),
    (r"\bmargin\b", r"\bmarges?\b"),
    (r"\bmargin bands?\b", r"tranches? de marge"),
    (r"\bminimum payout\b", r"seuil de paiement"),
    (r"\borders?\b", r"commande|en ordre|quel ordre|\btri\b"),
    (r"\bpayees?\b", r"bénéficiaire|grand livre"),
    (r"\bpayslip\b", r"bulletin de paie|la paie"),
    (r"\bpayouts?\b", r"paiement"),
    (r"\bpromo codes?\b", r"codes? promo"),
    (r"\breference cost\b", r"coût de référence"),
    (r"\bstaff number\b", r"matricule"),
    (r"\bstatement\b(?! of reasons)", r"relevé"),
    (r"\bstores?\b", r"magasin"),
    (r"\bterms\b", r"conditions?\b"),
]


#: What a platform calls its menus and resources stays as it calls them.
OF_A_PLATFORM = re.compile(r" > |\(GET\)")


def forms_of(text):
    return list(text) if isinstance(text, (tuple, list)) else [text]


def about(message):
    return f"{message.context or ''} {message.id!r} in {message.locations[0][0]}"


# --- the catalogue ------------------------------------------------------------------


def test_every_text_has_its_french():
    assert [about(message) for message in ENTRIES if not messages.is_whole(message.string)] == []


def test_no_french_is_in_doubt_or_left_over():
    assert [about(message) for message in ENTRIES if message.fuzzy] == []
    assert not CATALOGUE.obsolete


def test_the_catalogue_has_exactly_the_texts_of_the_sources():
    sources = {(one.context, one.id) for one in messages.collected(settings.BASE_DIR) if one.id}
    known = {(message.context, message.id) for message in ENTRIES}

    assert sources - known == set(), "run `make messages`, then translate"
    assert known - sources == set(), "run `make messages`"


def test_the_compiled_catalogue_is_that_of_the_text():
    assert PATH.with_suffix(".mo").read_bytes() == messages.as_mo(CATALOGUE), "run `make messages`"


def test_french_keeps_every_placeholder():
    wrong = []
    for message in ENTRIES:
        asked = [set(PLACEHOLDER.findall(text)) for text in forms_of(message.id)]
        given = [set(PLACEHOLDER.findall(text)) for text in forms_of(message.string)]
        if asked != given:
            wrong.append(about(message))
    assert wrong == []


@pytest.mark.parametrize(
    ("fault", "pattern"),
    [
        ("a sign after an ordinary space", r" [:;!?»%€]"),
        ("a sign after no space", r"[^\W\d][;!?»](?:\s|$)"),
        ("a colon after no space", r"(?<!Authorization)\b:(?:\s|$)"),
        ("an opening quotation mark before an ordinary space", r"«[^\u00a0\u202f]"),
        ("a straight apostrophe", r"'"),
        ("English quotation marks", r"[“”]"),
        ("three dots instead of one sign", r"\.\.\."),
        ("an address to a friend", r"(?i)\b(tu|toi|tes|ta)\b|\bt’"),
    ],
)
def test_french_is_set_as_french(fault, pattern):
    found = [
        text
        for message in ENTRIES
        for text in forms_of(message.string)
        if re.search(pattern, PLACEHOLDER.sub("x", text))
    ]
    assert found == [], fault


@pytest.mark.parametrize(("english", "french"), TERMS)
def test_one_idea_has_one_word_in_french(english, french):
    strays = [
        (source, text)
        for message in ENTRIES
        for source, text in zip(forms_of(message.id), forms_of(message.string), strict=True)
        if re.search(english, PLACEHOLDER.sub("", source), re.IGNORECASE)
        and not OF_A_PLATFORM.search(source)
        and not re.search(french, text, re.IGNORECASE)
    ]
    assert strays == []


def test_every_choice_of_a_model_is_marked_for_translation():
    unmarked = {
        f"{field}: {label}"
        for model in apps.get_models()
        if model.__module__.partition(".")[0] in messages.APPS
        for field in model._meta.get_fields()
        for value, label in getattr(field, "flatchoices", ())
        if label and not isinstance(label, Promise) and field.name != "language"
    }
    assert unmarked == set()


# --- the command ----------------------------------------------------------------------


def test_the_command_collects_python_and_templates_of_any_kind(tmp_path):
    app = tmp_path / "portal"
    (app / "templates").mkdir(parents=True)
    (app / "views.py").write_text(
        'a = _("Plain")\nb = pgettext("verb", "Order")\n'
        'c = ngettext("%(n)s day", "%(n)s days", n)\n'
    )
    (app / "templates" / "page.html").write_text(
        '<p>\n  {% translate "Tag" %}{% button _("Argument") %}\n'
        "{% blocktranslate with x=y trimmed %}\n   Block {{ x }}\n  wraps{% endblocktranslate %}"
        "{% blocktranslate count n=n %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}"
    )

    found = {(one.context, one.id) for one in messages.collected(tmp_path) if one.id}

    assert found == {
        (None, "Plain"),
        ("verb", "Order"),
        (None, ("%(n)s day", "%(n)s days")),
        (None, "Tag"),
        (None, "Argument"),
        (None, "Block %(x)s wraps"),
        (None, ("%(n)s row", "%(n)s rows")),
    }


def test_a_catalogue_written_twice_is_the_same(tmp_path):
    again = tmp_path / "django.po"
    again.write_bytes(messages.as_po(CATALOGUE))

    with again.open("rb") as source:
        assert messages.as_mo(read_po(source, locale="fr")) == messages.as_mo(CATALOGUE)


# --- the pages ------------------------------------------------------------------------


@pytest.fixture
def french(client, db):
    """A French browser on a payday."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    with time_machine.travel(PAYDAY, tick=False):
        yield client


def visible(response):
    """What the page says: its text, its labels and the values of its buttons."""
    page = re.sub(r"(?s)<(script|style|svg)\b.*?</\1>|<!--.*?-->", " ", text_of(response))
    # What somebody else reads, in their language, is marked as such.
    page = re.sub(r'(?s)<(div|textarea)\b[^>]* lang="en[^"]*".*?</\1>', " ", page)
    # Clocks have the names that every computer knows.
    page = re.sub(r'(?s)<select\b[^>]* name="time_zone".*?</select>', " ", page)
    labels = re.findall(r'\b(?:aria-label|title|alt|placeholder|data-\w+)="([^"]*)"', page)
    texts = [re.sub(r"<[^>]+>", " ", page), *(one for one in labels if " " in one)]
    said = " ".join(" ".join(texts).split())
    for story in TOLD:
        said = said.replace(story, "")
    return said


def english_fragments():
    """What is fixed in the longer English texts, where French says something else."""
    for message in ENTRIES:
        whole = " ".join(forms_of(message.string))
        for source in forms_of(message.id):
            for fragment in PLACEHOLDER.split(source):
                if len(fragment.strip()) > 12 and fragment.strip() not in whole:
                    yield fragment.strip()


FRAGMENTS = sorted(set(english_fragments()))


def assert_french(response, name, *, status=200):
    assert response.status_code == status, name
    assert re.search(r'<html[^>]* lang="fr"', text_of(response)), name
    said = visible(response)
    assert [one for one in FRAGMENTS if one in said] == [], name
    strays = [said[max(0, one.start() - 40) : one.end() + 40] for one in ENGLISH.finditer(said)]
    assert strays == [], name


def test_doors_speak_french(french):
    for name in ("account_login", "account_signup", "account_reset_password", "portal:program"):
        assert_french(french.get(reverse(name)), name)


def test_the_program_page_speaks_french(french):
    partner_world.make_world()

    assert_french(french.get("/"), "program")


def test_the_pages_of_a_partner_speak_french(french):
    world = partner_world.make_world()
    french.force_login(world.people["ada"])

    for name, address in partner_addresses(world).items():
        if name == "notification-list":  # Kept in the language in which they were sent.
            continue
        response = french.get(address)
        if b"<html" in response.getvalue():  # Neither a file nor a part of a page.
            assert_french(response, name)


def test_the_pages_of_somebody_new_speak_french(french):
    french.force_login(person_of(make_ines()))

    for address in ("/portal/", "/portal/links/", "/portal/sales/", "/portal/payouts/"):
        assert_french(french.get(address), address)


def test_the_pages_of_staff_speak_french(french):
    ListedHost.objects.all().delete()  # Where the lists come from is told in English.
    addresses = addresses_of(staff_world.make_world())
    sam, fin = make_sam(), make_fin()

    for name, address in addresses.items():
        # What was written stays as it was, and mails are shown in both languages.
        if name in POSTS | MISSING | {
            "audit-list",
            "mail-detail",
            "mail-html",
            "incident-detail",
            "staff-notification-list",
        }:
            continue
        french.force_login(sam if name in MANAGER else fin)
        response = french.get(address)
        if b"<html" in response.getvalue():  # Neither a file nor a part of a page.
            # Which month to export has to be said.
            assert_french(response, name, status=422 if name == "journal-export" else 200)


def test_the_parts_of_an_affiliate_speak_french(french):
    staff_world.make_world()
    french.force_login(make_sam())
    affiliate = Affiliate.objects.order_by("pk").first()
    address = reverse("portal:affiliate-detail", args=[affiliate.public_id])

    for part in ("overview", "links", "orders", "payouts", "terms", "journal"):
        assert_french(french.get(address, {"tab": part}), part)


def test_the_style_guide_speaks_french(french):
    assert_french(french.get("/styleguide/"), "styleguide")


ACCOUNT = (
    "account_email", "account_change_password", "account_reauthenticate", "account_logout",
    "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes",
    "usersessions_list",
)  # fmt: skip


@pytest.mark.parametrize("name", ACCOUNT)
def test_the_pages_of_the_account_speak_french(french, name):
    french.force_login(make_user(name="Ada Blanchet"))
    response = french.get(reverse(name), follow=True)

    assert_french(response, name)


def test_applying_speaks_french(french):
    application = staff_world.make_application(user=make_user(name="Ada Blanchet"))
    french.force_login(application.user)
    assert_french(french.get(reverse("portal:apply-status")), "status")

    french.force_login(make_user(name="Emma Blanc"))
    assert_french(french.get(reverse("portal:apply")), "apply")
    assert_french(french.post(reverse("portal:apply"), {}), "apply, incomplete")


def test_pages_that_say_no_speak_french(french):
    french.force_login(make_user(name="Ada Blanchet"))
    assert_french(french.get("/manage/"), "refused", status=403)
    assert_french(french.get("/nowhere/"), "missing", status=404)
