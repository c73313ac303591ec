"""Bigin by Zoho, REST API v2, as data.

Sources: Bigin v2 "Get Records" (fields required, 200 a page), "COQL" (200 rows a call, 10,000 by OFFSET), Bigin "API
limits" (5,000 credits, or 50,000 and 250 per licence up to 100,000; 10 simultaneous calls, 5 in the free edition).
"""

from types import MappingProxyType

from bigin_sync.zoho.budget import Edition, Editions, PriceList
from bigin_sync.zoho.product import Product
from bigin_sync.zoho.side import Capabilities

BIGIN = Product(
    label="bigin",
    title="Bigin",
    path="/bigin/v2",
    query_rows=200,
    query_window=10_000,
    # Without it records that wait for an approval are left out of lists.
    list_params=MappingProxyType({"approved": "both"}),
    # Bigin has neither ETag nor If-Unmodified-Since.
    guards_updates=False,
    # Of the settings, Bigin v2 lets only tags be written.
    adds_fields=False,
    tells_pipelines=False,
    prices=PriceList(coql=((200, 1),), view_page=3, deleted=1),
    editions=Editions(
        by_word=(("free", Edition(base=5_000, per_user=0, most=5_000, concurrency=5)),),
        otherwise=Edition(base=50_000, per_user=250, most=100_000, concurrency=10),
    ),
    cautious=Capabilities(concurrency=5, ids=False, coql=True, deleted=True, daily_credits=5_000),
    scopes=(
        "ZohoBigin.modules.ALL",
        "ZohoBigin.settings.ALL",
        "ZohoBigin.users.READ",
        "ZohoBigin.org.READ",
        "ZohoBigin.coql.READ",
    ),
)
