"""The work engine, and its clock. A lost tick costs a minute, never a cent."""

from __future__ import annotations

import gc
import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_process_init

from config import task_counts  # noqa: F401 It listens.

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

PULLS, OUTSIDE = "celery", "outside"
QUEUES = (PULLS, OUTSIDE)
OUTSIDE_TASKS = (
    "affiliates.tasks.check_settled_vat_numbers",
    "affiliates.tasks.check_vat_numbers",
    "affiliates.tasks.send_to_endpoint",
    "core.tasks.purge_rule",
    "fraud.tasks.check_asked",
    "fraud.tasks.check_proofs",
    "fraud.tasks.vet_sites",
    "fraud.tasks.watch_domains",
    "portal.tasks.write_data_files",
    "portal.tasks.write_exports",
    "shop.tasks.ask_platform",
    "shop.tasks.check_connections",
    "shop.tasks.read_drops",
    "tracking.tasks.look_at_destinations",
)


def every(seconds: int, task: str) -> dict[str, Any]:
    """Return a schedule entry; a tick that nobody took before the next one is thrown away."""
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds}}


def nightly(hour: int, minute: int, task: str) -> dict[str, Any]:
    """Return a schedule entry for once a night, local time; it may start up to six hours late."""
    return {
        "task": task,
        "schedule": crontab(hour=hour, minute=minute),
        "options": {"expires": 6 * 3600},
    }


@worker_process_init.connect  # type: ignore[untyped-decorator]
def keep_what_stays(**_kwargs: Any) -> None:
    """Let no garbage collection walk over the loaded programme: that took 0.1 s each time."""
    gc.collect()
    gc.freeze()


