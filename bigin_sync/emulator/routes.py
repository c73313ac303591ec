"""Every path of both products, what answers it and which scope it needs."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bigin_sync.emulator import (
    deletions,
    field_making,
    listing,
    mass_actions,
    people_routes,
    records,
    related,
    searching,
    settings_routes,
    upserts,
    watches,
)
from bigin_sync.emulator.calls import Ask
from bigin_sync.emulator.composite import run_composite
from bigin_sync.emulator.replies import Reply
from bigin_sync.emulator.rights import Right
from bigin_sync.emulator.scopes import Need
from bigin_sync.emulator.timeline import show_timeline

Handler = Callable[[Ask], Reply]
_SEE_BOTH = (Right("READ", "path"), Right("READ", "related"))
_RELATE = (Right("UPDATE", "path"), Right("READ", "related"))
_OPERATIONS = {"GET": "READ", "POST": "CREATE", "PUT": "UPDATE", "PATCH": "UPDATE", "DELETE": "DELETE"}


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path. `name` is what credits, limits and counters know it by."""

    method: str
    pattern: re.Pattern[str]
    name: str
    handler: Handler
    area: str
    within: str
    products: frozenset[str]
    operation: str
    rights: tuple[Right, ...]

    def need(self, module: str) -> Need:
        """The scope that a call of this route needs."""
        within = module if self.area == "modules" else self.within
        return Need(area=self.area, operation=self.operation, within=within, search=self.name == "search")


def all_routes() -> tuple[Route, ...]:
    """The routes in the order they are tried."""
    return (*_settings(), *_org(), *_records(), *_of_one_record())


def _route(
    line: str,
    name: str,
    handler: Handler,
    *,
    area: str = "modules",
    within: str = "",
    products: str = "bigin crm",
    operation: str = "",
    rights: tuple[Right, ...] = (),
) -> Route:
    method, _, template = line.partition(" ")
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))
    spoken = operation or _OPERATIONS[method]
    needed = rights or ((Right(spoken, "path"),) if area == "modules" else ())
    return Route(method, pattern, name, handler, area, within, frozenset(products.split()), spoken, needed)


def _settings() -> list[Route]:
    of = settings_routes
    return [
        _route("GET settings/modules", "modules", of.list_modules, area="settings", within="modules"),
        _route("GET settings/modules/{name}", "modules", of.get_module, area="settings", within="modules"),
        _route("GET settings/fields", "fields", of.list_fields, area="settings", within="fields"),
        _route(
            "POST settings/fields",
            "create_fields",
            field_making.create_fields,
            area="settings",
            within="fields",
            products="crm",
        ),
        _route("GET settings/fields/{id}", "fields", of.get_field, area="settings", within="fields"),
        _route("GET settings/layouts", "layouts", of.list_layouts, area="settings", within="layouts"),
        _route("GET settings/layouts/{id}", "layouts", of.get_layout, area="settings", within="layouts"),
        _route("GET settings/custom_views", "views", of.list_views, area="settings", within="custom_views"),
        _route("GET settings/custom_views/{id}", "views", of.get_view, area="settings", within="custom_views"),
        _route("GET settings/related_lists", "related_lists", of.list_related, area="settings", within="related_lists"),
        _route(
            "GET settings/pipeline", "pipeline", of.list_pipelines, area="settings", within="pipeline", products="crm"
        ),
        _route("GET settings/profiles", "profiles", of.list_profiles, area="settings", within="profiles"),
        _route("GET settings/roles", "roles", of.list_roles, area="settings", within="roles"),
        _route("GET settings/tags", "tags", mass_actions.list_tags, area="settings", within="tags"),
        _route("POST settings/tags", "tags", mass_actions.create_tags, area="settings", within="tags"),
        _route(
            "GET settings/recycle_bin",
            "bin",
            deletions.list_bin,
            area="settings",
            within="recycle_bin",
            products="crm",
        ),
        _route(
            "POST settings/recycle_bin/actions/restore",
            "restore",
            deletions.restore_many,
            area="settings",
            within="recycle_bin",
            products="crm",
        ),
        _route(
            "POST settings/recycle_bin/{id}/actions/restore",
            "restore",
            deletions.restore_one,
            area="settings",
            within="recycle_bin",
            products="crm",
        ),
    ]  # fmt: skip -- a route reads best in few lines


