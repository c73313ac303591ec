"""Integrations and their two orgs: the connection, what each org said about itself, its users, who owns for whom."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, or_, select

from bigin_sync.errors import Bug
from bigin_sync.model.side import Side
from bigin_sync.store.db import now
from bigin_sync.store.tables_hot import CURSOR, INBOX
from bigin_sync.store.tables_setup import (
    APP_USER,
    METADATA,
    ORG,
    OWNER_PAIR,
    AppUserRow,
    IntegrationRow,
    MetadataRow,
    OrgRow,
    OwnerPairRow,
)
from bigin_sync.store.upsert import upsert

ACTIVE = "active"
BY_HAND = "set"


@dataclass(frozen=True, slots=True)
class NewOrg:
    """A connection as it is made. label: the pairing's word for the side; secrets_sealed: see `secrets.Vault`."""

    side: Side
    label: str
    org_id: str
    org_name: str
    country: str | None
    zone: str | None
    dc: str
    accounts_url: str
    api_domain: str
    user_id: str
    user_name: str
    user_email: str
    client_id: str
    secrets_sealed: str = field(repr=False)
    capabilities: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Org(NewOrg):
    """A connected org."""

    connected_at: datetime
    checked_at: datetime | None

    @property
    def signed_in(self) -> bool:
        """Whether there are credentials to call it with; after `disconnect` there are none."""
        return bool(self.secrets_sealed)


class Person(Protocol):
    """A user as any side describes one."""

    @property
    def id(self) -> str:
        """The user's id on its side."""
        ...

    @property
    def name(self) -> str:
        """The full name."""
        ...

    @property
    def email(self) -> str:
        """The address."""
        ...

    @property
    def active(self) -> bool:
        """Whether the user can own new records."""
        ...

    @property
    def administrator(self) -> bool:
        """Whether the user is an administrator."""
        ...


@dataclass(frozen=True, slots=True)
class AppUser:
    """A user of an org, as last read."""

    id: str
    name: str
    email: str
    active: bool
    administrator: bool


@dataclass(frozen=True, slots=True)
class OwnerPair:
    """Two users who own the same records, because a person said so (`how` is `set`)."""

    left_user: str
    right_user: str
    how: str


def create_integration(session: Session, *, pairing: str, name: str) -> int:
    """Begin a new integration, with no orgs yet; returns its id."""
    row = IntegrationRow(pairing=pairing, name=name, state=ACTIVE, created_at=now(session), settings={})
    session.add(row)
    session.flush()
    if row.id is None:
        raise Bug("An integration was stored without an id.")
    return row.id


def current(session: Session, pairing: str) -> int | None:
    """The id of the pairing's latest integration, or None before the first one."""
    statement = select(IntegrationRow.id).where(IntegrationRow.pairing == pairing)
    return session.exec(statement.order_by(col(IntegrationRow.id).desc())).first()


def begun_at(session: Session, iid: int) -> datetime:
    """When an integration was made."""
    return session.exec(select(IntegrationRow.created_at).where(IntegrationRow.id == iid)).one()


def integration_of(session: Session, *, side: Side, org_id: str) -> int | None:
    """The latest integration that an org is the given side of, or None."""
    statement = select(OrgRow.integration_id).where(OrgRow.side == side.value, OrgRow.org_id == org_id)
    return session.exec(statement.order_by(col(OrgRow.integration_id).desc())).first()


def put(session: Session, iid: int, *, org: NewOrg) -> None:
    """Keep a connection, in place of the side's earlier one."""
    values = {**asdict(org), "side": org.side.value, "integration_id": iid, "connected_at": now(session)}
    replaced = [name for name in values if name not in {"integration_id", "side"}]
    session.connection().execute(
        upsert(session, ORG, key=("integration_id", "side"), replace=replaced), values | {"checked_at": None}
    )


def put_secrets(session: Session, iid: int, *, side: Side, sealed: str, api_domain: str) -> None:
    """Keep renewed tokens, and the API address that came with them."""
    row = _org(session, iid, side)
    if row is not None:
        row.secrets_sealed, row.api_domain = sealed, api_domain
        session.add(row)
        session.flush()


def checked(session: Session, iid: int, *, side: Side, capabilities: Mapping[str, Any]) -> None:
    """Note that the connection was just looked at, and what it can do."""
    row = _org(session, iid, side)
    if row is not None:
        row.checked_at, row.capabilities = now(session), dict(capabilities)
        session.add(row)
        session.flush()


def get(session: Session, iid: int, *, side: Side) -> Org | None:
    """The org of a side, or None while it is not connected."""
    row = _org(session, iid, side)
    return None if row is None else _to_org(row)


def listing(session: Session, iid: int) -> list[Org]:
    """The connected orgs, left first."""
    statement = select(OrgRow).where(OrgRow.integration_id == iid).order_by(col(OrgRow.side))
    return [_to_org(row) for row in session.exec(statement)]


def forget(session: Session, iid: int, *, side: Side) -> None:
    """Drop an org and everything that was read from it. Links stay: an org that has some must not be forgotten."""
    connection = session.connection()
    for table in (ORG, METADATA, APP_USER, INBOX, CURSOR):
        connection.execute(delete(table).where(table.c.integration_id == iid, table.c.side == side.value))
    connection.execute(delete(OWNER_PAIR).where(OWNER_PAIR.c.integration_id == iid))


