"""Contacts & Companies: the module that carries the others, and its two kinds."""

from bigin_sync.model.kind import Kind
from bigin_sync.pairing.bigin_crm.alike import OWNER, address, alike, needed, points_to
from bigin_sync.pairing.catalog import FieldType, KeyPart, KindSide, KindSpec, MatchRule, ModuleSpec, Norm

COMPANY = Kind("company")
CONTACT = Kind("contact")

COMPANY_SPEC = KindSpec(
    kind=COMPANY,
    left=KindSide("Accounts", "Company", "Companies"),
    right=KindSide("Accounts", "Account", "Accounts"),
    module="contacts",
    fields=(
        needed("Account_Name"),
        *alike("Phone", held=FieldType.PHONE),
        *alike("Website", held=FieldType.WEBSITE),
        *alike("Description", held=FieldType.TEXTAREA),
        *address("Billing", "Code"),
        *OWNER,
        points_to(COMPANY, "Parent_Account"),
        *alike("Industry", "Account_Type", "Ownership", "Rating", held=FieldType.PICKLIST),
        *alike("Annual_Revenue", held=FieldType.MONEY),
        *alike("Employees", "Account_Number", "SIC_Code", held=FieldType.INTEGER),
        *alike("Account_Site", "Ticker_Symbol"),
        *alike("Fax", held=FieldType.PHONE),
        *address("Shipping", "Code"),
    ),
    label_fields=("Account_Name",),
    match=(
        MatchRule(
            1, "name and website", (KeyPart(("Account_Name",), Norm.COMPANY), KeyPart(("Website",), Norm.DOMAIN))
        ),
        MatchRule(
            2, "name", (KeyPart(("Account_Name",), Norm.COMPANY),), against=(KeyPart(("Website",), Norm.DOMAIN),)
        ),
    ),
)

CONTACT_SPEC = KindSpec(
    kind=CONTACT,
    left=KindSide("Contacts", "Contact", "Contacts"),
    right=KindSide("Contacts", "Contact", "Contacts"),
    module="contacts",
    fields=(
        *alike("First_Name"),
        needed("Last_Name"),
        *alike("Email", held=FieldType.EMAIL),
        *alike("Title"),
        *alike("Phone", "Mobile", "Home_Phone", held=FieldType.PHONE),
        points_to(COMPANY, "Account_Name"),
        *address("Mailing", "Zip"),
        *alike("Description", held=FieldType.TEXTAREA),
        *alike("Email_Opt_Out", held=FieldType.BOOLEAN),
        *OWNER,
        *alike("Salutation", "Lead_Source", held=FieldType.PICKLIST),
        *alike("Department", "Assistant", "Skype_ID", "Twitter"),
        *alike("Date_of_Birth", held=FieldType.DATE),
        *alike("Secondary_Email", held=FieldType.EMAIL),
        points_to(CONTACT, "Reporting_To"),
        *alike("Other_Phone", "Asst_Phone", "Fax", held=FieldType.PHONE),
        *address("Other", "Zip"),
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
            against=(KeyPart(("Email",), Norm.EMAIL), KeyPart(("First_Name",), Norm.PERSON)),
        ),
        MatchRule(
            3,
            "name",
            (KeyPart(("Last_Name",), Norm.PERSON), KeyPart(("First_Name",), Norm.PERSON, or_none=True)),
            faint=True,
        ),
    ),
)

CONTACTS_MODULE = ModuleSpec(
    name="contacts",
    label="Contacts & Companies",
    kinds=(COMPANY, CONTACT),
    needs_view=True,
    can_disable=False,
)
