"""Zoho CRM, REST API v8, as data.

Sources: Zoho CRM v8 "COQL limits" (2,000 rows a call, 100,000 by OFFSET; 1, 2 or 3 credits), "API limits" (credits and
simultaneous calls by edition; at most 10 simultaneous queries and large writes in every edition), "Update Records"
(`If-Unmodified-Since`), "Create Custom Field".
"""

import sys
from types import MappingProxyType

from bigin_sync.zoho.budget import Edition, Editions, PriceList
from bigin_sync.zoho.product import Product
from bigin_sync.zoho.side import Capabilities

_FREE = Edition(base=5_000, per_user=0, most=5_000, concurrency=5)
_STANDARD = Edition(base=50_000, per_user=250, most=100_000, concurrency=10)
_PROFESSIONAL = Edition(base=50_000, per_user=500, most=3_000_000, concurrency=15)
_ENTERPRISE = Edition(base=50_000, per_user=1_000, most=5_000_000, concurrency=20)
_ULTIMATE = Edition(base=50_000, per_user=2_000, most=sys.maxsize, concurrency=25)

CRM = Product(
    label="crm",
    title="Zoho CRM",
    path="/crm/v8",
    query_rows=2_000,
    query_window=100_000,
    list_params=MappingProxyType({}),
    guards_updates=True,
    adds_fields=True,
    tells_pipelines=True,
    prices=PriceList(coql=((200, 1), (1_000, 2), (2_000, 3)), view_page=3, deleted=2),
    editions=Editions(
        by_word=(
            ("free", _FREE),
            ("standard", _STANDARD),
            ("starter", _STANDARD),
            ("professional", _PROFESSIONAL),
            ("ultimate", _ULTIMATE),
            ("plus", _ULTIMATE),
            ("enterprise", _ENTERPRISE),
            ("one", _ENTERPRISE),
        ),
        otherwise=_STANDARD,
    ),
    cautious=Capabilities(concurrency=5, ids=True, coql=True, deleted=True, daily_credits=5_000),
    scopes=(
        "ZohoCRM.modules.ALL",
        "ZohoCRM.settings.ALL",
        "ZohoCRM.users.READ",
        "ZohoCRM.org.READ",
        "ZohoCRM.coql.READ",
    ),
)
