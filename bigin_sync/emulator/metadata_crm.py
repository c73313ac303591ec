"""The modules of a fresh Zoho CRM org: fields with their lengths, mandatory and unique flags, layouts, related lists.

Names and lengths: Zoho CRM v8 field metadata of a stock org; new-style addresses (state and country are picklists).
Its administrator has made two custom fields. The API name of the first is not its label: it was made a second time.
"""

from bigin_sync.emulator import stock_options as of
from bigin_sync.emulator.metadata import FieldDef, LayoutDef, ModuleDef, RelatedListDef
from bigin_sync.emulator.stock_activities import NOTES_OF_A_RECORD, LinkStyle, activities, notes
from bigin_sync.emulator.stock_fields import (
    area,
    audit,
    big,
    day,
    email,
    flag,
    last_activity,
    lookup,
    make,
    moment,
    money,
    multi,
    new_address,
    number,
    person,
    phone,
    pick,
    real,
    shown,
    tag,
    text,
    website,
)  # fmt: skip -- one name a line would fill the page


def crm_modules(*, pipelines: bool, links: LinkStyle) -> list[ModuleDef]:
    """All modules of the org. pipelines: whether deals belong to one of several pipelines."""
    return [
        _leads(),
        _contacts(),
        _accounts(),
        _deals(pipelines=pipelines),
        _products(),
        *activities(links, crm=True),
        notes(),
        _vendors(),
        _campaigns(),
    ]


def _contacts() -> ModuleDef:
    fields = [
        *audit("Contact"),
        *_person_name(),
        lookup("Account_Name", "Accounts"),
        lookup("Vendor_Name", "Vendors"),
        lookup("Reporting_To", "Contacts"),
        email("Email", unique=True),
        email("Secondary_Email"),
        text("Title", length=100),
        text("Department", length=50),
        phone("Phone", length=50),
        phone("Mobile"),
        phone("Home_Phone"),
        phone("Other_Phone"),
        phone("Asst_Phone"),
        text("Fax", length=30),
        text("Assistant", length=50),
        day("Date_of_Birth"),
        pick("Lead_Source", of.LEAD_SOURCES),
        flag("Email_Opt_Out"),
        text("Skype_ID", "Skype ID", length=50),
        text("Twitter", "X (Twitter)", length=50),
        area("Description"),
        *new_address("Mailing", code="Zip", countries=of.COUNTRIES, states=of.STATES),
        *new_address("Other", code="Zip", countries=of.COUNTRIES, states=of.STATES),
        pick("Unsubscribed_Mode", of.UNSUBSCRIBED_MODES, read_only=True, creatable=False, editable=False),
        moment("Unsubscribed_Time", read_only=True, creatable=False, editable=False),
        shown("nearby_distance__s", data_type="double", decimal_place=2, read_only=True),
        *_record_facts(),
        text("Customer_Number_1", "Customer Number", length=40, custom=True),
    ]
    related = [
        _free("Products", "Products"),
        _back("Deals", "Deals", via="Contact_Name"),
        _back("Contacts", "Reporting Contacts", via="Reporting_To"),
        *_always(),
    ]
    return _module(
        "Contacts", "Contact", fields, name_field="Full_Name", suffix=2179, duplicate="Email", related=related
    )


def _person_name() -> list[FieldDef]:
    return [
        pick("Salutation", of.SALUTATIONS, length=120),
        text("First_Name", length=40),
        text("Last_Name", length=80, system_mandatory=True),
        shown("Full_Name", length=120, derived=True),
    ]


def _record_facts() -> list[FieldDef]:
    return [
        tag(),
        last_activity(),
        make("Record_Image", "Record Image", "profileimage", length=255),
        flag("Locked__s", creatable=False, editable=False),
        shown("Change_Log_Time__s", data_type="datetime", length=120, read_only=True, asked_only=True),
        shown("Record_Status__s", data_type="picklist", options=of.RECORD_STATUSES, asked_only=True, empty="Available"),
    ]


