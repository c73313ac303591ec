"""Pipelines & Products: deals with their stages and products, and the products themselves.

Sources: Bigin v2 "Pipelines", "Products"; Zoho CRM v8 "Deals", "Products" and their related lists. CRM has `Pipeline`
beside `Stage` only where pipelines are switched on; Bigin always has `Sub_Pipeline` beside it, and derives the team
pipeline from that.
"""

from bigin_sync.model.kind import Kind
from bigin_sync.pairing.bigin_crm.alike import OWNER, alike, needed, points_to
from bigin_sync.pairing.bigin_crm.contacts import COMPANY, CONTACT
from bigin_sync.pairing.catalog import (
    Association,
    FieldPair,
    FieldType,
    KeyPart,
    KindSide,
    KindSpec,
    MatchRule,
    ModuleSpec,
    Norm,
)

PRODUCT = Kind("product")
DEAL = Kind("deal")

PRODUCT_SPEC = KindSpec(
    kind=PRODUCT,
    left=KindSide("Products", "Product", "Products"),
    right=KindSide("Products", "Product", "Products"),
    module="pipelines",
    fields=(
        needed("Product_Name"),
        *alike("Product_Code"),
        *alike("Product_Category", held=FieldType.PICKLIST),
        *alike("Product_Active", held=FieldType.BOOLEAN),
        *alike("Unit_Price", held=FieldType.MONEY),
        *alike("Description", held=FieldType.TEXTAREA),
        *OWNER,
        *alike("Taxable", held=FieldType.BOOLEAN),
        *alike("Tax", held=FieldType.MULTIPICKLIST),
        *alike("Manufacturer", "Usage_Unit", held=FieldType.PICKLIST),
        *alike("Qty_in_Stock", "Qty_Ordered", "Qty_in_Demand", "Reorder_Level", held=FieldType.NUMBER),
        *alike("Commission_Rate", held=FieldType.MONEY),
        *alike("Sales_Start_Date", "Sales_End_Date", held=FieldType.DATE),
        *alike("Support_Start_Date", "Support_Expiry_Date", held=FieldType.DATE),
    ),
    label_fields=("Product_Name",),
    match=(
        MatchRule(1, "product code", (KeyPart(("Product_Code",), Norm.TEXT),)),
        MatchRule(2, "name", (KeyPart(("Product_Name",), Norm.TEXT),)),
    ),
)

_STAGE = FieldPair(
    name="Stage",
    left="Stage",
    right="Stage",
    beside_left="Sub_Pipeline",
    beside_right="Pipeline",
    type=FieldType.STAGE,
    needed=True,
)
_OF_WHOM = KeyPart(("Account_Name", "Contact_Name"), Norm.RECORD, or_none=True)

DEAL_SPEC = KindSpec(
    kind=DEAL,
    left=KindSide("Pipelines", "Deal", "Pipelines"),
    right=KindSide("Deals", "Deal", "Deals"),
    module="pipelines",
    fields=(
        needed("Deal_Name"),
        _STAGE,
        *alike("Amount", held=FieldType.MONEY),
        *alike("Closing_Date", held=FieldType.DATE),
        points_to(COMPANY, "Account_Name"),
        points_to(CONTACT, "Contact_Name"),
        *alike("Description", held=FieldType.TEXTAREA),
        *OWNER,
        *alike("Type", "Lead_Source", "Reason_For_Loss__s", held=FieldType.PICKLIST),
        *alike("Next_Step"),
    ),
    label_fields=("Deal_Name",),
    match=(
        MatchRule(
            1,
            "name, company and amount",
            (KeyPart(("Deal_Name",), Norm.TEXT), _OF_WHOM, KeyPart(("Amount",), Norm.EXACT)),
        ),
        MatchRule(
            2,
            "name, company and closing date",
            (KeyPart(("Deal_Name",), Norm.TEXT), _OF_WHOM, KeyPart(("Closing_Date",), Norm.EXACT)),
        ),
        MatchRule(3, "name and company", (KeyPart(("Deal_Name",), Norm.TEXT), _OF_WHOM), faint=True),
    ),
    associates=(
        Association(
            to=PRODUCT,
            left=("Products", "Associated_Products"),
            right=("Products",),
            back_left=("Pipelines", "Deals"),
            back_right=("Deals",),
            remark="quantities, prices and discounts of a deal's products are not synced, and removals never cross",
        ),
    ),
)

PIPELINES_MODULE = ModuleSpec(
    name="pipelines",
    label="Pipelines & Products",
    kinds=(PRODUCT, DEAL),
    needs_view=True,
    can_disable=True,
    after=("contacts",),
)
