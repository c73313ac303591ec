"""An automation of the org that edits a record right after it was written through the API."""

from collections.abc import Mapping

from bigin_sync.emulator.calls import Ask
from bigin_sync.emulator.faults import Fault
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.records import Writer
from bigin_sync.emulator.replies import ApiError, ItemError
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.validate import Place


def run_workflow(ask: Ask, rule: Fault) -> None:
    """Edits every record the call wrote, as the rule says.

    A workflow keeps quiet where the call's `trigger` list left workflows out; an app that listens to the org's changes
    does not (Zoho CRM v8, "Notification APIs": they are sent whatever the triggers are). Raises `ApiError` if the
    values cannot be written.
    """
    trigger = ask.json_body().get("trigger") if ask.call.body else None
    if not rule.listens and isinstance(trigger, list) and "workflow" not in trigger:
        return
    if rule.of and ask.user.email != rule.of:
        return
    user = ask.org.user_by_email(rule.user) if rule.user else ask.user
    if user is None:
        raise ApiError("INVALID_DATA", f"the org has no user {rule.user}")
    for module_name, record_id in ask.written:
        row = ask.org.live(module_name, record_id)
        if row is None:
            continue
        module = ask.org.modules[module_name]
        writer = Writer(org=ask.org, module=module, user=user, now=ask.org.now(), version=ask.version, trigger=())
        try:
            writer.update(row, _edits(ask.org, row, rule), place=Place(0))
        except ItemError as error:
            raise ApiError(error.code, error.message, details=error.details) from error


def _edits(org: Org, row: Row, rule: Fault) -> Mapping[str, object]:
    """What the automation makes of a record that was written just now."""
    if rule.does == "reverts":
        latest = org.history.get(row.id, [])[-1:]
        return {name: old for edited in latest for name, old, _new in edited.fields}
    if rule.does == "appends":
        return {name: f"{row.values.get(name) or ''}{more}" for name, more in rule.values.items()}
    return rule.values
