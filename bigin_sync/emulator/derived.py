"""Values the server works out itself: full names, expected revenue, durations, composed addresses."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from bigin_sync.emulator.table import Row

if TYPE_CHECKING:
    from bigin_sync.emulator.org import Org

Derive = Callable[["Org", Row], object]
_SECONDS = 60


def full_name(_org: "Org", row: Row) -> object:
    """First and last name."""
    parts = (row.values.get("First_Name"), row.values.get("Last_Name"))
    return " ".join(str(part) for part in parts if part) or None


def expected_revenue(_org: "Org", row: Row) -> object:
    """Amount times probability, `null` while either is missing."""
    amount, chance = row.values.get("Amount"), row.values.get("Probability")
    if not isinstance(amount, (int, float)) or not isinstance(chance, (int, float)):
        return None
    worth = round(amount * chance / 100, 2)
    return int(worth) if worth == int(worth) else worth


def last_activity(_org: "Org", row: Row) -> object:
    """When the record, or something that hangs on it, was last touched."""
    held = row.values.get("Last_Activity_Time")
    moved = datetime.fromtimestamp(row.modified, UTC)
    return held if isinstance(held, datetime) and held > moved else moved


def call_duration(_org: "Org", row: Row) -> object:
    """A call's length as `mm:ss`."""
    seconds = row.values.get("Call_Duration_in_seconds")
    if not isinstance(seconds, int):
        return None
    return f"{seconds // _SECONDS:02d}:{seconds % _SECONDS:02d}"


def address(prefix: str, *, code: str) -> Derive:
    """The composed address of a new-style org: the parts on lines of their own, an empty text without any."""

    def derive(_org: "Org", row: Row) -> object:
        def part(name: str) -> str:
            held = row.values.get(f"{prefix}_{name}")
            return held if isinstance(held, str) else ""

        town = ", ".join(one for one in (part("City"), f"{part('State')} {part(code)}".strip()) if one)
        lines = (part("Flat_House_No_Building_Apartment_Name"), part("Street"), town, part("Country"))
        return "\n".join(line for line in lines if line)

    return derive


def team_pipeline(org: "Org", row: Row) -> object:
    """The team pipeline of a Bigin deal, which is a layout of its module."""
    layout = org.modules["Pipelines"].layout(str(row.values.get("Pipeline")))
    return None if layout is None else {"name": layout.name, "id": layout.id}


DERIVED: Mapping[tuple[str, str], Derive] = MappingProxyType(
    {
        ("Contacts", "Full_Name"): full_name,
        ("Leads", "Full_Name"): full_name,
        ("Deals", "Expected_Revenue"): expected_revenue,
        ("Calls", "Call_Duration"): call_duration,
        ("Pipelines", "Pipeline"): team_pipeline,
        ("Contacts", "Mailing_Address"): address("Mailing", code="Zip"),
        ("Contacts", "Other_Address"): address("Other", code="Zip"),
        ("Accounts", "Billing_Address"): address("Billing", code="Code"),
        ("Accounts", "Shipping_Address"): address("Shipping", code="Code"),
        **{
            (module, "Last_Activity_Time"): last_activity
            for module in ("Contacts", "Accounts", "Deals", "Pipelines", "Leads")
        },
    }
)
"""(module, field) -> how its value is worked out."""
