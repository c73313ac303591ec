"""Stories that can't be told with their sides exchanged, and why: each is about what only one product has."""

from collections.abc import Mapping

VIEW = "only the CRM has list views that say what is synced"
PIPELINE = "only Bigin keeps its deals in sub-pipelines"
VALUES = "a mapping names the values of Bigin first"

ONE_WAY: Mapping[str, str] = {
    "a-deal-whose-company-is-held-waits": PIPELINE,
    "a-deleted-company-leaves-its-people": "in Bigin a company takes its people into the recycle bin with it",
    "a-linked-record-that-leaves-the-view-stays-in-sync": VIEW,
    "a-new-record-gets-its-option-later": VALUES,
    "a-refused-company-keeps-nobody-back-for-good": PIPELINE,
    "a-view-that-shows-more-is-picked-up": VIEW,
    "all-kinds": PIPELINE,
    "an-activity-of-an-unsynced-record-waits": VIEW,
    "brake-on-what-follows-from-new-records": "only Bigin hides the parents of companies, so that they follow later",
    "changing-the-view-removes-nothing": VIEW,
    "crm-with-pipelines": PIPELINE,
    "crm-without-pipelines": PIPELINE,
    "deals-first-sync": PIPELINE,
    "deals-of-a-new-company-are-found-again": PIPELINE,
    "every-skip-names-its-cause": VIEW,
    "notes-on-contacts-companies-and-deals": PIPELINE,
    "reconfigure-settles-only-what-both-changed": PIPELINE,
    "reconfigure-with-ask": PIPELINE,
    "reconfigure-with-bigin-wins": PIPELINE,
    "reconfigure-with-skip": PIPELINE,
    "reconfigure-with-the-later-edit": PIPELINE,
    "stage-map-by-name": PIPELINE,
    "stage-without-counterpart-waits": PIPELINE,
    "unknown-picklist-value-problem": VALUES,
}
