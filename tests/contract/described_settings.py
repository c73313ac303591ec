"""Requests about settings, people, channels and the recycle bin that the OpenAPI description of CRM tells of."""

import httpx

from tests.contract.described import Case, Stage, told_of

KINDS = ("Accounts", "Contacts", "Deals", "Products", "Tasks", "Events", "Calls", "Notes")
FIELDS, FIELD = told_of("fields", "/settings/fields"), told_of("fields", "/settings/fields/{fieldId}")
LAYOUTS, LAYOUT = told_of("layouts", "/settings/layouts"), told_of("layouts", "/settings/layouts/{id}")
MODULES = told_of("modules", "/settings/modules")
MODULE = told_of("modules", "/settings/modules/{moduleIdentifier}")
VIEWS = told_of("custom-views", "/settings/custom_views")
VIEW = told_of("custom-views", "/settings/custom_views/{id}")
PIPELINE = told_of("pipeline", "/settings/pipeline")
RELATED_LISTS = told_of("related-lists", "/settings/related_lists")
USERS, USER, ORG = told_of("users", "/users"), told_of("users", "/users/{user}"), told_of("org", "/org")
WATCH = told_of("notifications", "/actions/watch")
BIN = told_of("recycle-bin", "/settings/recycle_bin")
RESTORE = told_of("recycle-bin", "/settings/recycle_bin/actions/restore")
RESTORE_ONE = told_of("recycle-bin", "/settings/recycle_bin/{recordId}/actions/restore")

CHANNEL: dict[str, object] = {
    "channel_id": "1",
    "events": ["Contacts.all"],
    "notify_url": "https://hooks.example.org/",
}
PATH, RESTORING = "/actions/watch", "/settings/recycle_bin/actions/restore"


def _watch(on: Stage, method: str, **changes: object) -> httpx.Response:
    return on.send(method, PATH, {"watch": [{**CHANNEL, **changes}]})


def _watching(on: Stage) -> Stage:
    _watch(on, "POST")
    return on


def _new_field(on: Stage) -> httpx.Response:
    field = {"field_label": "Key", "data_type": "text", "length": 9}
    return on.send("POST", "/settings/fields?module=Contacts", {"fields": [field]})


def _fields(module: str) -> Case:
    return FIELDS("get", 200, lambda on: on.get("/settings/fields", module=module))


def _one_field(module: str) -> Case:
    def ask(on: Stage) -> httpx.Response:
        field = next(one for one in on.org.modules[module].fields.values() if one.listed)
        return on.get(f"/settings/fields/{field.id}", module=module)

    return FIELD("get", 200, ask)


def _layouts(module: str) -> Case:
    return LAYOUTS("get", 200, lambda on: on.get("/settings/layouts", module=module))


SETTINGS_CASES: list[Case] = [
    USERS("get", 200, lambda on: on.get("/users", type="AllUsers")),
    USER("get", 200, lambda on: on.get(f"/users/{on.org.admin_id}")),
    ORG("get", 200, lambda on: on.get("/org")),
    *(_fields(module) for module in KINDS),
    FIELDS("post", 201, _new_field),
    *(_one_field(module) for module in KINDS),
    MODULES("get", 200, lambda on: on.get("/settings/modules")),
    MODULE("get", 200, lambda on: on.get("/settings/modules/Contacts")),
    *(_layouts(module) for module in KINDS if module != "Notes"),
    LAYOUTS("get", 401, lambda on: on.send("GET", "/settings/layouts?module=Deals", Authorization="")),
    LAYOUT("get", 200, lambda on: on.get(f"/settings/layouts/{on.org.modules['Deals'].layouts[0].id}", module="Deals")),
    LAYOUT("get", 204, lambda on: on.get("/settings/layouts/1", module="Deals")),
    VIEWS("get", 200, lambda on: on.get("/settings/custom_views", module="Contacts")),
    VIEW(
        "get",
        200,
        lambda on: on.get(f"/settings/custom_views/{on.org.modules['Contacts'].views[-1].id}", module="Contacts"),
    ),
    PIPELINE("get", 200, lambda on: on.get("/settings/pipeline", layout_id=on.org.modules["Deals"].layouts[0].id)),
    RELATED_LISTS("get", 200, lambda on: on.get("/settings/related_lists", module="Deals")),
    WATCH("post", 201, lambda on: _watch(on, "POST")),
    WATCH("post", 207, lambda on: on.send("POST", PATH, {"watch": [CHANNEL, {**CHANNEL, "channel_id": "x"}]})),
    WATCH("post", 400, lambda on: _watch(on, "POST", notify_url="")),
    WATCH("get", 200, lambda on: _watching(on).get(PATH)),
    WATCH("put", 200, lambda on: _watch(_watching(on), "PUT", events=["Deals.edit"])),
    WATCH("patch", 200, lambda on: _watch(_watching(on), "PATCH", token="t")),
    WATCH("delete", 200, lambda on: _watching(on).send("DELETE", f"{PATH}?channel_ids=1")),
    WATCH("delete", 400, lambda on: on.send("DELETE", f"{PATH}?channel_ids=1")),
    BIN("get", 200, lambda on: on.get("/settings/recycle_bin")),
    RESTORE("post", 200, lambda on: on.send("POST", RESTORING, {"ids": [on.deleted]})),
    RESTORE("post", 207, lambda on: on.send("POST", RESTORING, {"ids": [on.deleted, on.contact]})),
    RESTORE("post", 400, lambda on: on.send("POST", RESTORING, {"ids": [on.contact]})),
    RESTORE("post", 400, lambda on: on.send("POST", f"{RESTORING}?ids={on.deleted}")),
    RESTORE("post", 400, lambda on: on.send("POST", RESTORING, {"ids": [on.deleted], "restore_all_records": True})),
    RESTORE_ONE("post", 200, lambda on: on.send("POST", f"/settings/recycle_bin/{on.deleted}/actions/restore")),
    RESTORE_ONE("post", 400, lambda on: on.send("POST", f"/settings/recycle_bin/{on.contact}/actions/restore")),
]
