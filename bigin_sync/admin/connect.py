"""Connect: one org is signed in to, checked, described and remembered."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from bigin_sync.admin.elsewhere import must_be_free
from bigin_sync.admin.owners import summary
from bigin_sync.errors import AlreadyConnected, ModuleMissing, NotAdministrator, RequestRefused, WrongCredentials
from bigin_sync.jobs import drift
from bigin_sync.jobs.clients import patience, sealed
from bigin_sync.jobs.owner_map import owner_map
from bigin_sync.jobs.refresh import OrgFacts, missing_module
from bigin_sync.jobs.room import Room
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.fields import read_fields, unmappable
from bigin_sync.store import links, orgs
from bigin_sync.store.db import Session
from bigin_sync.zoho.client import PRODUCTS, open_side
from bigin_sync.zoho.datacentres import data_centre, data_centre_of, sign_in_host
from bigin_sync.zoho.oauth import Credentials, redeem
from bigin_sync.zoho.side import Capabilities, Org, SideClient, Standing, User

DEFAULT_DC = "us"
NOBODY = "1"
"""An id that no record has: asking for it needs the right to read, and reads nothing."""
ELSEWHERE = "custom"
"""The data centre of an accounts URL that no table knows."""


@dataclass(frozen=True, slots=True)
class KindFound:
    """A kind of record the org offers, and how many of its fields could be synced."""

    kind: str
    plural: str
    fields: int


@dataclass(frozen=True, slots=True)
class Connection:
    """What connecting found. renewed: the org was connected before, its credentials are new now.

    owners: how users are paired, in a sentence, once both orgs are connected.
    """

    label: str
    title: str
    renewed: bool
    org_id: str
    org_name: str
    edition: str
    country: str | None
    zone: str | None
    user_name: str
    user_email: str
    users: int
    daily_credits: int
    concurrency: int
    reading: str
    kinds: tuple[KindFound, ...]
    owners: str | None
    warnings: tuple[str, ...]


def connect(  # noqa: PLR0913 -- all that a person may say of one connection, by name
    room: Room,
    label: str,
    *,
    client_id: str,
    client_secret: str,
    grant_code: str | None = None,
    refresh_token: str | None = None,
    dc: str | None = None,
    accounts_url: str | None = None,
    take_over: bool = False,
) -> Connection:
    """Connect an org with a grant code or a refresh token of one of its administrators. Nothing is written to it.

    dc: a data centre's short name (`us` if neither it nor `accounts_url` is given). take_over: an org whose records say
    that it is synced with another one is taken all the same. Nothing is stored before every check has passed. Raises
    `WrongCredentials`, `WrongDataCentre`, `MissingScope`, `NotAdministrator`, `ModuleMissing`, `AlreadyConnected`,
    `Unreachable` or `UnknownSetting`.
    """
    side = room.side(label)
    url = _accounts_url(dc, accounts_url)
    credentials = _credentials(room, side, client_id, client_secret, url, grant_code, refresh_token)
    with _signed_in(room, side, credentials) as first:
        org, me = first.client.org(), first.client.me()
        _check_user(room, side, me, standing=first.client.standing(me))
        iid = _check_org(room, side, org)
        _check_present(room, side, first.client)
        facts = OrgFacts(room, side, first.client, kinds=room.pairing.kinds)
        capabilities = first.client.probe(facts.fields)
    # A second client that queries nothing: COQL answers some who may not read the module itself.
    plain = replace(capabilities, coql=False, ids=False)
    with _signed_in(room, side, first.credentials, capabilities=plain) as second:
        _check_readable(room, side, second.client)
    if iid is not None and not take_over:
        with _signed_in(room, side, second.credentials, capabilities=capabilities) as second:
            must_be_free(room, iid, side=side, org=org, client=second.client, fields=facts.fields)
    return _remember(room, side, iid, found=_Found(org, me, capabilities, facts, second.credentials))


class _SignIn:
    """A client, and the credentials as the latest token answer left them."""

    def __init__(self, client: SideClient, kept: list[Credentials]) -> None:
        self.client = client
        self._kept = kept

    @property
    def credentials(self) -> Credentials:
        """With the access token, so that the next process need not ask for one."""
        return self._kept[-1]


@dataclass(frozen=True, slots=True)
class _Found:
    """All that was read from an org that passed every check."""

    org: Org
    me: User
    capabilities: Capabilities
    facts: OrgFacts
    credentials: Credentials


@contextmanager
def _signed_in(
    room: Room, side: Side, credentials: Credentials, *, capabilities: Capabilities | None = None
) -> Iterator[_SignIn]:
    label = room.pairing.label(side)
    kept = [credentials]
    client = open_side(
        label,
        credentials,
        clock=room.clock,
        capabilities=capabilities,
        renewed=kept.append,
        transport=room.transports.get(label),
        patience=patience(room),
        connecting=True,
    )
    try:
        yield _SignIn(client, kept)
    finally:
        client.close()


def _accounts_url(dc: str | None, accounts_url: str | None) -> str:
    if accounts_url is not None:
        return sign_in_host(accounts_url)
    return data_centre(dc or DEFAULT_DC).accounts_url


def _credentials(  # noqa: PLR0917 -- the parts of one set of credentials
    room: Room,
    side: Side,
    client_id: str,
    client_secret: str,
    url: str,
    grant_code: str | None,
    refresh_token: str | None,
) -> Credentials:
    title, label = room.pairing.title(side), room.pairing.label(side)
    if bool(grant_code) == bool(refresh_token):
        raise WrongCredentials(
            f"Give either a grant code or a refresh token for {title}, and not both.",
            why="It proves that an administrator of the org has agreed.",
            hint=f"bigin-sync connect {label} --grant-code CODE",
        )
    credentials = Credentials(client_id, client_secret, refresh_token or "", url)
    if grant_code:
        return redeem(
            credentials, grant_code, product=PRODUCTS[label], clock=room.clock, transport=room.transports.get(label)
        )
    return credentials


def _check_user(room: Room, side: Side, me: User, *, standing: Standing) -> None:
    if not standing.suffices:
        title, label = room.pairing.title(side), room.pairing.label(side)
        raise NotAdministrator(
            f"{me.name} <{me.email}> is not an administrator of the {title} org: {standing}.",
            why="Records this user may not see would look deleted, and records of others could not be written.",
            hint="Make the code as a user with the profile Administrator and the role at the top, then: "
            f"bigin-sync connect {label}",
        )


def _check_org(room: Room, side: Side, org: Org) -> int | None:
    """The integration this org belongs to; None if this is the first org of a new one."""
    title = room.pairing.title(side)
    with room.db.read() as session:
        iid = orgs.current(session, room.pairing.name)
        owner = orgs.integration_of(session, side=side, org_id=org.id)
        if owner is not None and owner != iid:
            raise AlreadyConnected(
                f"The {title} org {org.name} is part of another integration already.",
                why="Two integrations writing one org would undo each other's work.",
                hint="Disconnect it there first.",
            )
        known = None if iid is None else orgs.get(session, iid, side=side)
        if iid is None or known is None or known.org_id == org.id:
            return iid
        linked = sum(count.linked + count.parted for count in links.count(session, iid))
    if linked == 0:
        return iid
    raise AlreadyConnected(
        f"{known.org_name} is the {title} org of this integration, and {org.name} is another one.",
        why=f"{linked:,} pairs of records are linked with {known.org_name}; none of them exists in {org.name}.",
        hint="Sign in to the same org, or keep the other one in a state folder of its own: BIGIN_SYNC_HOME=FOLDER",
    )


def _check_present(room: Room, side: Side, client: SideClient) -> None:
    present = {str(row.get("api_name")) for row in client.modules() if row.get("api_supported") is not False}
    for spec in room.pairing.kinds:
        if spec.on(side).module not in present and room.pairing.indispensable(spec):
            raise missing_module(room, spec, side)


def _check_readable(room: Room, side: Side, client: SideClient) -> None:
    """One call per module, so that a missing scope shows now and not in the middle of a night."""
    for spec in room.pairing.kinds:
        try:
            client.fetch(spec.on(side).module, [NOBODY], fields=["id"])
        except ModuleMissing as error:
            if room.pairing.indispensable(spec):
                raise missing_module(room, spec, side) from error
        except RequestRefused:
            continue


def _remember(room: Room, side: Side, iid: int | None, *, found: _Found) -> Connection:
    org, me, facts, credentials = found.org, found.me, found.facts, found.credentials
    capabilities = found.capabilities
    centre = data_centre_of(credentials.accounts_url)
    with room.db.write(iid) as session:
        iid = iid or orgs.create_integration(session, pairing=room.pairing.name, name=org.name)
        before = orgs.get(session, iid, side=side)
        if before is not None and before.org_id != org.id:
            orgs.forget(session, iid, side=side)
        orgs.put(
            session,
            iid,
            org=orgs.NewOrg(
                side=side,
                label=room.pairing.label(side),
                org_id=org.id,
                org_name=org.name,
                country=org.country,
                zone=org.zone,
                dc=ELSEWHERE if centre is None else centre.name,
                accounts_url=credentials.accounts_url,
                api_domain=credentials.api_domain or "",
                user_id=me.id,
                user_name=me.name,
                user_email=me.email,
                client_id=credentials.client_id,
                secrets_sealed=sealed(room, credentials),
                capabilities=capabilities.to_json(),
            ),
        )
        facts.store(session, iid)
        drift.look(room, session, iid)
        owners = _owners(room, session, iid)
    return Connection(
        label=room.pairing.label(side),
        title=room.pairing.title(side),
        renewed=before is not None and before.org_id == org.id,
        org_id=org.id,
        org_name=org.name,
        edition=org.edition,
        country=org.country,
        zone=org.zone,
        user_name=me.name,
        user_email=me.email,
        users=len(facts.users),
        daily_credits=capabilities.daily_credits,
        concurrency=capabilities.concurrency,
        reading="by query (COQL), in parallel" if capabilities.coql else "page by page",
        kinds=tuple(_kinds(room, side, facts)),
        owners=owners,
        warnings=tuple(_warnings(room, side, capabilities)),
    )


def _kinds(room: Room, side: Side, facts: OrgFacts) -> Iterator[KindFound]:
    for spec in room.pairing.kinds:
        metas = read_fields(facts.fields.get(spec.on(side).module, []))
        usable = sum(1 for meta in metas.values() if unmappable(room.pairing, meta, side=side) is None)
        yield KindFound(spec.kind, spec.on(side).plural, usable)


def _owners(room: Room, session: Session, iid: int) -> str | None:
    present = {org.side for org in orgs.listing(session, iid)}
    return summary(room, owner_map(session, iid)) if present == set(BOTH) else None


def _warnings(room: Room, side: Side, capabilities: Capabilities) -> Iterator[str]:
    title = room.pairing.title(side)
    if not capabilities.coql:
        yield (
            f"{title} refuses queries (COQL): reading takes more calls. "
            f"A code with the scope for COQL makes it faster: bigin-sync connect {room.pairing.label(side)} --help"
        )
    if not capabilities.deleted:
        yield f"{title} does not list deleted records: a deletion is noticed later, when the record is next written."
