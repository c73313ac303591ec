"""How modules, layouts, views, pipelines and related lists are shown."""

from bigin_sync.emulator.calls import Ask
from bigin_sync.emulator.field_shapes import show_field, show_option
from bigin_sync.emulator.metadata import LayoutDef, ModuleDef, PipelineDef, RelatedListDef, ViewDef
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.wire import show_time, zone_of


def show_module(ask: Ask, module: ModuleDef) -> dict[str, object]:
    """One member of `modules`."""
    org = ask.org
    profiles = [{"name": one.name, "id": one.id} for one in org.profiles.values()]
    tab = module.visible and module.generated_type == "default"
    shown: dict[str, object] = {
        "has_more_profiles": False,
        "access_type": module.access_type,
        "private_profile": None,
        "global_search_supported": module.visible,
        "deletable": True,
        "description": None,
        "creatable": True,
        "email_parser_supported": tab,
        "inventory_template_supported": False,
        "modified_time": None,
        "plural_label": module.plural,
        "presence_sub_menu": tab,
        "actual_plural_label": module.plural,
        "triggers_supported": tab,
        "id": module.id,
        "isBlueprintSupported": tab,
        "visible": module.visible,
        "visibility": 1 if module.visible else 2,
        "convertable": module.api_name == "Leads",
        "editable": True,
        "emailTemplate_support": tab,
        "actual_singular_label": module.singular,
        "profiles": profiles,
        "filter_supported": tab,
        "show_as_tab": tab,
        "web_link": None,
        "sequence_number": list(org.modules).index(module.api_name) + 1,
        "singular_label": module.singular,
        "viewable": True,
        "api_supported": module.api_supported,
        "api_name": module.api_name,
        "quick_create": tab,
        "modified_by": None,
        "generated_type": module.generated_type,
        "feeds_required": tab,
        "scoring_supported": tab,
        "webform_supported": tab,
        "public_fields_configured": False,
        "arguments": [],
        "module_name": module.module_name,
        "profile_count": len(profiles),
        "business_card_field_limit": 5,
        "parent_module": _parent(org, module),
    }  # fmt: skip -- one key a line would be a page of nothing
    if org.product == "crm" and ask.version > 2:
        shown.update(
            status="visible" if module.visible else "system_hidden",
            recycle_bin_on_delete=True,
            sub_menu_available=False,
            lookupable=tab,
        )
        del shown["visible"]
    return shown


def _parent(org: Org, module: ModuleDef) -> dict[str, object]:
    if module.parent_module is None:
        return {}
    return {"api_name": module.parent_module, "id": org.modules[module.parent_module].id}


def show_layout(ask: Ask, module: ModuleDef, layout: LayoutDef) -> dict[str, object]:
    """One member of `layouts`: its sections with their fields, each with `required` as this layout has it."""
    zone = zone_of(ask.org, ask.user)
    made = show_time(ask.org.admin().created, zone)
    label = layout.display_label or layout.name
    view: dict[str, object] = {"name": f"{layout.name} View", "id": layout.id, "type": "layout"}
    profiles = [
        {
            "default": True,
            "name": one.name,
            "id": one.id,
            "_default_view": view,
            "_default_assignment_view": dict(view),
        }
        for one in ask.org.profiles.values()
    ]
    return {
        "has_more_profiles": False,
        "created_time": made,
        "convert_mapping": None,
        "visible": True,
        "created_for": None,
        "profiles": profiles,
        "source": "crm",
        "created_by": None,
        "sections": [_section(ask.org, module, layout)],
        "display_label": label,
        "show_business_card": True,
        "actions_allowed": {
            "edit": True,
            "rename": True,
            "clone": True,
            "downgrade": False,
            "delete": False,
            "deactivate": False,
            "set_layout_permissions": True,
        },
        "modified_time": made,
        "api_name": f"{layout.name.replace(' ', '_')}__s",
        "name": layout.name,
        "modified_by": ask.org.admin().ref(),
        "generated_type": "system",
        "id": layout.id,
        "status": "active",
    }


