"""Forms: which kinds people fill in, field by field, with values so few that records match, clash and part often.

A kind is added by adding its form. What is not told here (API names, modules, which kind a lookup points to) is the
pairing's own word.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bigin_sync.model.kind import Kind
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, COMPANY, CONTACT
from bigin_sync.pairing.bigin_crm.activities import CALL, EVENT, TASK
from bigin_sync.pairing.bigin_crm.notes import NOTE
from bigin_sync.pairing.bigin_crm.pipelines import DEAL, PRODUCT


@dataclass(frozen=True, slots=True)
class Place:
    """Where a side keeps a field: its API name, and what else is sent with it.

    of: the module a lookup must say it points to; while it says another, the field is blank.
    """

    api: str
    beside: Mapping[str, object] = field(default_factory=dict)
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    values: what people choose from; None: what they write is new every time, so that it can be told from all else.
    to: the kind of record it points to. belongs: its record belongs to the one it points to; exactly one such field of
    a form is filled in. owner: it names a user. needed: it is never left blank. once: it is filled in when the record
    is made, and never again. places: where it is kept, if not where the pairing says.
    """

    name: str
    values: tuple[object, ...] | None = None
    to: Kind | None = None
    belongs: bool = False
    owner: bool = False
    needed: bool = False
    once: bool = False
    places: Mapping[Side, Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """All fields of a kind that people fill in.

    known_by: what the surest match rule compares: alike in it, two are the same. or_blank: what may be blank in both.
    loud: fields by their API names, with a value; people fill them in too, and no other side may hear of them.
    """

    kind: Kind
    fields: tuple[Field, ...]
    known_by: tuple[str, ...]
    or_blank: tuple[str, ...] = ()
    loud: Mapping[str, object] = field(default_factory=dict)

    def module(self, side: Side) -> str:
        """The API name of the kind's module."""
        return BIGIN_CRM.kind(self.kind).on(side).module

    def place(self, name: str, side: Side) -> Place:
        """Where a side keeps a field."""
        told = self.field(name).places.get(side)
        pair = BIGIN_CRM.kind(self.kind).field(name)
        assert pair is not None
        return told or Place(pair.api(side))

    def field(self, name: str) -> Field:
        """The field of that name."""
        return next(one for one in self.fields if one.name == name)

    def among(self, kinds: Collection[Kind]) -> "Form":
        """The form where only these kinds of records are known."""
        return replace(self, fields=tuple(one for one in self.fields if one.to is None or one.to in kinds))


def at(hour: int) -> datetime:
    """A moment of the day after the story begins."""
    return datetime(2026, 3, 3, hour, tzinfo=UTC)


_OWNER = Field("Owner", owner=True)
_MODULES: Mapping[Kind, Mapping[Side, str]] = {
    DEAL: {Side.LEFT: "Pipelines", Side.RIGHT: "Deals"},
    COMPANY: dict.fromkeys(BOTH, "Accounts"),
    CONTACT: dict.fromkeys(BOTH, "Contacts"),
}
_SAID = {DEAL: "Deals", COMPANY: "Accounts", CONTACT: "Contacts"}
"""How a link names a module; Bigin, too, calls that of deals what it is called in CRM."""


def _place(kind: Kind, side: Side, api: str, *, word: str) -> Place:
    return Place(api, {word: _SAID[kind]}, of=_MODULES[kind][side])


def _on(contact_of_bigin: Place) -> tuple[Field, ...]:
    """What an activity belongs to."""
    return (
        *(
            Field(
                name,
                to=kind,
                belongs=True,
                places={
                    Side.LEFT: _place(kind, Side.LEFT, "Related_To", word="$related_module"),
                    Side.RIGHT: _place(kind, Side.RIGHT, "What_Id", word="$se_module"),
                },
            )
            for kind, name in ((COMPANY, "Company"), (DEAL, "Deal"))
        ),
        Field("Contact", to=CONTACT, belongs=True, places={Side.LEFT: contact_of_bigin, Side.RIGHT: Place("Who_Id")}),
    )


_ON = _on(_place(CONTACT, Side.LEFT, "Related_To", word="$related_module"))
_UNDER = tuple(
    Field(
        name,
        to=kind,
        belongs=True,
        once=True,
        places={side: _place(kind, side, "Parent_Id", word="$se_module") for side in BOTH},
    )
    for kind, name in ((COMPANY, "Company"), (CONTACT, "Contact"), (DEAL, "Deal"))
)
_PARENTS = ("Company", "Contact", "Deal")
_STAGE = Field(
    "Stage",
    ("Qualification", "Needs Analysis", "Closed Won"),
    needed=True,
    places={Side.LEFT: Place("Stage", {"Sub_Pipeline": "Sales Pipeline Standard"})},
)
_NAMES = ("Larkspur Tools", "Larkspur Tools GmbH", "Copper Print", "Heron Optics")
_MAILS = (None, "ida@mail.example", "Ida@Mail.example", "juno@mail.example", "kian@mail.example")

_ALL = (
    Form(
        COMPANY,
        (
            Field("Account_Name", _NAMES, needed=True),
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
            Field("Email", _MAILS),
            Field("Phone", (None, "+49 30 23125 001", "+49 30 23125 002")),
            Field("Title"),
            Field("Email_Opt_Out", (True, False)),
            Field("Account_Name", to=COMPANY),
            _OWNER,
        ),
        known_by=("Email",),
    ),
    Form(
        PRODUCT,
        (
            Field("Product_Name", ("Bench vice", "Try square"), needed=True),
            Field("Product_Code", (None, "BV-1", "TS-1")),
            Field("Unit_Price", (None, 10, 25)),
            Field("Description"),
            _OWNER,
        ),
        known_by=("Product_Code",),
    ),
    Form(
        DEAL,
        (
            Field("Deal_Name", ("Service contract", "Workshop"), needed=True),
            _STAGE,
            Field("Amount", (None, 900, 1200)),
            Field("Description"),
            Field("Account_Name", to=COMPANY),
            Field("Contact_Name", to=CONTACT),
            _OWNER,
        ),
        known_by=("Deal_Name", "Amount"),
        or_blank=("Account_Name", "Contact_Name"),
    ),
    Form(
        TASK,
        (
            Field("Subject", ("Call back", "Send offer"), needed=True),
            Field("Due_Date", (None, "2026-03-20", "2026-04-01")),
            Field("Status", ("Not Started", "In Progress")),
            Field("Description"),
            *_ON,
            _OWNER,
        ),
        known_by=("Subject",),
        or_blank=("Due_Date", *_PARENTS),
        loud={
            "Remind_At": {"ALARM": "FREQ=NONE;ACTION=EMAIL;TRIGGER=DATE-TIME:2026-03-19T08:30:00+01:00"},
            "Recurring_Activity": {"RRULE": "FREQ=WEEKLY;INTERVAL=1;BYDAY=FR;COUNT=10"},
            "Send_Notification_Email": True,
        },
    ),
    Form(
        EVENT,
        (
            Field("Event_Title", ("Kick-off", "Review"), needed=True),
            Field("Start_DateTime", (at(9), at(10)), needed=True),
            Field("End_DateTime", (at(11), at(12)), needed=True),
            Field("Venue"),
            *_ON,
            _OWNER,
        ),
        known_by=("Event_Title", "Start_DateTime"),
        or_blank=_PARENTS,
        loud={
            "Remind_At": [{"unit": 15, "period": "minutes"}],
            "Recurring_Activity": {"RRULE": "FREQ=MONTHLY;INTERVAL=1;COUNT=3"},
            "Participants": [{"participant": "guest@mail.example", "type": "email"}],
        },
    ),
    Form(
        CALL,
        (
            Field("Subject", ("First talk", "Second talk"), needed=True),
            Field("Call_Type", ("Inbound",), needed=True, once=True),
            Field("Call_Start_Time", (at(8), at(9)), needed=True, once=True),
            Field("Description"),
            *_on(Place("Contact_Name")),
            _OWNER,
        ),
        known_by=("Subject", "Call_Start_Time"),
        or_blank=_PARENTS,
        loud={"Reminder": "2026-03-03T07:45:00+00:00"},
    ),
    Form(
        NOTE,
        (
            Field("Note_Content", ("Likes tea.", "Away in May."), needed=True),
            Field("Note_Title"),
            *_UNDER,
        ),
        known_by=("Note_Content",),
        or_blank=_PARENTS,
    ),
)


def forms_of(modules: tuple[str, ...]) -> dict[Kind, Form]:
    """The forms of these modules, parents first."""
    forms = {form.kind: form for form in _ALL if BIGIN_CRM.kind(form.kind).module in modules}
    return {kind: form.among(forms) for kind, form in forms.items()}
