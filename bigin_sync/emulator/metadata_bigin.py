"""The modules of a fresh Bigin org. Companies are `Accounts`, deals are `Pipelines`, a team pipeline is a layout.

Names and lengths: Bigin v2 field metadata; addresses are old-style, five plain texts. Bigin keeps more fields of CRM
than it lists: they come along in a search and cannot be written. Its administrator has made one custom field.
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
    hidden,
    last_activity,
    lookup,
    make,
    moment,
    money,
    multi,
    number,
    old_address,
    person,
    phone,
    pick,
    real,
    shown,
    tag,
    text,
    website,
)  # fmt: skip -- one name a line would fill the page


def bigin_modules(*, links: LinkStyle) -> list[ModuleDef]:
    """All modules of the org."""
    kinds = activities(links, crm=False)
    kinds[1].singular, kinds[1].plural = "Event", "Events"
    return [_contacts(), _accounts(), _pipelines(), _products(), *kinds, notes(), _associated_products(), _social()]


def _contacts() -> ModuleDef:
    fields = [
        *audit("Contact"),
        text("First_Name", length=40, quick=1),
        text("Last_Name", length=80, system_mandatory=True, quick=2),
        lookup("Account_Name", "Accounts", "Company Name", quick=3),
        email("Email", unique=True, quick=4),
        text("Title", length=100),
        phone("Phone", length=50, quick=5),
        phone("Home_Phone"),
        phone("Mobile"),
        shown("Full_Name", length=120, derived=True),
        *old_address("Mailing", code="Zip"),
        area("Description"),
        flag("Email_Opt_Out"),
        last_activity(),
        tag(),
        make("Record_Image", "Record Image", "profileimage", length=255),
        pick("Unsubscribed_Mode", of.UNSUBSCRIBED_MODES, read_only=True, creatable=False, editable=False),
        moment("Unsubscribed_Time", read_only=True, creatable=False, editable=False),
        big("Record_Creation_Source_ID__s", length=19, creatable=False, editable=False, empty="0"),
        *_hidden_of_contacts(),
    ]
    related = [
        RelatedListDef(api_name="Pipelines", label="Pipelines", module="Pipelines", via="Contact_Name"),
        _free("Products"),
        *_always(),
    ]
    return _module("Contacts", ("Contact", "Contacts"), fields, name_field="Full_Name", suffix=2179, related=related)


def _hidden_of_contacts() -> list[FieldDef]:
    return hidden(
        text("Assistant", length=50),
        phone("Asst_Phone"),
        day("Date_of_Birth"),
        text("Department", length=50),
        text("Fax", length=30),
        pick("Lead_Source", of.LEAD_SOURCES),
        flag("Locked__s"),
        *old_address("Other", code="Zip"),
        phone("Other_Phone"),
        lookup("Reporting_To", "Contacts"),
        pick("Salutation", of.SALUTATIONS),
        email("Secondary_Email"),
        text("Skype_ID", length=50),
        text("Twitter", length=50),
    )


def _accounts() -> ModuleDef:
    fields = [
        *audit("Company"),
        text("Account_Name", "Company Name", length=200, system_mandatory=True),
        phone("Phone"),
        website("Website"),
        area("Description"),
        *old_address("Billing", code="Code"),
        tag(),
        last_activity(),
        make("Record_Image", "Record Image", "profileimage", length=255),
        *hidden(
            big("Account_Number", empty="0"),
            text("Account_Site", length=80),
            pick("Account_Type", of.ACCOUNT_TYPES),
            money("Annual_Revenue"),
            number("Employees"),
            text("Fax", length=30),
            pick("Industry", of.INDUSTRIES),
            flag("Locked__s"),
            pick("Ownership", of.OWNERSHIPS),
            lookup("Parent_Account", "Accounts"),
            pick("Rating", of.RATINGS),
            number("SIC_Code"),
            *old_address("Shipping", code="Code"),
            text("Ticker_Symbol", length=30),
        ),
    ]
    related = [
        RelatedListDef(api_name="Contacts", label="Contacts", module="Contacts", via="Account_Name"),
        RelatedListDef(api_name="Pipelines", label="Pipelines", module="Pipelines", via="Account_Name"),
        _free("Products"),
        *_always(),
    ]
    return _module(
        "Accounts", ("Company", "Companies"), fields, name_field="Account_Name", suffix=2177, related=related
    )


def _pipelines() -> ModuleDef:
    subs = (of.BIGIN_SALES, of.BIGIN_RENEWALS, of.BIGIN_ONBOARDING)
    fields = [
        *audit("Deal"),
        text("Deal_Name", length=120, system_mandatory=True),
        pick("Sub_Pipeline", of.options(*(one.actual for one in subs)), system_mandatory=True),
        pick("Stage", of.stage_options(of.BIGIN_STAGES), system_mandatory=True),
        big("Pipeline", length=19),
        money("Amount"),
        day("Closing_Date"),
        lookup("Account_Name", "Accounts", "Company Name"),
        lookup("Contact_Name", "Contacts"),
        make("Secondary_Contacts", "Secondary Contacts", "multiselectlookup", length=120),
        make("Associated_Products", "Associated Products", "subform", length=120),
        area("Description"),
        tag(),
        last_activity(),
        text("Order_Reference", length=40, custom=True),
        *hidden(flag("Locked__s")),
    ]
    related = [
        _free("Products"),
        RelatedListDef(api_name="Contacts", label="Contacts", module="Contacts"),
        *_always(),
    ]
    module = _module("Pipelines", ("Deal", "Pipelines"), fields, name_field="Deal_Name", suffix=2181, related=related)
    module.stages = of.BIGIN_STAGES
    module.layouts = [
        LayoutDef(name="Sales Pipeline", pipelines=(of.BIGIN_SALES, of.BIGIN_RENEWALS)),
        LayoutDef(name="Onboarding", pipelines=(of.BIGIN_ONBOARDING,)),
    ]
    return module


def _products() -> ModuleDef:
    fields = [
        *audit("Product"),
        text("Product_Name", length=200, system_mandatory=True),
        text("Product_Code", length=40),
        pick("Product_Category", of.PRODUCT_CATEGORIES),
        flag("Product_Active", default=True),
        money("Unit_Price"),
        area("Description"),
        flag("Taxable", default=True),
        multi("Tax", of.TAXES),
        person("Handler"),
        pick("Manufacturer", of.MANUFACTURERS),
        pick("Usage_Unit", of.USAGE_UNITS),
        *[real(name, default=0) for name in ("Qty_Ordered", "Qty_in_Stock", "Reorder_Level", "Qty_in_Demand")],
        money("Commission_Rate"),
        *[day(f"{kind}_Start_Date") for kind in ("Sales", "Support")],
        day("Sales_End_Date"),
        day("Support_Expiry_Date"),
        tag(),
        shown("Last_Activity_Time", data_type="datetime", length=120),
        make("Record_Image", "Product Image", "profileimage", length=255),
        *hidden(flag("Locked__s")),
    ]
    related = [
        _free("Pipelines"),
        _free("Contacts"),
        _free("Accounts"),
        *_always(),
    ]
    return _module("Products", ("Product", "Products"), fields, name_field="Product_Name", suffix=2213, related=related)


def _associated_products() -> ModuleDef:
    fields = [
        *audit("Associated Product"),
        lookup("Parent_Id", "Pipelines", "Parent ID"),
        lookup("Product", "Products", system_mandatory=True),
        real("Quantity", default=1),
        money("List_Price"),
        money("Total"),
    ]
    module = _module(
        "Associated_Products",
        ("Associated Product", "Associated Products"),
        fields,
        name_field="Product",
        suffix=2231,
        related=[],
    )  # fmt: skip -- as the others
    module.module_name = "LinkingModule1"
    module.generated_type = "subform"
    module.parent_module = "Pipelines"
    module.visible = False
    module.duplicate_field = None
    return module


def _social() -> ModuleDef:
    module = _module("Social", ("Social", "Social"), audit("Social"), name_field="id", suffix=2225, related=[])
    module.api_supported = False
    module.duplicate_field = None
    return module


def _free(module: str) -> RelatedListDef:
    return RelatedListDef(api_name=module, label=module, module=module)


def _always() -> list[RelatedListDef]:
    calls = RelatedListDef(api_name="All_Calls", label="Calls", module="Calls", via="What_Id")
    return [
        NOTES_OF_A_RECORD,
        *[RelatedListDef(api_name=name, label=name, module=name, via="What_Id") for name in ("Tasks", "Events")],
        calls,
    ]


def _module(
    api_name: str,
    nouns: tuple[str, str],
    fields: list[FieldDef],
    *,
    name_field: str,
    suffix: int,
    related: list[RelatedListDef],
) -> ModuleDef:
    own = {"Contacts": "Email", "Accounts": "Account_Name", "Pipelines": "Deal_Name", "Products": "Product_Name"}
    return ModuleDef(
        api_name=api_name,
        module_name=api_name,
        singular=nouns[0],
        plural=nouns[1],
        name_field=name_field,
        fields={one.api_name: one for one in fields},
        id_suffix=suffix,
        duplicate_field=own.get(api_name),
        layouts=[LayoutDef(name="Standard", display_label="Standard")],
        related_lists=related,
    )
