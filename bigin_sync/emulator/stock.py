"""Fresh orgs: stock modules, two profiles, a few roles, and people of whom most work on both sides."""

from dataclasses import replace
from datetime import UTC, datetime

from bigin_sync.clock import Clock
from bigin_sync.emulator.ids import Ids
from bigin_sync.emulator.metadata import FieldDef, ModuleDef, Option, ViewDef
from bigin_sync.emulator.metadata_bigin import bigin_modules
from bigin_sync.emulator.metadata_crm import crm_modules
from bigin_sync.emulator.org import Org, OrgFacts, Product
from bigin_sync.emulator.stock_activities import LinkStyle
from bigin_sync.emulator.stock_views import leaf, system_views
from bigin_sync.emulator.switches import Switches
from bigin_sync.emulator.users import Profile, Role, User

_BORN = int(datetime(2025, 1, 6, 8, 0, 0, tzinfo=UTC).timestamp())
_DAY = 86_400
_PREFIX = {"bigin": 4_876_512, "crm": 7_301_284}
_EVERYBODY = (
    # first name, last name, zone in Bigin, zone in CRM; an empty zone: not a user there
    ("Mara", "Lindqvist", "Europe/Berlin", "America/New_York"),
    ("Jonas", "Keller", "Europe/Berlin", "Europe/Berlin"),
    ("Aisha", "Rahman", "Asia/Dubai", "Asia/Dubai"),
    ("Tomas", "Vega", "Europe/Madrid", ""),
    ("Priya", "Nair", "", "Asia/Kolkata"),
    ("Greta", "Olsen", "Europe/Oslo", "Europe/Oslo"),
)
_ADMINS = frozenset({"Mara"})
_DISABLED = frozenset({"Greta"})


def stock_org(product: Product, clock: Clock, *, links: LinkStyle, pipelines: bool = False) -> Org:
    """An org as it is on its first day, without a record. The first user set it up.

    Greta no longer works there, Tomas only uses Bigin, Priya only CRM; the others are the same people on both sides.
    """
    org = Org(
        product=product,
        facts=_facts(product),
        clock=clock,
        ids=Ids(_PREFIX[product]),
        switches=_switches(product),
    )
    _people(org)
    modules = bigin_modules(links=links) if product == "bigin" else crm_modules(pipelines=pipelines, links=links)
    for module in modules:
        install(org, module)
    _own_views(org)
    return org


def install(org: Org, module: ModuleDef) -> None:
    """Gives everything of a module its ids and adds it to the org, with the views every module has."""
    module.id = org.ids.fixed(module.id_suffix)
    module.fields = {name: _numbered(org, one) for name, one in module.fields.items()}
    _short_form(module)
    module.stages = tuple(replace(one, id=org.ids.field()) for one in module.stages)
    for layout in module.layouts:
        layout.id = org.ids.setting()
        layout.pipelines = tuple(replace(one, id=org.ids.setting()) for one in layout.pipelines)
    module.related_lists = [replace(one, id=org.ids.setting()) for one in module.related_lists]
    for view in system_views(module):
        add_view(org, module, view)
    org.install(module)


def add_view(org: Org, module: ModuleDef, view: ViewDef) -> ViewDef:
    """Adds a list view; it gets an id if it has none."""
    view.id = view.id or org.ids.setting()
    module.views.append(view)
    return view


def _short_form(module: ModuleDef) -> None:
    """What a module says nothing of: its short form asks for what is mandatory."""
    if any(one.quick for one in module.fields.values()):
        return
    asked = [name for name, one in module.fields.items() if one.system_mandatory]
    for position, name in enumerate(asked):
        module.fields[name] = replace(module.fields[name], quick=position + 1)


def _numbered(org: Org, field: FieldDef) -> FieldDef:
    options = tuple(Option(one.display, one.actual, org.ids.field(), one.facts) for one in field.options)
    return replace(field, id=field.id or org.ids.field(), options=options)


def _facts(product: Product) -> OrgFacts:
    if product == "bigin":
        return OrgFacts(
            company_name="Harbour & Pine",
            domain_name="org48765120",
            zgid="48765120",
            zone="Europe/Berlin",
            edition="biginpremier",
        )  # fmt: skip -- five short facts
    return OrgFacts(
        company_name="Harbour & Pine",
        domain_name="org73012840",
        zgid="73012840",
        zone="America/New_York",
        currency="US Dollar - USD",
        currency_symbol="$",
        iso_code="USD",
        country_code="US",
        edition="enterprise",
    )  # fmt: skip -- a few short facts


def _switches(product: Product) -> Switches:
    if product == "bigin":
        return Switches(
            unmodified_since="ignored",
            company_delete_cascades=True,
            concurrency=10,
            watch_limit=_DAY,
            watch_default=2 * 3_600,
            company_by_name=True,
        )
    return Switches()


def _people(org: Org) -> None:
    ids = org.ids
    org.profiles = {one.id: one for one in _profiles(ids)}
    org.roles = {one.id: one for one in _roles(org.product, ids)}
    (admin_profile, standard_profile), (top_role, other_role) = org.profiles.values(), org.roles.values()
    for number, (first, last, bigin_zone, crm_zone) in enumerate(_EVERYBODY):
        zone = bigin_zone if org.product == "bigin" else crm_zone
        if not zone:
            continue
        admin = first in _ADMINS
        user = User(
            id=ids.record(),
            first_name=first,
            last_name=last,
            email=f"{first.lower()}@harbourpine.example",
            profile=admin_profile if admin else standard_profile,
            role=top_role if admin else other_role,
            zone=zone,
            zuid=str(70_010_000 + number),
            status="disabled" if first in _DISABLED else "active",
            created=_BORN + number * _DAY,
            modified=_BORN + number * _DAY,
        )
        org.users[user.id] = user
        if admin and not org.admin_id:
            org.admin_id = user.id


def _profiles(ids: Ids) -> tuple[Profile, Profile]:
    return Profile(ids.fixed(26_011), "Administrator", admin=True), Profile(ids.fixed(26_014), "Standard")


def _roles(product: Product, ids: Ids) -> tuple[Role, Role]:
    names = ("Level 1", "Level 2") if product == "bigin" else ("CEO", "Manager")
    top = Role(ids.fixed(26_005), names[0])
    return top, Role(ids.fixed(26_008), names[1], reports_to=top.id)


def _own_views(org: Org) -> None:
    """One view of people's own making per product, with criteria that anybody can work out."""
    contacts = org.modules["Contacts"]
    if org.product == "crm":
        criteria = leaf(contacts, "Lead_Source", comparator="equal", value="Web Research")
        name = "From the web"
    else:
        criteria = leaf(contacts, "Email", comparator="not_equal", value="${EMPTY}")
        name = "With an e-mail address"
    view = ViewDef(
        name=name,
        criteria=criteria,
        fields=("Full_Name", "Email", "Owner"),
        category="created_by_me",
        owner=org.admin_id,
    )
    add_view(org, contacts, view)
