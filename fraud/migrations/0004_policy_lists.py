"""The lists that a new programme starts with. Each row says where it comes from."""

from django.db import migrations
from django.utils import timezone

from core.append_only import append_only

ARTICLES = "French trade press and public code, read in 2026"
PRESS = "Effinity on Google's manual penalties of 22 January 2025 for rented sub-domains"
SHIMS = "Documentation of the networks, read in 2026"
GUESTS = "Hosts of guests that the Public Suffix List does not name, read in 2026"
MAIL = "Lists of disposable e-mail services, read in 2026"

SEEDS = {
    ("cashback", ARTICLES): """
        capitalkoala.com ebuyclub.com fr.shopping.rakuten.com igraal.com igraal.fr joko.com
        letyshops.com poulpeo.com shoop.fr topcashback.fr wanteeed.com widilo.fr""",
    ("coupon", ARTICLES): """
        bon-reduc.com bravopromo.fr clubic.com/bons-plans codepoche.fr codepromo.club
        couponasion.com cuponation.fr couponnetwork.fr dealabs.com frcodespromo.com groupon.fr
        lareduction.fr lesbonsplans.fr loveminty.fr ma-reduc.com monbon.fr planreduc.com
        promocodie.com radins.com reduc.fr reducavenue.com remisesetreductions.fr
        retailmenot.fr savoo.fr vouchercloud.fr""",
    ("coupon", PRESS): """
        codepromo.* codespromo.* code-promo.* codes-promo.* codes-promos.* bonsplans.*
        bonplan.* bons-plans.* bon-plan.* reduction.* reductions.* codepromo.bfmtv.com
        codepromo.lefigaro.fr codepromo.lexpress.fr codespromo.futura-sciences.com
        codespromo.ouest-france.fr marieclaire.fr/codes-promo""",
    ("extension", ARTICLES): """
        capitaloneshopping.com coupert.com getdirecto.com joinhoney.com joinpouch.com
        karmanow.com""",
    ("sub_network", ARTICLES): """
        awin1.com effiliation.com go.redirectingat.com kwanko.com prf.hn redirectingat.com
        shop-links.co skimresources.com sovrn.co sovrn.com tradedoubler.com viglink.com""",
    ("shim", SHIMS): """
        away.vk.com cdn.ampproject.org com.google.android.gm com.google.android.googlequicksearchbox
        exit.sc l.facebook.com l.instagram.com l.messenger.com l.threads.com l.threads.net
        l.workplace.com link.medium.com lm.facebook.com lnkd.in mail.google.com out.reddit.com
        outlook.live.com slack-redir.net steamcommunity.com/linkfilter t.co t.umblr.com
        translate.google.com translate.google.fr translate.goog vm.tiktok.com
        webcache.googleusercontent.com""",
    ("shared", GUESTS): """
        blogger.com blogspot.com blogspot.fr business.site canalblog.com carrd.co centerblog.net
        e-monsite.com eklablog.com fr.com free.fr ghost.io hautetfort.com hubside.fr jimdofree.com
        jimdosite.com kazeo.com linktr.ee livejournal.com mystrikingly.com notion.site
        over-blog.com over-blog.net overblog.com skyrock.com square.site substack.com tumblr.com
        typepad.com unblog.fr webador.fr webflow.io webnode.fr webnode.page weebly.com
        wixsite.com wordpress.com""",
    ("disposable", MAIL): """
        10minutemail.com 33mail.com dispostable.com fakeinbox.com getnada.com grr.la
        guerrillamail.com jetable.org mail-temp.com mailcatch.com maildrop.cc mailinator.com
        mailnesia.com mohmal.com mytemp.email sharklasers.com spamgourmet.com temp-mail.org
        tempmail.com throwawaymail.com trashmail.com yopmail.com yopmail.fr yopmail.net""",
}  # fmt: skip


def seed(apps, _schema_editor):
    """List what nobody listed yet. Safe to repeat."""
    listed_host = apps.get_model("fraud", "ListedHost")
    there = set(listed_host.objects.values_list("pattern", "kind"))
    now = timezone.now()
    listed_host.objects.bulk_create(
        listed_host(pattern=pattern, kind=kind, source=source, created_at=now)
        for (kind, source), patterns in SEEDS.items()
        for pattern in patterns.split()
        if (pattern, kind) not in there
    )


class Migration(migrations.Migration):
    dependencies = [("fraud", "0003_appeals_and_backtests")]
    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        *append_only("fraud_snapshot"),
    ]
