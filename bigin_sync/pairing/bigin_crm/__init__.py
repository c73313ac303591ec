"""The pairing of Bigin (left) and Zoho CRM (right).

Field names follow the two vendors' field lists. Both products descend from one, so most API names are the same on
both sides; which of them an org really has is read from its metadata, never assumed. Bigin hides about twenty of
CRM's fields by default and shows them when a custom field takes their place; a pair whose field one org does not list
is simply not proposed. Each module has its file here.
"""

from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm.activities import (
    ACTIVITIES_MODULE,
    CALL,
    CALL_SPEC,
    EVENT,
    EVENT_SPEC,
    TASK,
    TASK_SPEC,
)
from bigin_sync.pairing.bigin_crm.contacts import COMPANY, COMPANY_SPEC, CONTACT, CONTACT_SPEC, CONTACTS_MODULE
from bigin_sync.pairing.bigin_crm.notes import NOTE, NOTE_SPEC, NOTES_MODULE
from bigin_sync.pairing.bigin_crm.pipelines import DEAL, DEAL_SPEC, PIPELINES_MODULE, PRODUCT, PRODUCT_SPEC
from bigin_sync.pairing.catalog import Pairing

BIGIN_CRM = Pairing(
    name="bigin_crm",
    labels={Side.LEFT: "bigin", Side.RIGHT: "crm"},
    titles={Side.LEFT: "Bigin", Side.RIGHT: "Zoho CRM"},
    kinds=(COMPANY_SPEC, CONTACT_SPEC, PRODUCT_SPEC, DEAL_SPEC, TASK_SPEC, EVENT_SPEC, CALL_SPEC, NOTE_SPEC),
    modules=(CONTACTS_MODULE, PIPELINES_MODULE, ACTIVITIES_MODULE, NOTES_MODULE),
    # A reminder rings and an invitation is mailed on the side it is written to, so none of these may ever cross:
    # Bigin v2 and Zoho CRM v8 name them so on tasks, events and calls.
    never_synced=(
        "Remind_At",
        "Reminder",
        "Remind_Participants",
        "Recurring_Activity",
        "$recurrence_id",
        "event_reminder",
        "Participants",
        "*Notification*",
    ),
    key_label="Bigin Sync Key",
)

__all__ = [
    "BIGIN_CRM",
    "CALL",
    "CALL_SPEC",
    "COMPANY",
    "COMPANY_SPEC",
    "CONTACT",
    "CONTACT_SPEC",
    "DEAL",
    "DEAL_SPEC",
    "EVENT",
    "EVENT_SPEC",
    "NOTE",
    "NOTE_SPEC",
    "PRODUCT",
    "PRODUCT_SPEC",
    "TASK",
    "TASK_SPEC",
]
