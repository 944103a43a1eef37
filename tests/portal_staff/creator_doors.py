"""Doors of creators, pools, stores and the calendar: what each address is about."""

from datetime import timedelta

from influencers.domain.segment import Rules
from influencers.models import EditorialEntry, Store
from influencers.services import pools, segments, standing
from influencers.services.pools import Wanted
from tests.builders import NOW, make_user
from tests.influencers.creator_world import make_account, make_creator, make_mark
from tests.influencers.look_surface_world import make_look
from tests.people import person_of

CREATOR_POSTS = {
    "creator-tag", "creator-weights", "segment-save", "segment-delete", "creator-describe",
    "creator-note", "creator-agreement", "creator-account", "creator-account-remove",
    "creator-figures", "creator-mark", "creator-mark-take-back", "creator-answer",
    "creator-bonus", "pool-invite", "pool-close", "pool-remove", "store-change",
    "editorial-plan", "editorial-out", "editorial-drop",
}  # fmt: skip
CREATOR_FORMS = {
    "pool-new", "pool-edit", "store-new", "creator-rights-end", "creator-licence-end",
}  # fmt: skip
_WITHOUT = (
    "creator-tag", "creator-ranking", "creator-weights", "segment-save", "pool-new",
    "store-new", "editorial-reposts", "editorial-zip", "editorial-csv",
)  # fmt: skip

#: A creator's own acts, with what their addresses are about.
OWN_POSTS = {
    "my-page-picture": [],
    "my-page-first": [1],
    "my-standing-contest": [],
    "my-account-add": [],
    "my-account-remove": [1],
    "my-figures": [1],
    "my-pool-accept": [1],
    "my-pool-decline": [1],
    "my-pool-leave": [1],
}


def creator_things():
    """One of everything: an employee who is in a pool and contests a mark, and a planned look."""
    worker, sam = make_creator(kind="employee"), make_user()
    pool = pools.make(Wanted(name="Linen"), by_id=sam.pk, now=NOW)
    look = make_look(affiliate=worker)
    contest = standing.contest(
        worker.pk, mark_id=None, text="Wrong.", by_id=person_of(worker).pk, now=NOW
    )
    return {
        "creator": worker,
        "account": make_account(worker),
        "mark": make_mark(worker, "complaint"),
        "contest": contest,
        "pool": pool,
        "member": pools.invite(pool.pk, worker.pk, by_id=sam.pk, now=NOW),
        "segment": segments.save(
            name="Sea", rules=Rules(themes=("sea",)), by_id=sam.pk, now=NOW
        ),
        "store": Store.objects.get(name=worker.store),
        "look": look,
        "entry": EditorialEntry.objects.create(
            account="@maison", day=NOW.date() + timedelta(days=1), look=look, created_at=NOW,
            created_by=sam,
        ),
    }  # fmt: skip


def creator_arguments():
    """Return the arguments of each family of addresses, and of those that differ from theirs."""
    found = creator_things()
    creator, pool = found["creator"].public_id, found["pool"].pk
    families = {
        "creator": [creator],
        "pool": [pool],
        "segment": [found["segment"].pk],
        "store": [found["store"].pk],
        "editorial": [found["entry"].pk],
    }
    return families, {
        **dict.fromkeys(_WITHOUT, []),
        "creator-account-remove": [creator, found["account"].pk],
        "creator-figures": [creator, found["account"].pk],
        "creator-mark-take-back": [creator, found["mark"].pk],
        "creator-answer": [creator, found["contest"].pk],
        "creator-licence-end": [creator, _licence(found["look"])],
        "pool-remove": [pool, found["member"].pk],
        "editorial-plan": [found["look"].pk],
    }


def _licence(look):
    return look.live.images.get().picture.licences.get().public_id


def creator_places(creator, person):
    """Return what fills the addresses of creators in the test of every page."""
    found = creator_things()
    ours = found["creator"].public_id
    own = make_account(creator)
    member = pools.invite(found["pool"].pk, creator.pk, by_id=person.pk, now=NOW)
    return {
        "manage/creators/<uuid:public_id>/accounts/<int:pk>/": [
            f"manage/creators/{ours}/accounts/{found['account'].pk}/"
        ],
        "manage/creators/<uuid:public_id>/marks/<int:pk>/": [
            f"manage/creators/{ours}/marks/{found['mark'].pk}/"
        ],
        "manage/creators/<uuid:public_id>/contests/<int:pk>/": [
            f"manage/creators/{ours}/contests/{found['contest'].pk}/"
        ],
        "manage/creators/<uuid:public_id>/rights/<uuid:licence_id>/": [
            f"manage/creators/{ours}/rights/{_licence(found['look'])}/"
        ],
        "manage/creators/<uuid:public_id>/": [f"manage/creators/{ours}/"],
        "manage/creators/segments/<int:pk>/": [f"manage/creators/segments/{found['segment'].pk}/"],
        "manage/creators/pools/<int:pk>/members/<int:member_pk>/": [
            f"manage/creators/pools/{found['pool'].pk}/members/{found['member'].pk}/"
        ],
        "manage/creators/pools/<int:pk>/": [f"manage/creators/pools/{found['pool'].pk}/"],
        "manage/creators/stores/<int:pk>/": [f"manage/creators/stores/{found['store'].pk}/"],
        "manage/editorial/looks/<int:pk>/": [f"manage/editorial/looks/{found['look'].pk}/"],
        "manage/editorial/<int:pk>/": [f"manage/editorial/{found['entry'].pk}/"],
        "portal/creator/accounts/<int:pk>/": [f"portal/creator/accounts/{own.pk}/"],
        "portal/creator/pools/<int:pk>/": [f"portal/creator/pools/{member.pk}/"],
        "portal/creator/page/looks/<int:pk>/": [f"portal/creator/page/looks/{found['look'].pk}/"],
    }
