"""The people of the demo, as they are written down."""

from portal.demo import cast
from portal.demo.people import PEOPLE

APPLICANTS = (*cast.ACCEPTED, cast.REJECTED, cast.WAITING)


def test_no_two_applicants_share_an_address_or_its_domain():
    domains = [role.email.partition("@")[2] for role in APPLICANTS]
    assert len(set(domains)) == len(domains)
    assert all(domain.endswith(".example") and domain != "photos.example" for domain in domains)


def test_who_can_be_signed_in_as_has_the_same_address_in_both_places():
    listed = {person.key: person.email for person in PEOPLE}
    for role in APPLICANTS:
        assert listed.get(role.key, role.email) == role.email


def test_the_shops_own_people_write_from_the_shop():
    shop = {person.email.partition("@")[2] for person in PEOPLE if person.next_url != "/portal/"}
    assert shop == {"maison-lutece.example"}
