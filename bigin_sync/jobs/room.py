"""The room in which everything is done: the database, the key to its secrets, the clock, the settings."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from bigin_sync.clock import Clock
from bigin_sync.errors import NotConnected, UnknownSetting
from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM
from bigin_sync.pairing.catalog import Pairing
from bigin_sync.settings import Settings
from bigin_sync.store import orgs
from bigin_sync.store.db import Database
from bigin_sync.store.secrets import Vault
from bigin_sync.zoho.client import Transport


@dataclass(frozen=True, slots=True)
class Room:
    """What every command and every run is given.

    transports: side label -> what carries its calls; a side that is missing is reached over the network.
    """

    db: Database
    vault: Vault
    clock: Clock
    settings: Settings
    pairing: Pairing = BIGIN_CRM
    transports: Mapping[str, Transport | None] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def open(
        cls, settings: Settings, *, clock: Clock, transports: Mapping[str, Transport | None] | None = None
    ) -> "Iterator[Room]":
        """The state that the settings name, made if need be, at the newest schema; let go at the end."""
        settings.ensure_home()
        db = Database.open(settings.database_url, clock=clock)
        try:
            pairing = replace(BIGIN_CRM, key_label=settings.key_field)
            again = ", then ".join(f"bigin-sync connect {label}" for label in pairing.labels.values())
            yield cls(db, Vault.of(settings, again=again), clock, settings, pairing, transports or {})
        finally:
            db.close()

    def side(self, label: str) -> Side:
        """The side a person means by `bigin` or `crm`; raises `UnknownSetting` with the names there are."""
        side = self.pairing.side_of(label.strip())
        if side is None:
            names = " and ".join(self.pairing.labels.values())
            raise UnknownSetting(f"There is no product named {label!r}.", hint=f"The products are {names}.")
        return side

    def integration(self) -> int:
        """The id of the integration; raises `NotConnected` as long as no org was connected."""
        with self.db.read() as session:
            iid = orgs.current(session, self.pairing.name)
        if iid is None:
            raise self.not_connected(Side.LEFT)
        return iid

    def connected(self) -> int:
        """The id of the integration with both its orgs; raises `NotConnected` naming the one that is missing."""
        iid = self.integration()
        with self.db.read() as session:
            present = {org.side for org in orgs.listing(session, iid) if org.signed_in}
        for side in Side:
            if side not in present:
                raise self.not_connected(side)
        return iid

    def not_connected(self, side: Side) -> NotConnected:
        """The refusal that names the side which has to be connected."""
        return NotConnected(
            f"{self.pairing.title(side)} is not connected.",
            why=f"Nothing can be compared with one org alone. (The state folder is {self.settings.home}.)",
            hint=f"Connect it: bigin-sync connect {self.pairing.label(side)}",
        )