def disconnect(session: Session, iid: int) -> None:
    """Forget how to sign in to both orgs. All that is known of them, links included, stays for when they are back."""
    session.connection().execute(
        update(ORG).where(ORG.c.integration_id == iid).values(secrets_sealed="", client_id="", api_domain="")
    )


def put_metadata(session: Session, iid: int, *, side: Side, module: str, told: Mapping[str, Any]) -> None:
    """Keep what an org said of a module: what (`fields`, `layouts`, `views`, …) -> plain JSON, as answered."""
    shared = {"integration_id": iid, "side": side.value, "module": module, "read_at": now(session)}
    session.connection().execute(
        upsert(session, METADATA, key=("integration_id", "side", "module", "what"), replace=("content", "read_at")),
        [{**shared, "what": what, "content": content} for what, content in told.items()],
    )


def metadata(session: Session, iid: int, *, side: Side, module: str, what: str) -> Any:  # noqa: ANN401 -- any JSON
    """What the org said last, or None when it was never asked."""
    statement = select(MetadataRow.content).where(
        MetadataRow.integration_id == iid,
        MetadataRow.side == side.value,
        MetadataRow.module == module,
        MetadataRow.what == what,
    )
    return session.exec(statement).one_or_none()


def all_metadata(session: Session, iid: int, *, side: Side, module: str) -> dict[str, Any]:
    """All that the org said last of a module: what -> plain JSON, as answered."""
    statement = select(MetadataRow.what, MetadataRow.content).where(
        MetadataRow.integration_id == iid, MetadataRow.side == side.value, MetadataRow.module == module
    )
    return dict(session.exec(statement).all())


def metadata_read_at(session: Session, iid: int, *, what: str) -> dict[tuple[Side, str], datetime]:
    """Side and module -> when such an answer was read."""
    statement = select(MetadataRow.side, MetadataRow.module, MetadataRow.read_at).where(
        MetadataRow.integration_id == iid, MetadataRow.what == what
    )
    return {(Side(side), module): read_at for side, module, read_at in session.exec(statement)}


def outdate_metadata(session: Session, iid: int) -> None:
    """What the orgs said of themselves is to be read again by the next run, however young it is."""
    outdated = datetime.fromtimestamp(0, UTC)
    for row in session.exec(select(MetadataRow).where(MetadataRow.integration_id == iid, MetadataRow.what == "fields")):
        row.read_at = outdated
        session.add(row)
    session.flush()


def put_users(session: Session, iid: int, *, side: Side, users: Iterable[Person]) -> None:
    """Keep the users of an org, in place of those known before."""
    connection = session.connection()
    connection.execute(delete(APP_USER).where(APP_USER.c.integration_id == iid, APP_USER.c.side == side.value))
    rows = {
        user.id: {
            "integration_id": iid,
            "side": side.value,
            "user_id": user.id,
            "name": user.name,
            "email": user.email,
            "active": user.active,
            "administrator": user.administrator,
        }
        for user in users
    }
    if rows:
        connection.execute(insert(APP_USER), list(rows.values()))


def users(session: Session, iid: int, *, side: Side) -> list[AppUser]:
    """The users of an org as last read, inactive ones too."""
    statement = select(AppUserRow).where(AppUserRow.integration_id == iid, AppUserRow.side == side.value)
    return [
        AppUser(row.user_id, row.name, row.email, row.active, row.administrator)
        for row in session.exec(statement.order_by(col(AppUserRow.id)))
    ]


def owner_pairs(session: Session, iid: int) -> list[OwnerPair]:
    """The pairs that were set by hand, oldest first."""
    statement = select(OwnerPairRow).where(OwnerPairRow.integration_id == iid).order_by(col(OwnerPairRow.id))
    return [OwnerPair(row.left_user, row.right_user, row.how) for row in session.exec(statement)]


def put_owner_pair(session: Session, iid: int, *, left_user: str, right_user: str, how: str = BY_HAND) -> None:
    """Pair two users; earlier pairs of either are undone."""
    either = or_(col(OwnerPairRow.left_user) == left_user, col(OwnerPairRow.right_user) == right_user)
    session.connection().execute(delete(OWNER_PAIR).where(OWNER_PAIR.c.integration_id == iid, either))
    session.add(OwnerPairRow(integration_id=iid, left_user=left_user, right_user=right_user, how=how))
    session.flush()


def drop_owner_pair(session: Session, iid: int, *, left_user: str) -> None:
    """Undo the pair of a left user."""
    session.connection().execute(
        delete(OWNER_PAIR).where(OWNER_PAIR.c.integration_id == iid, OWNER_PAIR.c.left_user == left_user)
    )


def _org(session: Session, iid: int, side: Side) -> OrgRow | None:
    statement = select(OrgRow).where(OrgRow.integration_id == iid, OrgRow.side == side.value)
    return session.exec(statement).one_or_none()


def _to_org(row: OrgRow) -> Org:
    values = row.model_dump(exclude={"id", "integration_id", "side"})
    return Org(side=Side(row.side), **values)
