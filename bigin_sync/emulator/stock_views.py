"""The list views a fresh org comes with, and the leaves of a view's criteria."""

from bigin_sync.emulator.metadata import ModuleDef, ViewDef


def leaf(module: ModuleDef, api_name: str, *, comparator: str, value: object) -> dict[str, object]:
    """One condition of a view, as the API shows it."""
    field = module.fields.get(api_name)
    shown: dict[str, object] = {"api_name": api_name, "id": field.id if field is not None else None}
    return {"comparator": comparator, "field": shown, "type": "value", "value": value, "$disrupted": False}


def group(operator: str, left: dict[str, object], right: dict[str, object]) -> dict[str, object]:
    """Two conditions, or groups, joined by `AND` or `OR`."""
    return {"group_operator": operator, "group": [left, right]}


def system_views(module: ModuleDef) -> list[ViewDef]:
    """Everything, one's own, and the views whose members only the server knows.

    `Common_Status` is no field of the metadata: it is a state per user. Such views can be listed by their id alone.
    """
    plural = module.plural
    columns = tuple(name for name in (module.name_field, "Email", "Phone", "Owner") if name in module.fields)
    mine = leaf(module, "Owner", comparator="equal", value={"name": "${CURRENTUSER}"})
    views = [
        ViewDef(name=f"All {plural}", system_name="ALLVIEWS", fields=columns, default=True),
        ViewDef(name=f"My {plural}", system_name="MYVIEWS", fields=columns, criteria=mine),
    ]
    for name, system_name, comparator, letter in (
        (f"Recently Created {plural}", "RECENTLYCREATED", "contains", "c"),
        (f"Recently Modified {plural}", "RECENTLYMODIFIED", "contains", "m"),
        (f"Unread {plural}", "UNREADVIEWS", "not_contains", "v"),
    ):
        state = leaf(module, "Common_Status", comparator=comparator, value=letter)
        views.append(ViewDef(name=name, system_name=system_name, fields=columns, criteria=state))
    return views