def _section(org: Org, module: ModuleDef, layout: LayoutDef) -> dict[str, object]:
    fields = []
    for position, field in enumerate(one for one in module.fields.values() if one.listed):
        shown = show_field(org, module, field)
        required = field.system_mandatory or field.api_name in layout.required
        shown.update(required=required, sequence_number=position + 1, section_id=1)
        for extra in ("email_parser", "layout_associations"):
            shown.pop(extra, None)
        if field.api_name in {"Sub_Pipeline", "Stage"} and layout.pipelines:
            shown["pick_list_values"] = _of_layout(shown["pick_list_values"], layout, api_name=field.api_name)
        elif field.options:
            shown["pick_list_values"] = [{**show_option(one, at), "maps": []} for at, one in enumerate(field.options)]
        fields.append(shown)
    words = "add_field rename change_tab_traversal reorder delete remove_field change_column_count"
    return {
        "isSubformSection": False,
        "type": "used",
        "display_label": f"{module.singular} Information",
        "mode": "all",
        "sequence_number": 1,
        "actions_allowed": dict.fromkeys(words.split(), True),
        "tab_traversal": "left_to_right",
        "api_name": f"{module.singular}_Information",
        "column_count": 2,
        "name": f"{module.singular} Information",
        "generated_type": "default",
        "id": layout.id,
        "fields": fields,
        "properties": None,
    }


def _of_layout(values: object, layout: LayoutDef, *, api_name: str) -> list[object]:
    """The options that belong to this layout; a pipeline's option carries the stages that go with it."""
    stages = {stage for pipeline in layout.pipelines for stage in pipeline.stages}
    named = {pipeline.actual: pipeline for pipeline in layout.pipelines}
    kept: list[object] = []
    for one in values if isinstance(values, list) else []:
        actual = one["actual_value"]
        if api_name == "Stage" and actual in stages:
            kept.append({**one, "maps": []})
        if api_name == "Sub_Pipeline" and actual in named:
            kept.append({**one, "maps": [_stage_map(named[actual])]})
    return kept


def _stage_map(pipeline: PipelineDef) -> dict[str, object]:
    stages = [{"display_value": one, "actual_value": one, "colour_code": None, "id": None} for one in pipeline.stages]
    return {"api_name": "Stage", "id": pipeline.id, "pick_list_values": stages}


def show_pipeline(module: ModuleDef, pipeline: PipelineDef) -> dict[str, object]:
    """One member of `pipeline`, its stages under `maps`."""
    known = {stage.actual: stage for stage in module.stages}
    maps = []
    for position, actual in enumerate(pipeline.stages):
        stage = known[actual]
        maps.append(
            {
                "display_value": stage.display,
                "sequence_number": position + 1,
                "forecast_category": {"name": stage.forecast, "id": stage.id},
                "actual_value": stage.actual,
                "id": stage.id,
                "forecast_type": {"Open": "Open", "Closed Won": "Closed Won"}.get(stage.category, "Closed Lost"),
            }
        )
    return {
        "display_value": pipeline.display,
        "default": pipeline.default,
        "maps": maps,
        "actual_value": pipeline.actual,
        "id": pipeline.id,
    }


def show_view(ask: Ask, module: ModuleDef, view: ViewDef, *, whole: bool) -> dict[str, object]:
    """One member of `custom_views`; the inventory leaves criteria and columns out."""
    org = ask.org
    maker = org.users.get(view.owner or "")
    made = show_time(org.admin().created, zone_of(org, ask.user))
    shown: dict[str, object] = {
        "id": view.id,
        "name": view.name,
        "system_name": view.system_name,
        "display_value": view.name,
        "system_defined": view.system_name is not None,
        "default": view.default,
        "category": view.category,
        "access_type": view.access_type,
        "sort_by": None,
        "sort_order": None,
        "favorite": None,
        "locked": False,
        "offline": False,
        "module": {"api_name": module.api_name, "id": module.id},
        "last_accessed_time": made,
        "created_time": None if maker is None else made,
        "modified_time": None if maker is None else made,
        "created_by": None if maker is None else maker.ref(),
        "modified_by": None if maker is None else maker.ref(),
    }
    if whole:
        columns = [module.fields[name] for name in view.fields if name in module.fields]
        shown["criteria"] = view.criteria
        shown["cross_filters"] = []
        shown["shared_to"] = None
        shown["fields"] = [{"api_name": one.api_name, "id": one.id, "_pin": False} for one in columns]
    return shown


def show_related_list(org: Org, module: ModuleDef, listed: RelatedListDef, *, position: int) -> dict[str, object]:
    """One member of `related_lists`."""
    other = org.modules[listed.module]
    return {
        "id": listed.id,
        "sequence_number": str(position + 1),
        "display_label": listed.label,
        "api_name": listed.api_name,
        "module": {"api_name": other.api_name, "id": other.id},
        "name": listed.label,
        "action": "associate" if listed.via is None else "add",
        "href": f"{module.api_name}/{{ENTITYID}}/{listed.api_name}",
        "type": "default",
        "connectedmodule": None,
        "linkingmodule": None,
        "customize_sort": True,
        "customize_fields": True,
        "customize_display_label": True,
        "status": "visible",
    }
