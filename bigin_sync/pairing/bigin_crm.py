"""The pairing of Bigin (left) and Zoho CRM (right).

Field names follow the two vendors' field lists. Both products descend from one, so most API names are the same on
both sides; which of them an org really has is read from its metadata, never assumed. Bigin hides about twenty of
CRM's fields by default and shows them when a custom field takes their place; a pair whose field one org does not list
is simply not proposed.
"""

from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.pairing.catalog import (
    FieldPair,
    FieldType,
    KeyPart,
    KindSide,
    KindSpec,
    MatchRule,
    ModuleSpec,
    Norm,
    Pairing,
)

COMPANY = Kind("company")
CONTACT = Kind("contact")


def _alike(*names: str, held: FieldType = FieldType.TEXT) -> tuple[FieldPair, ...]:
    """Pairs of fields that have the same API name in both products."""
    return tuple(FieldPair(name=name, left=name, right=name, type=held) for name in names)


def _needed(name: str) -> FieldPair:
    return FieldPair(name=name, left=name, right=name, type=FieldType.TEXT, needed=True)


def _points_to(kind: Kind, name: str) -> FieldPair:
    return FieldPair(name=name, left=name, right=name, type=FieldType.LOOKUP, to=kind)


def _address(prefix: str, code: str) -> tuple[FieldPair, ...]:
    return _alike(*(f"{prefix}_{part}" for part in ("Street", "City", "State", code, "Country")))


OWNER = _alike("Owner", held=FieldType.OWNER)

COMPANY_SPEC = KindSpec(
    kind=COMPANY,
    left=KindSide("Accounts", "Company", "Companies"),
    right=KindSide("Accounts", "Account", "Accounts"),
    module="contacts",
    fields=(
        _needed("Account_Name"),
        *_alike("Phone", held=FieldType.PHONE),
        *_alike("Website", held=FieldType.WEBSITE),
        *_alike("Description", held=FieldType.TEXTAREA),
        *_address("Billing", "Code"),
        *OWNER,
        _points_to(COMPANY, "Parent_Account"),
        *_alike("Industry", "Account_Type", "Ownership", "Rating", held=FieldType.PICKLIST),
        *_alike("Annual_Revenue", held=FieldType.MONEY),
        *_alike("Employees", "Account_Number", "SIC_Code", held=FieldType.INTEGER),
        *_alike("Account_Site", "Ticker_Symbol"),
        *_alike("Fax", held=FieldType.PHONE),
        *_address("Shipping", "Code"),
    ),
    label_fields=("Account_Name",),
    match=(
        MatchRule(
            1, "name and website", (KeyPart(("Account_Name",), Norm.COMPANY), KeyPart(("Website",), Norm.DOMAIN))
        ),
        MatchRule(2, "name", (KeyPart(("Account_Name",), Norm.COMPANY),)),
    ),
)

CONTACT_SPEC = KindSpec(
    kind=CONTACT,
    left=KindSide("Contacts", "Contact", "Contacts"),
    right=KindSide("Contacts", "Contact", "Contacts"),
    module="contacts",
    fields=(
        *_alike("First_Name"),
        _needed("Last_Name"),
        *_alike("Email", held=FieldType.EMAIL),
        *_alike("Title"),
        *_alike("Phone", "Mobile", "Home_Phone", held=FieldType.PHONE),
        _points_to(COMPANY, "Account_Name"),
        *_address("Mailing", "Zip"),
        *_alike("Description", held=FieldType.TEXTAREA),
        *_alike("Email_Opt_Out", held=FieldType.BOOLEAN),
        *OWNER,
        *_alike("Salutation", "Lead_Source", held=FieldType.PICKLIST),
        *_alike("Department", "Assistant", "Skype_ID", "Twitter"),
        *_alike("Date_of_Birth", held=FieldType.DATE),
        *_alike("Secondary_Email", held=FieldType.EMAIL),
        _points_to(CONTACT, "Reporting_To"),
        *_alike("Other_Phone", "Asst_Phone", "Fax", held=FieldType.PHONE),
        *_address("Other", "Zip"),
    ),
    label_fields=("First_Name", "Last_Name"),
    match=(
        MatchRule(1, "e-mail", (KeyPart(("Email",), Norm.EMAIL),)),
        MatchRule(
            2,
            "phone and last name",
            (
                KeyPart(("Last_Name",), Norm.PERSON),
                KeyPart(("Phone", "Mobile", "Home_Phone", "Other_Phone"), Norm.PHONE),
            ),
        ),
    ),
)

BIGIN_CRM = Pairing(
    name="bigin_crm",
    labels={Side.LEFT: "bigin", Side.RIGHT: "crm"},
    titles={Side.LEFT: "Bigin", Side.RIGHT: "Zoho CRM"},
    kinds=(COMPANY_SPEC, CONTACT_SPEC),
    modules=(
        ModuleSpec(
            name="contacts",
            label="Contacts & Companies",
            kinds=(COMPANY, CONTACT),
            needs_view=True,
            can_disable=False,
        ),
    ),
    # A reminder rings and an invitation is mailed on the side it is written to, so none of these may ever cross:
    # Bigin v2 and Zoho CRM v8 name them so on tasks, events and calls.
    never_synced=(
        "Remind_At",
        "Reminder",
        "Remind_Participants",
        "Recurring_Activity",
        "$recurrence_id",
        "event_reminder",
        "*Notification*",
    ),
)
