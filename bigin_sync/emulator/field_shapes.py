"""How `settings/fields` and `settings/layouts` show a field of either product."""

from collections.abc import Mapping
from types import MappingProxyType

from bigin_sync.emulator.metadata import PERSON_TYPES, FieldDef, ModuleDef, Option
from bigin_sync.emulator.org import Org

_UI_TYPES: Mapping[str, int] = MappingProxyType(
    {
        "text": 1,
        "picklist": 2,
        "textarea": 3,
        "lookup": 4,
        "ownerlookup": 8,
        "userlookup": 8,
        "website": 21,
        "date": 24,
        "email": 25,
        "integer": 32,
        "phone": 33,
        "currency": 36,
        "double": 38,
        "bigint": 52,
        "profileimage": 66,
        "multiselectpicklist": 100,
        "datetime": 200,
        "boolean": 301,
    }
)  # fmt: skip -- one number a line says no more
_SMALL_TEXT = 2_000
_CRM_ONLY: Mapping[str, object] = MappingProxyType(
    {
        "associated_module": None,
        "customizable_properties": None,
        "history_tracking_enabled": False,
        "private": None,
        "public": False,
        "hipaa_compliance": None,
        "convert_mapping": {},
        "rollup_summary": {},
        "additional_column": None,
        "hipaa_compliance_enabled": False,
    }
)
_BIGIN_ONLY: Mapping[str, object] = MappingProxyType({"subform": None})


def show_field(org: Org, module: ModuleDef, field: FieldDef) -> dict[str, object]:
    """One member of `fields`."""
    return {
        **_constant(),
        **(dict(_CRM_ONLY) if org.product == "crm" else dict(_BIGIN_ONLY)),
        **_naming(field),
        **_access(org, field),
        **_kind(org, module, field),
        **_by_type(field),
        **(_crm_extra(module, field) if org.product == "crm" else {}),
    }


def show_option(option: Option, position: int) -> dict[str, object]:
    """One value of a picklist."""
    return {
        "display_value": option.display,
        "sequence_number": position + 1,
        "reference_value": option.actual,
        "colour_code": None,
        "actual_value": option.actual,
        "id": option.id,
        "type": "used",
        **dict(option.facts),
    }


def _constant() -> dict[str, object]:
    return {
        "webhook": True,
        "colour_code_enabled_by_system": False,
        "tooltip": None,
        "display_format_properties": None,
        "type": "used",
        "association_details": None,
        "separator": False,
        "parent_field": None,
        "enable_colour_code": False,
        "child_fields": None,
        "virtual_field": False,
        "crypt": None,
        "range": None,
        "display_type": -1,
        "modified_time": None,
        "created_time": None,
        "currency": {},
        "address": None,
        "pick_list_values_sorted_lexically": False,
        "global_picklist": None,
        "display_format": None,
        "history_tracking": None,
        "formula": {},
        "mass_update": False,
        "multiselectlookup": {},
        "auto_number": {},
        "multi_module_lookup": {},
    }  # fmt: skip -- one constant a line says no more


def _naming(field: FieldDef) -> dict[str, object]:
    return {
        "id": field.id,
        "api_name": field.api_name,
        "field_label": field.label,
        "display_label": field.label,
        "custom_field": field.custom,
        "created_source": "default",
        "display_field": False,
    }


def _access(org: Org, field: FieldDef) -> dict[str, object]:
    view = {"view": True, "edit": field.editable, "quick_create": field.quick > 0, "create": field.creatable}
    access: dict[str, object] = {
        "read_only": field.read_only,
        "field_read_only": field.read_only or field.data_type in PERSON_TYPES or field.api_name == "Last_Activity_Time",
        "system_mandatory": field.system_mandatory,
        "visible": field.visible,
        "filterable": True,
        "sortable": field.data_type != "textarea",
        "searchable": field.searchable,
        "view_type": view,
        "businesscard_supported": not field.system_mandatory,
        "email_parser": {"fields_update_supported": False, "record_operations_supported": field.writable},
        "profiles": [
            {"permission_type": "read_write", "name": profile.name, "id": profile.id}
            for profile in org.profiles.values()
        ],
    }
    if field.quick:
        access["quick_sequence_number"] = str(field.quick)
    return access


def _kind(org: Org, module: ModuleDef, field: FieldDef) -> dict[str, object]:
    external = None if field.external is None else {"type": field.external, "show": False}
    return {
        "data_type": field.data_type,
        "json_type": field.json_type,
        "length": field.length,
        "decimal_place": field.decimal_place,
        "ui_type": _UI_TYPES.get(field.data_type, 1),
        "unique": {"casesensitive": "0"} if field.unique else {},
        "external": external,
        "lookup": _lookup(org, module, field),
        "pick_list_values": [show_option(one, position) for position, one in enumerate(field.options)],
    }


def _by_type(field: FieldDef) -> dict[str, object]:
    if field.data_type == "textarea":
        return {"textarea": {"type": "large" if (field.length or 0) > _SMALL_TEXT else "small"}}
    if field.data_type == "picklist":
        return {"blueprint_supported": field.writable}
    return {}


def _lookup(org: Org, module: ModuleDef, field: FieldDef) -> dict[str, object]:
    if field.lookup is None:
        return {}
    target = org.modules.get(field.lookup)
    pointed: dict[str, object] = {"api_name": field.lookup, "crypt": False, "id": target.id if target else None}
    lookup: dict[str, object] = {"display_label": module.plural, "api_name": module.api_name, "module": pointed}
    lookup["id"] = field.id
    if org.product == "crm":
        lookup["query_details"] = {}
        lookup["revalidate_filter_during_edit"] = False
        pointed["id"] = pointed["id"] or "0"
    return lookup


def _crm_extra(module: ModuleDef, field: FieldDef) -> dict[str, object]:
    return {
        "operation_type": {
            "web_update": field.editable,
            "api_create": field.writable and field.creatable,
            "web_create": field.creatable,
            "api_update": field.writable and field.editable,
        },
        "layout_associations": [
            {"api_name": f"{layout.name}__s", "name": layout.name, "id": layout.id} for layout in module.layouts
        ],
    }
