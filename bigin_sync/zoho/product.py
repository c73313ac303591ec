"""A product as data: everything in which Bigin and Zoho CRM differ on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bigin_sync.zoho.budget import Editions, PriceList
from bigin_sync.zoho.side import Capabilities


@dataclass(frozen=True, slots=True)
class Product:
    """One product's API.

    label:          how the house calls it. title: how people do. path: the prefix of its API, version included.
    query_rows:     most rows one COQL call answers. query_window: how deep LIMIT plus OFFSET may reach.
    list_params:    what every list call says besides its own parameters.
    guards_updates: whether an update may carry `If-Unmodified-Since`.
    adds_fields:    whether fields can be added to a module through the API.
    tells_pipelines: whether `settings/pipeline` tells which stages a pipeline has; else the layouts do.
    cautious:       capabilities assumed until an org has been probed.
    scopes:         what a refresh token must be allowed to do.
    """

    label: str
    title: str
    path: str
    query_rows: int
    query_window: int
    list_params: Mapping[str, str]
    guards_updates: bool
    adds_fields: bool
    tells_pipelines: bool
    prices: PriceList
    editions: Editions
    cautious: Capabilities
    scopes: tuple[str, ...]

    def at_version(self, version: str) -> "Product":
        """The same product at another version of its API (`v9`)."""
        return replace(self, path=f"{self.path.rpartition('/')[0]}/{version}")
