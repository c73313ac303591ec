"""Automations: what an org may do by itself once a record of it was written."""

from enum import StrEnum


class Automation(StrEnum):
    """What a write may set off, in words of both products (Bigin v2 and Zoho CRM v8, "Insert Records": `trigger`)."""

    WORKFLOW = "workflow"
    APPROVAL = "approval"
    BLUEPRINT = "blueprint"
