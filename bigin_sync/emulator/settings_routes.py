"""The `settings/...` routes that read: modules, fields, layouts, views, related lists, pipelines, profiles, roles."""

from bigin_sync.emulator import module_shapes as shape
from bigin_sync.emulator.calls import Ask
from bigin_sync.emulator.field_shapes import show_field
from bigin_sync.emulator.metadata import ModuleDef
from bigin_sync.emulator.replies import ApiError, Reply, invalid_param, missing_param, not_modified, nothing


def list_modules(ask: Ask) -> Reply:
    """`GET /settings/modules`; with `If-Modified-Since` 304, as modules do not change once made."""
    if ask.time_header("if-modified-since") is not None:
        return not_modified()
    status = ask.params.get("status")
    wanted = [one for one in ask.org.modules.values() if status is None or _status(one) == status]
    return Reply(200, {"modules": [shape.show_module(ask, one) for one in wanted]}) if wanted else nothing()


def _status(module: ModuleDef) -> str:
    return "visible" if module.visible else "system_hidden"


def get_module(ask: Ask) -> Reply:
    """`GET /settings/modules/{api_name or id}`."""
    named = ask.parts["name"]
    for module in ask.org.modules.values():
        if named in {module.api_name, module.id}:
            return Reply(200, {"modules": [shape.show_module(ask, module)]})
    raise ApiError("INVALID_MODULE", "the module name given seems to be invalid", details={"resource_path_index": 2})


def asked_module(ask: Ask) -> ModuleDef:
    """The module that the parameter `module` names. Raises `ApiError`."""
    name = ask.params.get("module")
    if not name:
        raise missing_param("module")
    found = ask.org.modules.get(name)
    if found is None or not found.api_supported:
        raise ApiError("INVALID_MODULE", "the module name given seems to be invalid")
    return found


def list_fields(ask: Ask) -> Reply:
    """`GET /settings/fields?module=`."""
    module = asked_module(ask)
    fields = [show_field(ask.org, module, one) for one in module.fields.values() if one.listed]
    return Reply(200, {"fields": fields})


def get_field(ask: Ask) -> Reply:
    """`GET /settings/fields/{id}?module=`."""
    module = asked_module(ask)
    for field in module.fields.values():
        if field.listed and field.id == ask.parts["id"]:
            return Reply(200, {"fields": [show_field(ask.org, module, field)]})
    return nothing()


def list_layouts(ask: Ask) -> Reply:
    """`GET /settings/layouts?module=`; of Bigin's module Pipelines these are the team pipelines."""
    module = asked_module(ask)
    layouts = [shape.show_layout(ask, module, one) for one in module.layouts]
    return Reply(200, {"layouts": layouts}) if layouts else nothing()


def get_layout(ask: Ask) -> Reply:
    """`GET /settings/layouts/{id}?module=`."""
    module = asked_module(ask)
    layout = module.layout(ask.parts["id"])
    return nothing() if layout is None else Reply(200, {"layouts": [shape.show_layout(ask, module, layout)]})


def list_views(ask: Ask) -> Reply:
    """`GET /settings/custom_views?module=`, without their criteria."""
    module = asked_module(ask)
    mine = [one for one in module.views if one.access_type != "only_to_me" or one.owner == ask.user.id]
    page, size = ask.page(), ask.per_page()
    shown = [shape.show_view(ask, module, one, whole=False) for one in mine[(page - 1) * size : page * size]]
    if not shown:
        return nothing()
    first = next((one.id for one in mine if one.default), None)
    info = {
        "per_page": size,
        "default": first,
        "count": len(shown),
        "page": page,
        "more_records": len(mine) > page * size,
        "translation": _translation(),
    }
    return Reply(200, {"custom_views": shown, "info": info})


def _translation() -> dict[str, object]:
    """How the categories of views are called."""
    return {
        "public_views": "Public Views",
        "other_users_views": "Other Users Views",
        "shared_with_me": "Shared With Me",
        "created_by_me": "Created By Me",
    }


def get_view(ask: Ask) -> Reply:
    """`GET /settings/custom_views/{id}?module=`, criteria and columns included."""
    module = asked_module(ask)
    view = module.view(ask.parts["id"])
    if view is None or (view.access_type == "only_to_me" and view.owner != ask.user.id):
        return nothing()
    shown = shape.show_view(ask, module, view, whole=True)
    return Reply(200, {"custom_views": [shown], "info": {"translation": _translation()}})


def list_related(ask: Ask) -> Reply:
    """`GET /settings/related_lists?module=`."""
    module = asked_module(ask)
    shown = [
        shape.show_related_list(ask.org, module, one, position=position)
        for position, one in enumerate(one for one in module.related_lists if one.module in ask.org.modules)
    ]
    return Reply(200, {"related_lists": shown}) if shown else nothing()


def list_pipelines(ask: Ask) -> Reply:
    """`GET /settings/pipeline?layout_id=` of CRM."""
    wanted = ask.params.get("layout_id")
    if not wanted:
        raise missing_param("layout_id")
    deals = ask.org.module("Deals")
    layout = deals.layout(wanted)
    if layout is None:
        raise invalid_param("layout_id")
    return Reply(200, {"pipeline": [shape.show_pipeline(deals, one) for one in layout.pipelines]})


def list_profiles(ask: Ask) -> Reply:
    """`GET /settings/profiles`."""
    shown = [
        {
            "id": one.id,
            "name": one.name,
            "display_label": one.name,
            "type": "normal_profile",
            "custom": one.custom,
            "description": None,
            "created_time": None,
            "modified_time": None,
            "created_by": None,
            "modified_by": None,
        }
        for one in ask.org.profiles.values()
    ]
    return Reply(200, {"profiles": shown})


def list_roles(ask: Ask) -> Reply:
    """`GET /settings/roles`."""
    roles = ask.org.roles
    shown = []
    for one in roles.values():
        above = roles.get(one.reports_to or "")
        shown.append(
            {
                "id": one.id,
                "name": one.name,
                "display_label": one.name,
                "admin_user": above is None,
                "share_with_peers": True,
                "description": None,
                "reporting_to": None if above is None else {"name": above.name, "id": above.id},
            }
        )
    return Reply(200, {"roles": shown})
