import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

from django.db import migrations

FIRST_DAY = date(2026, 1, 1)

FRENCH = {
    "duties": "L'influenceur exécute les missions avec soin, en personne et en son nom, sans lien de subordination. Il reste libre de son ton et de son avis, qui doit être sincère. Il respecte les règles des plateformes qu'il utilise et la loi n° 2023-451 du 9 juin 2023 ; en particulier, il ne promeut rien de ce que cette loi interdit ou encadre (chirurgie et médecine esthétiques, nicotine, abstention thérapeutique, placements et actifs numériques, jeux d'argent, animaux sauvages). L'annonceur lui remet les informations exactes dont il a besoin sur les produits, répond à ses questions et paie ce qui est dû aux échéances convenues.",
    "disclosure": "Chaque publication porte, de façon claire, lisible et identifiable sur l'image ou la vidéo, sous tous les formats et pendant toute sa durée, la mention « Publicité » ou « Collaboration commerciale », ou une mention équivalente adaptée au format. Une image dont la silhouette ou le visage ont été modifiés porte la mention « Images retouchées » ; une image produite par intelligence artificielle, « Images virtuelles ».",
    "property": "L'influenceur garantit qu'il est l'auteur de ce qu'il remet, ou qu'il en détient les droits, et que les personnes représentées ont consenti à leur image. Il conserve ses droits d'auteur. Il autorise l'annonceur à reproduire et à représenter ses contenus dans les seules limites écrites sous « Droits d'utilisation » (supports, lieux, durée) ; tout autre usage demande un nouvel accord écrit et, s'il y a lieu, une nouvelle rémunération.",
    "payment": "La rémunération en argent est celle écrite sous « Rémunération ». Chaque commission est expliquée, vente par vente, dans l'espace de l'influenceur, et peut y être contestée. Les avantages en nature sont comptés à leur valeur hors taxes et entrent, avec l'argent versé, dans le total de l'année civile.",
    "liability": "L'annonceur et l'influenceur sont solidairement responsables des dommages causés aux tiers dans l'exécution de ce contrat (article 8 de la loi n° 2023-451). Chacun prévient l'autre sans délai de toute réclamation et répond envers l'autre de sa propre faute.",
    "ending": "Le contrat court du premier au dernier jour écrits sous « Durée ». Chaque partie peut y mettre fin avant son terme en respectant le préavis qui y figure, et sans préavis en cas de manquement grave de l'autre partie. Ce qui a été gagné jusqu'au dernier jour reste dû et est payé aux échéances habituelles. Toute modification est un nouveau contrat, signé par les deux parties.",
    "law": "Le présent contrat est soumis au droit français, notamment au code de la consommation, au code de la propriété intellectuelle et à la loi n° 2023-451 du 9 juin 2023. La signature en ligne vaut signature ; le texte lu, son empreinte, la date, l'heure et la personne sont conservés.",
}

ENGLISH = {
    "duties": "The influencer carries out the missions with care, in person and in their own name, as an independent party. They remain free in tone and opinion, which has to be honest. They respect the rules of the platforms that they use and French law no. 2023-451 of 9 June 2023; in particular they promote nothing that this law forbids or restricts (cosmetic surgery and medicine, nicotine, abstaining from treatment, investments and digital assets, gambling, wild animals). The advertiser gives them the correct information that they need about the products, answers their questions and pays what is due on the agreed days.",
    "disclosure": "Every publication carries, clearly, legibly and recognisably on the picture or video, in every format and for as long as it lasts, the words “Publicité” or “Collaboration commerciale”, or an equivalent that suits the format. A picture in which a figure or face was altered carries “Images retouchées”; one made by artificial intelligence, “Images virtuelles”.",
    "property": "The influencer warrants that they are the author of what they hand over, or hold the rights to it, and that the people shown have agreed to their image. They keep their copyright. They allow the advertiser to reproduce and show their content only within what is written under “Rights of use” (media, places, time); any other use needs another written agreement and, where due, another payment.",
    "payment": "Pay in money is what is written under “Pay”. Every commission is explained, sale by sale, in the influencer's portal, and can be contested there. Benefits in kind count at their value excluding VAT and are part, with the money paid, of the total of the calendar year.",
    "liability": "The advertiser and the influencer are jointly and severally liable for damage caused to third parties in carrying out this contract (article 8 of law no. 2023-451). Each tells the other at once of any complaint, and answers to the other for its own fault.",
    "ending": "The contract runs from the first to the last day written under “Period”. Either party may end it before its last day with the notice written there, and without notice for a serious breach by the other. What was earned until the last day stays due and is paid on the usual days. Any change is another contract, signed by both parties.",
    "law": "This contract is governed by French law, in particular the consumer code, the intellectual property code and law no. 2023-451 of 9 June 2023. Signing online counts as a signature; the text that was read, its digest, the date, the time and the person are kept. The French text prevails.",
}


def publish_first(apps: Any, _schema_editor: Any) -> None:
    """Add the clauses and the threshold that hold until others are published."""
    text = apps.get_model("influencers", "ContractText")
    if not text.objects.exists():
        words = json.dumps({"en": ENGLISH, "fr": FRENCH}, sort_keys=True, ensure_ascii=False)
        text.objects.create(
            number=1,
            valid_from=datetime(FIRST_DAY.year, 1, 1, tzinfo=UTC),
            clauses_fr=FRENCH,
            clauses_en=ENGLISH,
            sha256=hashlib.sha256(words.encode()).hexdigest(),
        )
    threshold = apps.get_model("influencers", "ContractThreshold")
    if not threshold.objects.exists():
        threshold.objects.create(
            since=FIRST_DAY,
            limit_minor=100_000,
            warn_bps=7_000,
            currency="EUR",
            source="Loi n° 2023-451, article 8 ; décret n° 2025-1137",
        )


class Migration(migrations.Migration):
    dependencies = [("influencers", "0002_frozen")]

    operations = [migrations.RunPython(publish_first, migrations.RunPython.noop)]
