"""What activities and notes belong to: how each product says it, as pairs of fields to choose from.

An org links an activity in one of two ways, and its own metadata tells which. Zoho CRM v8 "Tasks", "Events", "Calls":
`What_Id` holds a deal or a company, `$se_module` beside it says which, and `Who_Id` holds a contact. Bigin v2, after
other sources: `Related_To` holds any of the three with `$related_module` beside it, and calls have a `Contact_Name`.
Where both say the same, a mapping takes the first of the pairs here whose fields both orgs have.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm.contacts import COMPANY, CONTACT
from bigin_sync.pairing.bigin_crm.pipelines import DEAL
from bigin_sync.pairing.catalog import Direction, FieldPair, FieldType, KeyPart, MatchRule, Norm, When

LINKS: Mapping[Kind, str] = MappingProxyType({DEAL: "Deal", COMPANY: "Company", CONTACT: "Contact"})
"""Kind -> the field's name in canonical values. Where a side has room for one link, it shows the first."""

_WRITTEN: Mapping[Kind, str] = MappingProxyType({DEAL: "Deals", COMPANY: "Accounts", CONTACT: "Contacts"})
_ALSO_SAID: Mapping[tuple[Side, Kind], frozenset[str]] = MappingProxyType({(Side.LEFT, DEAL): frozenset({"Pipelines"})})
"""A deal's module in Bigin is called Pipelines, and in links mostly by the name it has in CRM; sources disagree."""

_Place = tuple[str, When | None]


def _when(kind: Kind, side: Side, key: str, *, inside: bool = False) -> When:
    word = _WRITTEN[kind]
    return When(key=key, reads=_ALSO_SAID.get((side, kind), frozenset()) | {word}, writes=word, inside=inside)


def _places(kind: Kind, side: Side) -> tuple[_Place, ...]:
    related: _Place = ("Related_To", _when(kind, side, "$related_module"))
    if kind == CONTACT:
        return (("Who_Id", None), ("Contact_Name", None), related)
    return (related, ("What_Id", _when(kind, side, "$se_module")))


def _pairs() -> Iterator[FieldPair]:
    for kind, name in LINKS.items():
        for left, when_left in _places(kind, Side.LEFT):
            for right, when_right in _places(kind, Side.RIGHT):
                yield FieldPair(
                    name=name,
                    left=left,
                    right=right,
                    type=FieldType.LOOKUP,
                    to=kind,
                    when_left=when_left,
                    when_right=when_right,
                )


ACTIVITY_LINKS = tuple(_pairs())
"""The pairs of fields by which an activity may be linked, the usual way of each org first."""

NOTE_LINKS = tuple(
    FieldPair(
        name=name,
        left="Parent_Id",
        right="Parent_Id",
        type=FieldType.LOOKUP,
        to=kind,
        # A note stays where it was written: nothing moves it to another record.
        direction=Direction.FILL,
        when_left=_when(kind, Side.LEFT, "$se_module"),
        when_right=_when(kind, Side.RIGHT, "$se_module", inside=True),
    )
    for kind, name in LINKS.items()
)
"""The parent of a note. Zoho CRM v8 "Notes" names its module inside it, older generations and Bigin beside it."""


def known_by_link(said: str, *parts: KeyPart) -> tuple[MatchRule, ...]:
    """Rules by which records are the same if these parts are and both belong to the same record, deals first."""
    return tuple(
        MatchRule(rank, f"{said} and {kind}", (*parts, KeyPart((name,), Norm.RECORD)))
        for rank, (kind, name) in enumerate(LINKS.items(), start=1)
    )
