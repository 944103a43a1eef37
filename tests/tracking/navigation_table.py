"""What each measured scenario must prove: class, facts of the request, facts of the page, names.

The classes and facts were read off the tables of the measurement, one row a way to arrive: a*
honest links, b* a typed look-alike of the shop's name, c* typed, d* stuffing, e* widgets, f* the
shop's own pages, g* chains of redirects, x* browser extensions. ``#2`` is a second request.
"""

from tracking.domain.landing import prove
from tracking.redirect.core import words_of

#: Chromium asked nothing at all of the tracker.
NO_REQUEST = {
    "d12_link_prerender", "d15_spec_prefetch", "d16_spec_prefetch_anon", "d17_spec_prerender",
    "d30_open_nogesture", "d35_delayed_open", "d37_iframe_top_nav",
}  # fmt: skip

EXPECTED = [
    (
        "followed",
        "TOP_LEVEL REFERRER_SENT LAX_SEEN",
        "LANDED OWN_HOP_ONLY",
        "a01_same_tab a02_blank_noopener a05_rp_strict-origin a05_rp_origin a05_rp_unsafe-url "
        "a05_rp_no-referrer-when-downgrade a05_rp_origin-when-cross-origin a08_keyboard "
        "a09_http_blog a12_js_button b13_click_anywhere d31_open_gesture d32_popunder "
        "e02_blank e05_same_origin_frame_top f15_new_tab_coupon_site_search",
    ),
    (
        "followed",
        "TOP_LEVEL REFERRER_ABSENT LAX_SEEN",
        "LANDED OWN_HOP_ONLY",
        "a03_noreferrer a04_blank_noopener_noreferrer a05_rp_no-referrer a05_rp_same-origin "
        "a19_webmail_noreferrer d33_open_noreferrer e04_sandbox_popups",
    ),
    (
        "followed",
        "TOP_LEVEL REFERRER_SENT LAX_SEEN",
        "LANDED OWN_HOP_ONLY UNSEEN",
        "a06_ctrl_click a07_middle_click",
    ),
    (
        "followed",
        "TOP_LEVEL REFERRER_SENT",
        "LANDED",
        "a10_tracker_subdomain a11_tracker_other_site",
    ),
    (
        "forwarded",
        "TOP_LEVEL REFERRER_SENT LAX_SEEN NO_GESTURE",
        "LANDED OWN_HOP_ONLY",
        "a13_js_button_delay7 a15_own_interstitial_js a16_own_interstitial_meta "
        "a17_social_lshim_js a18_tco_meta_js b05_meta b06_refresh_header b07_js_replace "
        "b08_js_href_onload b09_form_get b11_a_click b16_302_via_trusted_page "
        "d36_auto_top_nav e01_top f11_click_via_net_page",
    ),
    (
        "followed",
        "TOP_LEVEL REFERRER_SENT LAX_SEEN",
        "LANDED",
        "a14_own_302 a20_shortener_from_page g01_click_2hops g03_click_net_unsafe",
    ),
    (
        "typed",
        "TOP_LEVEL REFERRER_ABSENT LAX_SEEN STRICT_SEEN",
        "LANDED HIDDEN_REDIRECTOR",
        "b01_typed_301 b01_typed_302 b01_typed_307 b02_typed_302_http b03_cli_302 b04_302 "
        "b04_302_noref c04_typed_http#2 c07_cli_shortener c08_typed_vanity g04_typed_2hops "
        "g08_cli_2hops",
    ),
    (
        "forwarded",
        "TOP_LEVEL REFERRER_ABSENT LAX_SEEN NO_GESTURE",
        "LANDED OWN_HOP_ONLY",
        "b05_meta_noref b06_refresh_header_noref b07_js_replace_noref "
        "b08_js_href_onload_noref b09_form_get_noref b11_a_click_noref b15_302_to_page_js",
    ),
    (
        "probe",
        "TOP_LEVEL OTHER_METHOD REFERRER_SENT",
        "LANDED OWN_HOP_ONLY",
        "b10_form_post",
    ),
    (
        "probe",
        "TOP_LEVEL OTHER_METHOD REFERRER_ABSENT",
        "LANDED OWN_HOP_ONLY",
        "b10_form_post_noref",
    ),
    (
        "embedded",
        "NOT_TOP_LEVEL REFERRER_SENT",
        "LANDED OWN_HOP_ONLY FRAMED",
        "b12_frame d04_iframe_hidden d25_embed d26_object e03_self e06_shop_framed_click",
    ),
    (
        "followed",
        "TOP_LEVEL REFERRER_SENT LAX_SEEN SEARCH",
        "LANDED",
        "b14_serp_then_302 g09_paid_search_click",
    ),
    (
        "typed",
        "TOP_LEVEL REFERRER_ABSENT",
        "LANDED",
        "b17_tracker_subdomain_302 b18_tracker_other_302 c05_typed_subdomain c06_typed_other",
    ),
    (
        "typed",
        "TOP_LEVEL REFERRER_ABSENT LAX_SEEN STRICT_SEEN",
        "LANDED OWN_HOP_ONLY",
        "c01_typed c02_cli c09_reload_landing",
    ),
    (
        "prefetch",
        "TOP_LEVEL PREFETCH REFERRER_ABSENT LAX_SEEN STRICT_SEEN",
        "LANDED OWN_HOP_ONLY",
        "c03_bookmark",
    ),
    (
        "unknown",
        "REFERRER_ABSENT",
        "",
        "c04_typed_http#1",
    ),
    (
        "embedded",
        "NOT_TOP_LEVEL REFERRER_SENT",
        "",
        "d01_img d03_img_crossorigin d06_iframe_sandbox d08_script d11_link_preload "
        "d13_stylesheet d14_css_bg d18_fetch_nocors d20_fetch_cors d21_xhr d24_video "
        "d27_favicon d28_eventsource d38_sw_fetch d39_img_proxy_chain "
        "d41_img_subdomain_tracker",
    ),
    (
        "embedded",
        "NOT_TOP_LEVEL REFERRER_ABSENT",
        "",
        "d02_img_noref d19_fetch_nocors_noref",
    ),
    (
        "embedded",
        "NOT_TOP_LEVEL REFERRER_ABSENT",
        "LANDED OWN_HOP_ONLY FRAMED",
        "d05_iframe_noref d07_iframe_srcdoc_meta",
    ),
    (
        "prefetch",
        "NOT_TOP_LEVEL PREFETCH REFERRER_SENT",
        "",
        "d09_link_prefetch d10_link_prefetch_doc",
    ),
    (
        "probe",
        "NOT_TOP_LEVEL OTHER_METHOD REFERRER_SENT",
        "",
        "d22_beacon",
    ),
    (
        "probe",
        "NOT_TOP_LEVEL OTHER_METHOD REFERRER_ABSENT",
        "",
        "d23_ping",
    ),
    (
        "probe",
        "NOT_TOP_LEVEL OTHER_METHOD REFERRER_SENT",
        "LANDED OWN_HOP_ONLY FRAMED",
        "d29_hidden_form",
    ),
    (
        "forwarded",
        "TOP_LEVEL REFERRER_SENT LAX_SEEN NO_GESTURE",
        "LANDED OWN_HOP_ONLY UNSEEN",
        "d34_tabunder x_tabs_create_page",
    ),
    (
        "embedded",
        "NOT_TOP_LEVEL REFERRER_ABSENT",
        "LANDED FRAMED",
        "d40_iframe_chain",
    ),
    (
        "embedded",
        "NOT_TOP_LEVEL REFERRER_SENT",
        "LANDED FRAMED",
        "d42_iframe_other_tracker",
    ),
    (
        "internal",
        "TOP_LEVEL OWN_SITE REFERRER_OWN REFERRER_SENT LAX_SEEN STRICT_SEEN",
        "LANDED OWN_HOP_ONLY",
        "f01_click_same_tab f02_click_blank f04_auto_href x_cs_location x_cs_click x_cs_button",
    ),
    (
        "internal",
        "TOP_LEVEL OWN_SITE REFERRER_ABSENT LAX_SEEN STRICT_SEEN",
        "LANDED OWN_HOP_ONLY",
        "f03_click_blank_noref x_cs_open_noref",
    ),
    (
        "embedded",
        "NOT_TOP_LEVEL OWN_SITE REFERRER_OWN REFERRER_SENT LAX_SEEN STRICT_SEEN",
        "LANDED OWN_HOP_ONLY FRAMED",
        "f05_hidden_iframe x_cs_iframe",
    ),
    (
        "embedded",
        "NOT_TOP_LEVEL OWN_SITE REFERRER_OWN REFERRER_SENT LAX_SEEN STRICT_SEEN",
        "",
        "f06_fetch f08_img x_cs_fetch",
    ),
    (
        "embedded",
        "NOT_TOP_LEVEL OWN_SITE REFERRER_ABSENT LAX_SEEN STRICT_SEEN",
        "",
        "f07_fetch_noref",
    ),
    (
        "followed",
        "TOP_LEVEL REFERRER_OWN STRICT_CONTRADICTION REFERRER_SENT LAX_SEEN STRICT_SEEN",
        "LANDED",
        "f09_click_via_net",
    ),
    (
        "followed",
        "TOP_LEVEL STRICT_CONTRADICTION REFERRER_ABSENT LAX_SEEN STRICT_SEEN",
        "LANDED",
        "f10_click_via_net_noref",
    ),
    (
        "embedded",
        "NOT_TOP_LEVEL REFERRER_OWN STRICT_CONTRADICTION REFERRER_SENT LAX_SEEN STRICT_SEEN",
        "",
        "f12_fetch_via_net",
    ),
    (
        "embedded",
        "NOT_TOP_LEVEL REFERRER_OWN STRICT_CONTRADICTION REFERRER_SENT LAX_SEEN STRICT_SEEN",
        "LANDED FRAMED",
        "f13_iframe_via_net",
    ),
    (
        "internal",
        "TOP_LEVEL OWN_SITE REFERRER_OWN REFERRER_SENT",
        "LANDED",
        "f14_tracker_subdomain",
    ),
    (
        "followed",
        "TOP_LEVEL REFERRER_ABSENT LAX_SEEN",
        "LANDED",
        "g02_click_2hops_strip g06_click_blank_2hops g07_click_http_hop",
    ),
    (
        "forwarded",
        "TOP_LEVEL REFERRER_SENT LAX_SEEN NO_GESTURE",
        "LANDED",
        "g05_click_net_page",
    ),
    (
        "followed",
        "TOP_LEVEL STRICT_CONTRADICTION REFERRER_SENT LAX_SEEN STRICT_SEEN",
        "",
        "x_dnr_fetch",
    ),
    (
        "followed",
        "TOP_LEVEL STRICT_CONTRADICTION REFERRER_SENT LAX_SEEN STRICT_SEEN",
        "LANDED OWN_HOP_ONLY UNSEEN REFERRER_CONTRADICTION",
        "x_dnr_tabs",
    ),
    (
        "embedded",
        "NOT_TOP_LEVEL EXTENSION REFERRER_ABSENT",
        "LANDED OWN_HOP_ONLY FRAMED",
        "x_ext_page_iframe",
    ),
    (
        "followed",
        "TOP_LEVEL STRICT_CONTRADICTION REFERRER_ABSENT LAX_SEEN STRICT_SEEN",
        "LANDED OWN_HOP_ONLY",
        "x_ext_page_link",
    ),
    (
        "typed",
        "TOP_LEVEL REFERRER_ABSENT LAX_SEEN STRICT_SEEN NO_GESTURE",
        "",
        "x_history_tab_close",
    ),
    (
        "embedded",
        "NOT_TOP_LEVEL STRICT_CONTRADICTION REFERRER_ABSENT LAX_SEEN STRICT_SEEN",
        "LANDED OWN_HOP_ONLY FRAMED",
        "x_offscreen_iframe",
    ),
    (
        "embedded",
        "NOT_TOP_LEVEL NONE_NOT_NAVIGATE REFERRER_ABSENT LAX_SEEN STRICT_SEEN",
        "",
        "x_sw_fetch x_sw_fetch_nohp x_offscreen_fetch",
    ),
    (
        "typed",
        "TOP_LEVEL REFERRER_ABSENT LAX_SEEN STRICT_SEEN NO_GESTURE",
        "LANDED OWN_HOP_ONLY UNSEEN",
        "x_tabs_create_bg",
    ),
    (
        "typed",
        "TOP_LEVEL REFERRER_ABSENT LAX_SEEN STRICT_SEEN NO_GESTURE",
        "LANDED OWN_HOP_ONLY",
        "x_tabs_create_fg",
    ),
    (
        "typed",
        "TOP_LEVEL REFERRER_ABSENT LAX_SEEN STRICT_SEEN NO_GESTURE",
        "LANDED HIDDEN_REDIRECTOR UNSEEN",
        "x_tabs_create_net",
    ),
    (
        "forwarded",
        "TOP_LEVEL STRICT_CONTRADICTION REFERRER_ABSENT LAX_SEEN STRICT_SEEN NO_GESTURE",
        "LANDED OWN_HOP_ONLY",
        "x_tabs_update",
    ),
    (
        "typed",
        "TOP_LEVEL REFERRER_ABSENT LAX_SEEN STRICT_SEEN",
        "LANDED OWN_HOP_ONLY UNSEEN",
        "x_windows_min",
    ),
]


def seen_as(headers, method="GET"):
    """Return the class of a request with these headers, their names in any case."""
    said = {name.lower(): value for name, value in headers.items()}
    return prove(words_of(method, said.get), frozenset(), False, False).navigation
