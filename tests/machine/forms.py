"""Forms: which kinds people fill in, field by field, with values so few that records match, clash and part often.

A kind is added by adding its form. Everything else (API names, modules, which kind a lookup points to) is the
pairing's own word.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, COMPANY, CONTACT


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    values: what people choose from; None: what they write is new every time, so that it can be told from all else.
    to: the kind of record it points to. owner: it names a user. needed: it is never left blank.
    """

    name: str
    values: tuple[object, ...] | None = None
    to: Kind | None = None
    owner: bool = False
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """All fields of a kind that people fill in. known_by: the surest match rule: alike in it, two are the same."""

    kind: Kind
    fields: tuple[Field, ...]
    known_by: tuple[str, ...]

    def module(self, side: Side) -> str:
        """The API name of the kind's module."""
        return BIGIN_CRM.kind(self.kind).on(side).module

    def api(self, name: str, side: Side) -> str:
        """A field's API name on a side."""
        pair = BIGIN_CRM.kind(self.kind).field(name)
        assert pair is not None
        return pair.api(side)

    def key(self, values: Mapping[str, object]) -> tuple[str, ...] | None:
        """What a record is known by, as far as case and a legal form don't matter; None where a part is blank."""
        parts = [values.get(name) for name in self.known_by]
        if not all(isinstance(part, str) for part in parts):
            return None
        return tuple(str(part).casefold().removesuffix(" gmbh") for part in parts)

    def field(self, name: str) -> Field:
        """The field of that name."""
        return next(field for field in self.fields if field.name == name)


_OWNER = Field("Owner", owner=True)

FORMS: Mapping[Kind, Form] = {
    form.kind: form
    for form in (
        Form(
            COMPANY,
            (
                Field(
                    "Account_Name",
                    ("Larkspur Tools", "Larkspur Tools GmbH", "Copper Print", "Heron Optics"),
                    needed=True,
                ),
                Field("Website", (None, "https://larkspur.example", "https://copper.example")),
                Field("Description"),
                Field("Billing_City"),
                _OWNER,
            ),
            known_by=("Account_Name", "Website"),
        ),
        Form(
            CONTACT,
            (
                Field("Last_Name", ("Adler", "Brandt", "Cohen"), needed=True),
                Field("First_Name"),
                Field(
                    "Email", (None, "ida@mail.example", "Ida@Mail.example", "juno@mail.example", "kian@mail.example")
                ),
                Field("Phone", (None, "+49 30 23125 001", "+49 30 23125 002")),
                Field("Title"),
                Field("Email_Opt_Out", (True, False)),
                Field("Account_Name", to=COMPANY),
                _OWNER,
            ),
            known_by=("Email",),
        ),
    )
}
