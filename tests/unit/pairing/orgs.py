"""Two invented orgs: field metadata as each product answers it, so that the tests speak of real shapes."""

from typing import Any

from bigin_sync.pairing.fields import FieldMeta, read_fields

Row = dict[str, Any]
OPEN = {"view": True, "edit": True, "quick_create": True, "create": True}
SHUT = {"view": True, "edit": False, "quick_create": False, "create": False}


def field(name: str, data_type: str = "text", **more: object) -> Row:
    """A row of `settings/fields` of the older shape: no `operation_type`."""
    row: Row = {
        "api_name": name,
        "field_label": name.replace("_", " "),
        "display_label": name.replace("_", " "),
        "data_type": data_type,
        "json_type": "string",
        "length": 255,
        "decimal_place": None,
        "system_mandatory": False,
        "read_only": False,
        "field_read_only": False,
        "custom_field": False,
        "view_type": OPEN,
        "unique": {},
        "lookup": {},
        "pick_list_values": [],
    }
    return row | more


def choices(*values: str | tuple[str, str]) -> list[Row]:
    """Picklist values; a pair is (shown, stored)."""
    pairs = [value if isinstance(value, tuple) else (value, value) for value in values]
    return [{"display_value": shown, "actual_value": stored, "type": "used"} for shown, stored in pairs]


def points_to(module: str) -> Row:
    return {"api_name": "Some_List", "module": {"api_name": module, "id": "100"}}


def _address(prefix: str, code: str) -> list[Row]:
    return [field(f"{prefix}_{part}", length=100) for part in ("Street", "City", "State", code, "Country")]


def _audit() -> list[Row]:
    users = [
        field(name, "ownerlookup", json_type="jsonobject", view_type=SHUT) for name in ("Created_By", "Modified_By")
    ]
    return users + [field(name, "datetime", view_type=SHUT) for name in ("Created_Time", "Modified_Time")]


OWNER = field("Owner", "ownerlookup", json_type="jsonobject", field_read_only=True)

LEFT_CONTACTS = [
    OWNER,
    field("First_Name", length=40),
    field("Last_Name", length=80, system_mandatory=True),
    field("Full_Name", view_type=SHUT),
    field("Account_Name", "lookup", lookup=points_to("Accounts"), json_type="jsonobject"),
    field("Email", "email", length=100, unique={"casesensitive": "0"}),
    field("Title", length=100),
    field("Phone", "phone", length=50),
    field("Mobile", "phone", length=30),
    field("Email_Opt_Out", "boolean", json_type="boolean", length=5),
    field("Description", "textarea", length=32000),
    field("Tag", "text", json_type="jsonarray"),
    field("Record_Image", "profileimage"),
    field("Remind_At", "datetime"),
    *_address("Mailing", "Zip"),
    field("Shirt_Size", "picklist", custom_field=True, pick_list_values=choices("-None-", "S", "M", "L")),
    field("Hobbies", "multiselectpicklist", custom_field=True, pick_list_values=choices("Chess", "Rowing", "Tea")),
    field("Score", "integer", custom_field=True, length=9),
    field("Only_Here", custom_field=True),
    *_audit(),
]

RIGHT_CONTACTS = [
    OWNER,
    field("First_Name", length=40),
    field("Last_Name", length=80, system_mandatory=True),
    field("Full_Name", view_type=SHUT),
    field("Account_Name", "lookup", lookup=points_to("Accounts"), json_type="jsonobject"),
    field("Email", "email", length=100, unique={"casesensitive": "0"}),
    field("Title", length=20),
    field("Phone", "phone", length=50),
    field("Mobile", "phone", length=30),
    field("Email_Opt_Out", "boolean", json_type="boolean", length=5),
    field("Description", "textarea", length=32000),
    field("Lead_Source", "picklist", pick_list_values=choices("-None-", ("Online Store", "OnlineStore"))),
    field("Reporting_To", "lookup", lookup=points_to("Contacts"), json_type="jsonobject"),
    *[row for row in _address("Mailing", "Zip") if row["api_name"] != "Mailing_Country"],
    field("Mailing_Country", "picklist", pick_list_values=choices("-None-", ("Germany", "DE"), ("Peru", "PE"))),
    field(
        "Shirt_Size", "picklist", custom_field=True, pick_list_values=choices("-None-", ("Medium", "M"), ("Large", "L"))
    ),
    field("Hobbies", "multiselectpicklist", custom_field=True, pick_list_values=choices("Chess", "Rowing")),
    field("Score", "double", custom_field=True, length=16, decimal_place=2),
    *_audit(),
]

LEFT_COMPANIES = [
    OWNER,
    field("Account_Name", length=200, system_mandatory=True),
    field("Phone", "phone", length=30),
    field("Website", "website", length=450),
    field("Annual_Revenue", "currency", length=16, decimal_place=2),
    *_address("Billing", "Code"),
    *_audit(),
]

RIGHT_COMPANIES = [*LEFT_COMPANIES, field("Parent_Account", "lookup", lookup=points_to("Accounts"))]


def metas(rows: list[Row]) -> dict[str, FieldMeta]:
    return read_fields(rows)
