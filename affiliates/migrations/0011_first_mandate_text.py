import hashlib
from datetime import UTC, datetime
from typing import Any

from django.db import migrations

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)

FRENCH = """\
Mandat de facturation (autofacturation)
Articles 289, I-2 du code général des impôts et 242 nonies de son annexe II

1. Objet. L'affilié (le « mandant ») donne mandat à l'enseigne qui exploite ce programme d'affiliation (le « mandataire ») d'établir en son nom et pour son compte les factures, et les avoirs qui les corrigent, de toutes les commissions et primes que le programme lui doit. Le présent mandat est écrit, préalable à la première facture et gratuit.

2. Forme des factures. Chaque facture porte la mention « Autofacturation », l'identité, l'adresse, le SIREN et, s'il y a lieu, le numéro de TVA du mandant, ainsi que toutes les mentions obligatoires. La numérotation est propre au mandant : unique, chronologique et continue. Le régime de TVA appliqué est celui que le mandant a déclaré dans son profil fiscal, avec la mention qui l'accompagne (« TVA non applicable, art. 293 B du CGI », « Autoliquidation »).

3. Mise à disposition et contestation. Chaque facture est mise à la disposition du mandant dans son espace dès son émission, et un courriel l'en avertit. Le mandant dispose de quinze jours à compter de cette mise à disposition pour la contester, par écrit et en donnant ses motifs. Sans contestation dans ce délai, la facture est réputée acceptée. Une facture contestée à bon droit est corrigée par un avoir et, s'il y a lieu, une nouvelle facture ; le mandant peut aussi émettre lui-même une facture rectificative.

4. Responsabilité. Le mandant conserve l'entière responsabilité de ses obligations en matière de facturation et de leurs conséquences au regard de la TVA. Il s'engage :
- à verser au Trésor la taxe mentionnée sur les factures établies en son nom ;
- à réclamer immédiatement le double de toute facture qui ne lui serait pas parvenue ;
- à signaler sans délai toute modification des mentions concernant son identification : nom, adresse, forme juridique, SIREN, numéro et régime de TVA, franchissement du seuil de la franchise en base ;
- à ne pas facturer lui-même les commissions que couvre ce mandat.

5. Conservation. Les factures sont conservées par le mandataire, avec leur empreinte, pendant la durée légale, et restent téléchargeables par le mandant. Le mandant conserve les siennes.

6. Facturation électronique. Lorsque la loi l'exige, les factures et leurs données sont transmises par l'intermédiaire d'une plateforme agréée, ce à quoi le mandant consent.

7. Durée. Le mandat prend effet à son acceptation, pour une durée indéterminée. Le mandant peut y mettre fin à tout moment dans son espace, pour l'avenir ; tant qu'il n'existe pas de mandat, aucune facture n'est établie et aucun paiement ne part. Le mandataire peut y mettre fin dans les mêmes conditions avec un préavis de trente jours. Une nouvelle version du texte est soumise à l'acceptation du mandant.

8. Preuve. L'acceptation en ligne vaut signature. La version du texte, la date, l'heure et la personne qui a accepté sont conservées.
"""

ENGLISH = """\
Self-billing mandate
Articles 289, I-2 of the French tax code (CGI) and 242 nonies of its annexe II

1. Purpose. The affiliate (the "principal") authorises the retailer that runs this affiliate programme (the "agent") to issue, in the principal's name and on its behalf, the invoices, and the credit notes that correct them, for all commissions and bonuses that the programme owes. This mandate is in writing, precedes the first invoice and is free of charge.

2. Form of the invoices. Every invoice carries the word "Autofacturation", the principal's identity, address, SIREN and, where there is one, VAT number, and everything else that the law requires. The numbers are the principal's own series: unique, chronological and without gaps. VAT is treated as the principal declared in the tax profile, with the words that go with it ("TVA non applicable, art. 293 B du CGI", "Autoliquidation").

3. Delivery and objection. Every invoice is available to the principal in the portal as soon as it is issued, and an e-mail says so. The principal may object within fifteen days of that moment, in writing and with reasons. Without an objection within that time, the invoice counts as accepted. An invoice that is rightly objected to is corrected by a credit note and, if need be, a new invoice; the principal may also issue a corrective invoice itself.

4. Responsibility. The principal remains fully responsible for its duties of invoicing and for what follows from them for VAT. It undertakes:
- to pay to the tax authority the VAT shown on invoices issued in its name;
- to ask at once for a copy of any invoice that did not reach it;
- to tell without delay of any change in what identifies it: name, address, legal form, SIREN, VAT number and regime, passing the threshold of the VAT exemption;
- not to invoice by itself the commissions that this mandate covers.

5. Storage. The agent keeps the invoices, with their digest, for as long as the law requires, and the principal can download them. The principal keeps its own.

6. Electronic invoicing. Where the law requires it, invoices and their data are sent through an approved platform, to which the principal consents.

7. Duration. The mandate begins when it is accepted and has no fixed end. The principal may end it at any time in the portal, for the future; while there is no mandate, no invoice is issued and no payment leaves. The agent may end it in the same way with thirty days' notice. A new version of this text is put to the principal for acceptance.

8. Evidence. Acceptance online counts as a signature. The version of the text, the date, the time and the person who accepted are kept.

The French text prevails.
"""


def publish_first(apps: Any, _schema_editor: Any) -> None:
    """Add the text that payees accept until finance publishes another one."""
    mandate_text = apps.get_model("affiliates", "MandateText")
    if mandate_text.objects.exists():
        return
    french, english = FRENCH.strip(), ENGLISH.strip()
    digest = hashlib.sha256(f"{french}\0{english}".encode()).hexdigest()
    mandate_text.objects.create(
        number=1, valid_from=FIRST_DAY, text_fr=french, text_en=english, sha256=digest
    )


class Migration(migrations.Migration):
    dependencies = [("affiliates", "0010_tax_frozen")]

    operations = [migrations.RunPython(publish_first, migrations.RunPython.noop)]
