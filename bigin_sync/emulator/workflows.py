"""An automation of the org that edits a record right after it was written through the API."""

from collections.abc import Mapping

from bigin_sync.emulator.calls import Ask
from bigin_sync.emulator.records import Writer
from bigin_sync.emulator.replies import ApiError, ItemError
from bigin_sync.emulator.validate import Place


def run_workflow(ask: Ask, *, values: Mapping[str, object], email: str) -> None:
    """Writes the values to every record the call wrote, unless its `trigger` list left workflows out.

    email: of the user it writes as; without one, the caller. Raises `ApiError` if the values cannot be written.
    """
    trigger = ask.json_body().get("trigger") if ask.call.body else None
    if isinstance(trigger, list) and "workflow" not in trigger:
        return
    user = ask.org.user_by_email(email) if email else ask.user
    if user is None:
        raise ApiError("INVALID_DATA", f"the org has no user {email}")
    for module_name, record_id in ask.written:
        row = ask.org.live(module_name, record_id)
        if row is None:
            continue
        module = ask.org.modules[module_name]
        writer = Writer(org=ask.org, module=module, user=user, now=ask.org.now(), version=ask.version, trigger=())
        try:
            writer.update(row, values, place=Place(0))
        except ItemError as error:
            raise ApiError(error.code, error.message, details=error.details) from error
