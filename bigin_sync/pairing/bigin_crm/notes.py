"""Notes on contacts, companies and deals that are synced: title and text. Their fields are mapped by the system."""

from bigin_sync.model.kind import Kind
from bigin_sync.pairing.bigin_crm.alike import OWNER, alike
from bigin_sync.pairing.bigin_crm.belonging import NOTE_LINKS, known_by_link
from bigin_sync.pairing.catalog import FieldPair, FieldType, KeyPart, KindSide, KindSpec, ModuleSpec, Norm

NOTE = Kind("note")

NOTE_SPEC = KindSpec(
    kind=NOTE,
    left=KindSide("Notes", "Note", "Notes"),
    right=KindSide("Notes", "Note", "Notes"),
    module="notes",
    fields=(
        *alike("Note_Title"),
        FieldPair(name="Note_Content", left="Note_Content", right="Note_Content", type=FieldType.TEXTAREA, needed=True),
        *NOTE_LINKS,
        *OWNER,
    ),
    label_fields=("Note_Title",),
    label_else="Note_Content",
    match=known_by_link("text", KeyPart(("Note_Content",), Norm.PASSAGE)),
    needs_parent=True,
    custom_fields=False,
    # Bigin v2, Zoho CRM v8 "Notes": they have no unique field, and an upsert of them is refused.
    keyed=False,
)

NOTES_MODULE = ModuleSpec(
    name="notes", label="Notes", kinds=(NOTE,), needs_view=False, can_disable=True, after=("contacts",)
)