def _org() -> list[Route]:
    return [
        _route("GET users", "users", people_routes.list_users, area="users"),
        _route("GET users/{id}", "users", people_routes.get_user, area="users"),
        _route("GET org", "org", people_routes.get_org, area="org"),
        _route(
            "POST coql", "coql", searching.run_coql, area="coql", operation="READ", rights=(Right("READ", "query"),)
        ),
        _route("GET actions/watch", "watch", watches.list_channels, area="notifications"),
        _route("POST actions/watch", "watch", watches.enable, area="notifications"),
        _route("PUT actions/watch", "watch", watches.replace_channels, area="notifications"),
        _route("PATCH actions/watch", "watch", watches.change_channels, area="notifications"),
        _route("DELETE actions/watch", "watch", watches.drop_channels, area="notifications"),
        _route(
            "POST __composite_requests",
            "composite",
            run_composite,
            area="composite_requests",
            products="crm",
            operation="CUSTOM",
        ),
    ]  # fmt: skip -- a route reads best in few lines


def _records() -> list[Route]:
    mass = mass_actions
    return [
        _route("GET {module}", "list", listing.list_records),
        _route("POST {module}", "insert", records.insert_all),
        _route("PUT {module}", "update", records.update_all),
        _route("DELETE {module}", "delete", deletions.delete_many),
        _route("POST {module}/upsert", "upsert", upserts.upsert_all),
        _route("GET {module}/search", "search", searching.search_records),
        _route("GET {module}/deleted", "deleted", deletions.list_deleted),
        _route("GET {module}/actions/count", "count", searching.count_records),
        _route("POST {module}/actions/change_owner", "change_owner", mass.change_owner, operation="UPDATE"),
        _route("POST {module}/actions/add_tags", "add_tags", mass.add_tags, operation="UPDATE"),
        _route("POST {module}/actions/remove_tags", "remove_tags", mass.remove_tags, operation="UPDATE"),
    ]


def _of_one_record() -> list[Route]:
    mass = mass_actions
    return [
        _route("GET {module}/{id}", "get", listing.get_record),
        _route("PUT {module}/{id}", "update", records.update_one),
        _route("DELETE {module}/{id}", "delete", deletions.delete_one),
        _route("GET {module}/{id}/__timeline", "timeline", show_timeline, products="crm"),
        _route("POST {module}/{id}/actions/change_owner", "change_owner", mass.change_owner, operation="UPDATE"),
        _route("POST {module}/{id}/actions/add_tags", "add_tags", mass.add_tags, operation="UPDATE"),
        _route("POST {module}/{id}/actions/remove_tags", "remove_tags", mass.remove_tags, operation="UPDATE"),
        _route("POST {module}/{id}/Notes", "add_notes", related.add_notes, rights=_notes("CREATE")),
        _route("PUT {module}/{id}/Notes", "change_notes", related.change_notes, rights=_notes("UPDATE")),
        _route("PUT {module}/{id}/Notes/{other}", "change_notes", related.change_notes, rights=_notes("UPDATE")),
        _route("DELETE {module}/{id}/Notes", "delete", related.delete_notes, rights=_notes("DELETE")),
        _route("DELETE {module}/{id}/Notes/{other}", "delete", related.delete_notes, rights=_notes("DELETE")),
        _route("GET {module}/{id}/{related}", "related", related.list_related_records, rights=_SEE_BOTH),
        _route("PUT {module}/{id}/{related}", "link", related.link_many, rights=_RELATE),
        _route("PUT {module}/{id}/{related}/{other}", "link", related.link_one, rights=_RELATE),
        _route("DELETE {module}/{id}/{related}", "unlink", related.unlink_many, rights=_RELATE),
        _route("DELETE {module}/{id}/{related}/{other}", "unlink", related.unlink_one, rights=_RELATE),
    ]


def _notes(operation: str) -> tuple[Right, ...]:
    return (Right("READ", "path"), Right(operation, "notes"))