app = Celery("apport")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# What waits for other people's servers, or writes long files, has a queue and a worker of its own:
# however slow they are, the ticks of money find a free process. A worker told nothing reads both.
app.conf.task_queues = {name: {"exchange": name, "routing_key": name} for name in QUEUES}
app.conf.task_default_queue = PULLS
app.conf.task_routes = dict.fromkeys(OUTSIDE_TASKS, {"queue": OUTSIDE})
app.conf.beat_schedule = {
    "send deliveries": every(30, "core.tasks.send_deliveries"),
    "send summaries": every(300, "core.tasks.send_digests"),
    "purge": nightly(3, 5, "core.tasks.purge"),
    "file erasures": every(300, "core.tasks.file_erasures"),
    "write copies of data": every(60, "portal.tasks.write_data_files"),
    "process inbound": every(30, "shop.tasks.process_inbound"),
    "ask for changed orders": every(3600, "shop.tasks.sync_orders"),
    "settle differences": every(300, "shop.tasks.settle_differences"),
    "ask for catalogues": every(14_400, "shop.tasks.sync_catalogues"),
    "read dropped files": every(900, "shop.tasks.read_drops"),
    "check connections": every(3600, "shop.tasks.check_connections"),
    "answer customers": every(3600, "shop.tasks.answer_customers"),
    "attribute pending": every(60, "tracking.tasks.attribute_pending"),
    "sum order days": every(60, "tracking.tasks.sum_order_days"),
    "screen pending": every(60, "fraud.tasks.screen_pending"),
    "count facts": every(900, "fraud.tasks.count_facts"),
    "observe affiliates": every(3600, "fraud.tasks.observe_affiliates"),
    "escalate cases": every(3600, "fraud.tasks.escalate_cases"),
    "watch domains": every(300, "fraud.tasks.watch_domains"),
    "vet sites": every(300, "fraud.tasks.vet_sites"),
    "check what is asked": every(60, "fraud.tasks.check_asked"),
    "run back-tests": every(60, "fraud.tasks.run_backtests"),
    "accrue pending": every(60, "payouts.tasks.accrue_pending"),
    "apply returns": every(60, "payouts.tasks.apply_returns"),
    "complete costs": every(60, "payouts.tasks.complete_costs"),
    "apply decisions": every(60, "payouts.tasks.apply_decisions"),
    "approve due": every(60, "payouts.tasks.approve_due"),
    "note achievements": every(600, "payouts.tasks.note_achievements"),
    "settle claims": every(60, "payouts.tasks.settle_claims"),
    "escalate claims": every(3600, "payouts.tasks.escalate_claims"),
    "remind of claims": every(3600, "payouts.tasks.remind_of_claims"),
    "run Stripe batches": every(60, "payouts.tasks.run_stripe_batches"),
    "handle Stripe events": every(60, "payouts.tasks.handle_stripe_events"),
    "issue statements": every(60, "payouts.tasks.issue_statements"),
    "issue invoices": every(600, "payouts.tasks.issue_invoices"),
    "deliver invoices": every(300, "payouts.tasks.deliver_invoices"),
    "run simulations": every(60, "payouts.tasks.run_simulations"),
    "refresh shelf": every(3600, "payouts.tasks.refresh_shelf"),
    "run the clock of looks": every(600, "influencers.tasks.run_look_clock"),
    "end account views": every(300, "affiliates.tasks.end_account_views"),
    "send announcements": every(60, "affiliates.tasks.send_announcements"),
    "mail incidents": every(60, "affiliates.tasks.mail_incidents"),
    "begin moves": every(300, "affiliates.tasks.begin_moves"),
    "tell of terms": every(3600, "affiliates.tasks.tell_of_terms"),
    "tell of accounts": every(60, "affiliates.tasks.tell_events"),
    "tell of codes and links": every(60, "tracking.tasks.tell_events"),
    "tell of looks": every(60, "influencers.tasks.tell_events"),
    "tell of cases": every(60, "fraud.tasks.tell_events"),
    "tell of sales and payouts": every(60, "payouts.tasks.tell_events"),
    "send events": every(30, "affiliates.tasks.send_events"),
    "end proposals of roles": nightly(3, 44, "core.tasks.end_staff_proposals"),
    "check VAT numbers": every(300, "affiliates.tasks.check_vat_numbers"),
    "check VAT numbers again": nightly(4, 20, "affiliates.tasks.check_settled_vat_numbers"),
    "remind of taxes": nightly(6, 30, "affiliates.tasks.remind_of_taxes"),
    "remind of the declaration": nightly(6, 40, "payouts.tasks.remind_of_declaration"),
    "warn of licences": nightly(6, 45, "influencers.tasks.warn_of_licences"),
    "warn of contracts": nightly(6, 50, "payouts.tasks.warn_of_contracts"),
    "book campaign fees": every(300, "payouts.tasks.book_campaign_fees"),
    "remind of campaigns": nightly(7, 10, "influencers.tasks.remind_of_campaigns"),
    "note swaps of looks": every(900, "influencers.tasks.note_swaps"),
    "complete renditions": every(600, "influencers.tasks.complete_renditions"),
    "mark standing": nightly(2, 10, "influencers.tasks.mark_standing"),
    "look at experiments": nightly(4, 10, "experiments.tasks.look"),
    "expose visitors": every(900, "tracking.tasks.expose_visitors"),
    "look at destinations": every(1800, "tracking.tasks.look_at_destinations"),
    "turn salts": every(3600, "tracking.tasks.turn_salts"),
    "sum referrers": every(600, "tracking.tasks.sum_referrers"),
    "settle referrers": nightly(0, 30, "tracking.tasks.settle_referrers"),
    "sweep orders": nightly(1, 0, "tracking.tasks.sweep_orders"),
    "sweep credits": nightly(1, 20, "fraud.tasks.sweep_credits"),
    "gather look-alikes": nightly(4, 30, "fraud.tasks.gather_lookalikes"),
    "check proofs": nightly(4, 50, "fraud.tasks.check_proofs"),
    "settle counts": nightly(0, 50, "fraud.tasks.settle_counts"),
    "sweep accruals": nightly(1, 40, "payouts.tasks.sweep_accruals"),
    "check the ledger": nightly(2, 30, "payouts.tasks.check_ledger_nightly"),
    "reconcile": nightly(5, 10, "payouts.tasks.reconcile_nightly"),
    "tell of first visitors": every(900, "tracking.tasks.tell_first_clicks"),
    "tell of declined sales": nightly(8, 0, "portal.tasks.tell_declined"),
    "tell of last week": every(3600, "portal.tasks.send_weeks"),
    "tell of scheduled payouts": every(900, "portal.tasks.tell_of_scheduled_payouts"),
    "tell of codes that travel": every(3600, "portal.tasks.tell_of_codes"),
    "watch tracking": every(300, "portal.tasks.watch_tracking"),
    "tell of batches to approve": every(300, "payouts.tasks.tell_of_batches"),
    "tell of last month": every(3600, "portal.tasks.send_months"),
    "tell the team what waits": nightly(8, 30, "portal.tasks.send_queue_digest"),
    "write exports": every(60, "portal.tasks.write_exports"),
    "begin scheduled reports": every(300, "portal.tasks.begin_scheduled"),
    "sweep exports": every(3600, "portal.tasks.sweep_exports"),
    "compare orders": nightly(2, 10, "shop.tasks.compare_orders"),
}