def _accounts() -> ModuleDef:
    fields = [
        *audit("Account"),
        text("Account_Name", length=200, system_mandatory=True),
        text("Account_Site", length=80),
        lookup("Parent_Account", "Accounts"),
        big("Account_Number", length=40, empty="0"),
        pick("Account_Type", of.ACCOUNT_TYPES),
        pick("Industry", of.INDUSTRIES),
        pick("Ownership", of.OWNERSHIPS),
        pick("Rating", of.RATINGS),
        money("Annual_Revenue"),
        number("Employees", length=16),
        number("SIC_Code", "SIC Code", length=16),
        text("Ticker_Symbol", length=30),
        phone("Phone"),
        text("Fax", length=30),
        website("Website"),
        area("Description"),
        *new_address("Billing", code="Code", countries=of.COUNTRIES, states=of.STATES),
        *new_address("Shipping", code="Code", countries=of.COUNTRIES, states=of.STATES),
        shown("nearby_distance__s", data_type="double", decimal_place=2, read_only=True),
        *_record_facts(),
    ]
    related = [
        _back("Contacts", "Contacts", via="Account_Name"),
        _back("Deals", "Deals", via="Account_Name"),
        _back("Accounts", "Member Accounts", via="Parent_Account"),
        _free("Products", "Products"),
        *_always(),
    ]
    return _module(
        "Accounts", "Account", fields, name_field="Account_Name", suffix=2177, duplicate="Account_Name", related=related
    )


def _deals(*, pipelines: bool) -> ModuleDef:
    fields = [
        *audit("Deal"),
        text("Deal_Name", length=120, system_mandatory=True),
        pick("Stage", of.stage_options(of.CRM_STAGES), system_mandatory=True),
        day("Closing_Date", layout_required=True),
        lookup("Account_Name", "Accounts", layout_required=True),
        lookup("Contact_Name", "Contacts"),
        money("Amount"),
        number("Probability", "Probability (%)", length=3),
        shown("Expected_Revenue", data_type="currency", length=16, decimal_place=2, derived=True),
        pick("Type", of.DEAL_TYPES),
        text("Next_Step", length=100),
        pick("Lead_Source", of.LEAD_SOURCES),
        lookup("Campaign_Source", "Campaigns"),
        pick("Reason_For_Loss__s", of.LOSS_REASONS),
        area("Description"),
        shown("Lead_Conversion_Time", data_type="integer", length=9, read_only=True),
        shown("Sales_Cycle_Duration", data_type="integer", length=9, read_only=True),
        shown("Overall_Sales_Duration", data_type="integer", length=9, read_only=True),
        tag(),
        last_activity(),
        flag("Locked__s", creatable=False, editable=False),
        shown("Change_Log_Time__s", data_type="datetime", length=120, read_only=True, asked_only=True),
        pick("Delivery_Terms", of.DELIVERY_TERMS, custom=True),
    ]
    known = (of.CRM_PIPELINE, of.CRM_RENEWALS) if pipelines else (of.CRM_PIPELINE,)
    if pipelines:
        choices = of.options(*(one.actual for one in known))
        fields.append(pick("Pipeline", choices, system_mandatory=True))
    related = [
        _free("Products", "Products"),
        _free("Contact_Roles", "Contact Roles", module="Contacts"),
        *_always(),
    ]
    module = _module(
        "Deals", "Deal", fields, name_field="Deal_Name", suffix=2181, duplicate="Deal_Name", related=related
    )
    module.stages = of.CRM_STAGES
    module.layouts[0].pipelines = known
    return module


def _products() -> ModuleDef:
    fields = [
        *audit("Product"),
        text("Product_Name", length=200, system_mandatory=True, unique=True),
        text("Product_Code", length=40),
        lookup("Vendor_Name", "Vendors"),
        flag("Product_Active", default=True),
        pick("Manufacturer", of.MANUFACTURERS),
        pick("Product_Category", of.PRODUCT_CATEGORIES),
        *[day(f"{kind}_Start_Date") for kind in ("Sales", "Support")],
        day("Sales_End_Date"),
        day("Support_Expiry_Date"),
        money("Unit_Price"),
        money("Commission_Rate"),
        multi("Tax", of.TAXES),
        flag("Taxable", default=True),
        pick("Usage_Unit", of.USAGE_UNITS),
        *[real(name, default=0) for name in ("Qty_Ordered", "Qty_in_Stock", "Reorder_Level", "Qty_in_Demand")],
        person("Handler"),
        area("Description"),
        tag(),
        shown("Last_Activity_Time", data_type="datetime", length=120),
        make("Record_Image", "Product Image", "profileimage", length=255),
        flag("Locked__s", creatable=False, editable=False),
    ]
    related = [
        _free("Deals", "Deals"),
        _free("Contacts", "Contacts"),
        _free("Accounts", "Accounts"),
        *_always(),
    ]
    return _module(
        "Products", "Product", fields, name_field="Product_Name", suffix=2213, duplicate="Product_Name", related=related
    )


