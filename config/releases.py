"""What the last release held. Renewed with each release."""

from __future__ import annotations

#: The last migration of each app in it: later ones run beside its processes, and are judged.
JUDGED_AFTER = {
    "affiliates": "0022_erased_accounts",
    "core": "0013_signing_keys",
    "experiments": "0003_stopped_early",
    "fraud": "0006_case_files_and_proposals",
    "influencers": "0011_notes_emptied",
    "payouts": "0023_signer_of_months",
    "shop": "0018_away",
    "tracking": "0014_salts_in_no_backup",
}
