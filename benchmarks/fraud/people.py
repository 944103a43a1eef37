"""The sixteen kinds of affiliates of the labelled set, and their adversarial variants.

Shares of scenarios and behaviour are those of the set's table; the names of scenarios are those of
the measurement of browsers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Mix = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Minutes from click to order: log-normal in ``quick`` of the cases, else days later."""

    quick: float = 1.0
    minutes: float = 20
    spread: float = 1.0
    days: float = 4
    is_flat: bool = False  # Anywhere within thirty days.


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How affiliates of one kind behave. ``label`` is that of their orders."""

    name: str
    label: str
    says: str  # The class of the account.
    ways: Mix
    affiliates: int
    clicks: int  # Of one affiliate, over the whole time.
    conversion: float
    open: float
    basket: float  # Given an open session.
    checkout: float  # Given a basket.
    delay: Delay
    known: float  # Customers who bought before.
    mobile: float = 0.6
    in_app: float = 0.0
    home: float = 0.1  # Landings on the home page.
    returned: float = 0.22
    is_flat: bool = False  # The same number at every hour.
    bursts: float = 0.0  # Share of clicks in the days after a post or a mailing.
    declares: float = 0.0  # Share of affiliates that declare their redirectors.
    paid_id: float = 0.0
    coupon: float = 0.0
    datacentre: float = 0.0
    silent: float = 0.0  # Browsers that send no Sec-Fetch headers.
    own_identity: float = 0.0  # Orders with the affiliate's own e-mail, or another of its house.
    own_address: float = 0.0
    reads_on: float = 0.55
    tells: float = 0.92  # Landing pages that tell what they saw.
    sub_ids: float = 0.0
    extra: Mix = field(default_factory=dict)  # Ways of another traffic that is mixed in.
    extra_share: float = 0.0
    extra_label: str = ""


_EXTENSION: Mix = {
    "x_tabs_create_bg": 20, "x_tabs_create_fg": 10, "x_tabs_update": 14, "x_windows_min": 5,
    "x_cs_location": 8, "x_cs_click": 6, "x_cs_open_noref": 6, "x_cs_button": 8,
    "x_ext_page_link": 5, "x_tabs_create_net": 5, "x_tabs_create_page": 3, "x_dnr_tabs": 5,
    "f10": 5,
}  # fmt: skip
_BLOG: Mix = {"a01": 40, "a02": 25, "a04": 10, "a14": 10, "a06": 4, "a15": 4, "a20": 3, "a03": 4}
_TYPO: Mix = {"b01_typed_302": 45, "b02": 20, "b07_js_replace": 12, "b07_js_replace_noref": 15,
              "b16": 8}  # fmt: skip

KINDS = (
    Kind(name="blogger", label="legit", says="content", ways=_BLOG, affiliates=30, clicks=960,
         conversion=.018, open=.06, basket=.10, checkout=.20,
         delay=Delay(quick=.55, minutes=22, spread=1.1), known=.35),
    Kind(name="influencer", label="legit", says="influencer",
         ways={"a17": 50, "c02": 22, "a03": 10, "a18": 8, "c07": 10}, affiliates=20, clicks=1600,
         conversion=.010, open=.04, basket=.08, checkout=.20,
         delay=Delay(quick=.65, minutes=15), known=.40, mobile=.95, in_app=.6, bursts=.75,
         declares=.9),
    Kind(name="newsletter", label="legit", says="newsletter",
         ways={"a19": 35, "c02": 45, "g08": 10, "a20": 10}, affiliates=8, clicks=1060,
         conversion=.022, open=.05, basket=.10, checkout=.20,
         delay=Delay(quick=.6, minutes=20), known=.50, bursts=.8, declares=.9),
    Kind(name="comparison", label="legit", says="comparison",
         ways={"a16": 30, "a14": 30, "a02": 40}, affiliates=6, clicks=2600,
         conversion=.035, open=.12, basket=.12, checkout=.20,
         delay=Delay(minutes=14), known=.35, home=0),
    Kind(name="offline", label="legit", says="offline", ways={"c08": 45, "c07": 45, "c01": 10},
         affiliates=5, clicks=450, conversion=.03, open=.05, basket=.08, checkout=.20,
         delay=Delay(minutes=18), known=.45, home=.5, bursts=.5, declares=.8),
    Kind(name="cashback", label="parasite", says="content", ways={"a15": 55, "a02": 45},
         affiliates=4, clicks=830, conversion=.14, open=.60, basket=.70, checkout=.60,
         delay=Delay(minutes=7, spread=.9), known=.75),
    Kind(name="coupon", label="parasite", says="content", ways={"f15": 75, "a02": 25},
         affiliates=6, clicks=1400, conversion=.33, open=.90, basket=.90, checkout=.85,
         delay=Delay(minutes=3, spread=.7), known=.70, coupon=.7),
    Kind(name="extension", label="parasite", says="content", ways=_EXTENSION, affiliates=4,
         clicks=1800, conversion=.45, open=1, basket=.92, checkout=.90,
         delay=Delay(minutes=2.5, spread=.7), known=.70, mobile=0, tells=.85),
    Kind(name="typosquat", label="fraud", says="content", ways=_TYPO, affiliates=5, clicks=560,
         conversion=.06, open=.05, basket=.15, checkout=.30,
         delay=Delay(quick=.7, minutes=20, spread=1.2, days=3), known=.62, home=.95, mobile=.45),
    Kind(name="stuffer", label="fraud", says="content",
         ways={"d01": 20, "d04": 20, "d05": 10, "d12": 10, "d31": 20, "d34": 10, "d36": 10},
         affiliates=5, clicks=4900, conversion=.002, open=.03, basket=.10, checkout=.20,
         delay=Delay(is_flat=True), known=.55, reads_on=.04),
    Kind(name="bots", label="fraud", says="content", ways={"c01": 40, "a03": 40, "a01": 20},
         affiliates=4, clicks=8700, conversion=.0004, open=0, basket=0, checkout=0,
         delay=Delay(is_flat=True), known=.55, is_flat=True, datacentre=.6, silent=.5, reads_on=0,
         tells=.3),
    Kind(name="self", label="fraud", says="content", ways={"c01": 50, "a01": 50}, affiliates=6,
         clicks=11, conversion=.5, open=.30, basket=.30, checkout=.30, delay=Delay(minutes=10),
         known=.90, returned=.45, own_identity=.85),
    Kind(name="household", label="ambiguous", says="influencer", ways={"c02": 60, "a17": 40},
         affiliates=6, clicks=35, conversion=.15, open=.10, basket=.20, checkout=.20,
         delay=Delay(minutes=30), known=.5, own_address=.80),
    Kind(name="bidder", label="fraud", says="content", ways={"g09": 100}, affiliates=3, clicks=1480,
         conversion=.09, open=.10, basket=.20, checkout=.30, delay=Delay(minutes=16), known=.5,
         home=.95, paid_id=.85),
    Kind(name="mfa", label="parasite", says="content", ways={"a02": 60, "a01": 25, "d31": 15},
         affiliates=5, clicks=840, conversion=.20, open=.65, basket=.75, checkout=.70,
         delay=Delay(minutes=4), known=.65),
    Kind(name="launderer", label="fraud", says="content",
         ways={"g02": 30, "g05": 25, "f11": 25, "x_tabs_create_page": 20}, affiliates=3,
         clicks=1190, conversion=.25, open=.80, basket=.85, checkout=.80, delay=Delay(minutes=3),
         known=.70, mobile=.1, sub_ids=.3),
)  # fmt: skip

ADVERSARIES = (
    # One forced click on a real gesture for each visitor, and then none.
    Kind(name="stuffer-patient", label="fraud", says="content", ways={"d31": 60, "d33": 40},
         affiliates=3, clicks=4000, conversion=.003, open=.03, basket=.10, checkout=.20,
         delay=Delay(is_flat=True), known=.55, reads_on=.05),
    # A look-alike among real readers, whose own orders are nobody's fault.
    Kind(name="typosquat-mixed", label="fraud", says="content", ways=_TYPO, affiliates=3,
         clicks=1600, conversion=.06, open=.05, basket=.15, checkout=.30,
         delay=Delay(quick=.7, minutes=20, spread=1.2, days=3), known=.62, home=.95,
         extra=_BLOG, extra_share=.7, extra_label="ambiguous"),
    # Software that speaks in one session of ten; the others come from a real site.
    Kind(name="extension-shy", label="parasite", says="content", ways=_EXTENSION, affiliates=3,
         clicks=1200, conversion=.40, open=1, basket=.92, checkout=.90,
         delay=Delay(minutes=2.5, spread=.7), known=.70, mobile=0,
         extra=_BLOG, extra_share=.9, extra_label="ambiguous"),
    # Software that stays away from people who look like testers: here nobody does.
    Kind(name="extension-wary", label="parasite", says="content", ways=_EXTENSION, affiliates=2,
         clicks=900, conversion=.45, open=1, basket=.95, checkout=.92,
         delay=Delay(minutes=2.5, spread=.7), known=.70, mobile=0),
    # An honest blog whose link a rival put behind a look-alike: its readers are as honest as ever.
    Kind(name="joe-job", label="legit", says="content", ways=_BLOG, affiliates=3, clicks=1200,
         conversion=.018, open=.06, basket=.10, checkout=.20,
         delay=Delay(quick=.55, minutes=22, spread=1.1), known=.35,
         extra={"b01_typed_302": 100}, extra_share=.15, extra_label="ambiguous"),
)  # fmt: skip