def _leads() -> ModuleDef:
    fields = [
        *audit("Lead"),
        *_person_name(),
        text("Company", length=200, system_mandatory=True),
        text("Designation", "Title", length=100),
        email("Email"),
        email("Secondary_Email"),
        phone("Phone"),
        phone("Mobile"),
        text("Fax", length=30),
        website("Website", length=255),
        pick("Lead_Source", of.LEAD_SOURCES),
        pick("Lead_Status", of.LEAD_STATUSES),
        pick("Industry", of.INDUSTRIES),
        pick("Rating", of.RATINGS),
        number("No_of_Employees", "No. of Employees", length=16),
        money("Annual_Revenue"),
        flag("Email_Opt_Out"),
        text("Skype_ID", "Skype ID", length=50),
        text("Twitter", "X (Twitter)", length=50),
        text("Street", length=250),
        *[text(name, length=100) for name in ("City", "State", "Country")],
        text("Zip_Code", length=30),
        area("Description"),
        flag("Converted__s", creatable=False, editable=False, asked_only=True),
        *_record_facts(),
    ]
    related = [_free("Products", "Products"), *_always()]
    return _module("Leads", "Lead", fields, name_field="Full_Name", suffix=2175, duplicate="Email", related=related)


def _vendors() -> ModuleDef:
    fields = [
        *audit("Vendor"),
        text("Vendor_Name", length=120, system_mandatory=True),
        phone("Phone"),
        email("Email"),
        website("Website"),
        text("Category", length=50),
        text("Street", length=250),
        *[text(name, length=100) for name in ("City", "State", "Country")],
        text("Zip_Code", length=30),
        area("Description"),
        *_record_facts(),
    ]
    return _module(
        "Vendors", "Vendor", fields, name_field="Vendor_Name", suffix=2215, duplicate="Vendor_Name", related=_always()
    )


def _campaigns() -> ModuleDef:
    fields = [
        *audit("Campaign"),
        text("Campaign_Name", length=255, system_mandatory=True),
        pick("Type", of.CAMPAIGN_TYPES),
        pick("Status", of.CAMPAIGN_STATUSES),
        day("Start_Date"),
        day("End_Date"),
        money("Expected_Revenue"),
        money("Budgeted_Cost"),
        money("Actual_Cost"),
        big("Expected_Response"),
        big("Num_sent", "Numbers sent"),
        lookup("Parent_Campaign", "Campaigns"),
        area("Description"),
        tag(),
        last_activity(),
    ]
    return _module(
        "Campaigns",
        "Campaign",
        fields,
        name_field="Campaign_Name",
        suffix=2185,
        duplicate="Campaign_Name",
        related=_always(),
    )  # fmt: skip -- as the others


def _back(module: str, label: str, *, via: str) -> RelatedListDef:
    name = {"Reporting_To": "Reporting_Contacts", "Parent_Account": "Member_Accounts"}.get(via, module)
    return RelatedListDef(api_name=name, label=label, module=module, via=via)


def _free(name: str, label: str, *, module: str | None = None) -> RelatedListDef:
    return RelatedListDef(api_name=name, label=label, module=module or name)


def _always() -> list[RelatedListDef]:
    return [
        NOTES_OF_A_RECORD,
        *[RelatedListDef(api_name=one, label=one, module=one, via="What_Id") for one in ("Tasks", "Events", "Calls")],
    ]


def _module(
    api_name: str,
    noun: str,
    fields: list[FieldDef],
    *,
    name_field: str,
    suffix: int,
    duplicate: str,
    related: list[RelatedListDef],
) -> ModuleDef:
    return ModuleDef(
        api_name=api_name,
        module_name=api_name,
        singular=noun,
        plural=f"{noun}s",
        name_field=name_field,
        fields={one.api_name: one for one in fields},
        id_suffix=suffix,
        duplicate_field=duplicate,
        layouts=[LayoutDef(name="Standard", display_label="Standard", required=_required(fields))],
        related_lists=related,
    )


def _required(fields: list[FieldDef]) -> frozenset[str]:
    return frozenset(one.api_name for one in fields if one.layout_required)
