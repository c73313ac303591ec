"""Related records: what is freely joined with a record, and joining more with it.

Bigin v2 "Related Records" and Zoho CRM v8 "Get / Update Related Records" are alike: `GET /{module}/{id}/{list}` shows
200 a page, `PUT` of at most 100 ids joins them, and joining what is joined already changes nothing. It costs what an
ordinary call costs, however many are joined: neither "API limits" lists it among the writes that count by records.
Parting is another call, which this product does not have.
"""

from collections.abc import Sequence

from bigin_sync.errors import AnswerLost, Bug
from bigin_sync.model.outcome import Outcome, Unknown
from bigin_sync.zoho.http import Call, Wire
from bigin_sync.zoho.listing import PER_PAGE
from bigin_sync.zoho.side import Row
from bigin_sync.zoho.verdicts import joined
from bigin_sync.zoho.writing import MOST_RECORDS


def related(wire: Wire, module: str, *, record_id: str, listed: str) -> list[str]:
    """The ids of the records in one related list of one record. One call per 200 of them; none for an unknown one."""
    found: list[str] = []
    page, place = 1, {"page": "1"}
    while True:
        params = {"fields": "id", "per_page": str(PER_PAGE), **place}
        answer = wire.send(Call("GET", f"/{module}/{record_id}/{listed}", "related", params=params))
        found += [str(row["id"]) for row in answer.rows if row.get("id")]
        if not answer.rows or not answer.info.get("more_records"):
            return found
        token, page = answer.info.get("next_page_token"), page + 1
        place = {"page_token": str(token)} if token else {"page": str(page)}


def parent_words(wire: Wire, module: str, *, lookup: str, key: str) -> list[str]:
    """The words by which records of a module name, under `key`, the modules their lookup points to; one call.

    Of Bigin v2 it is not known for sure whether links call its Pipelines by that name or `Deals`.
    """
    params = {**wire.product.list_params, "fields": f"id,{lookup},{key}", "per_page": str(PER_PAGE)}
    answer = wire.send(Call("GET", f"/{module}", "metadata", params=params))
    return sorted({str(row[key]) for row in answer.rows if row.get(key)})


def relate(wire: Wire, module: str, *, record_id: str, listed: str, ids: Sequence[str]) -> list[Outcome]:
    """Join at most 100 records with one; the contract is `SideClient.relate`."""
    if len(ids) > MOST_RECORDS:
        raise Bug(f"{len(ids)} records were to be joined with one of {module}; at most {MOST_RECORDS} can be at once.")
    if not ids:
        return []
    call = Call(
        "PUT",
        f"/{module}/{record_id}/{listed}",
        "relate",
        body={"data": [{"id": one} for one in ids]},
        writes=True,
    )
    try:
        answer = wire.send(call)
    except AnswerLost as error:
        return [Unknown(str(error)) for _ in ids]
    return joined(answer, ids)


def related_lists(wire: Wire, module: str) -> list[Row]:
    """`settings/related_lists` of a module as answered."""
    return wire.send(Call("GET", "/settings/related_lists", "metadata", params={"module": module})).listed(
        "related_lists"
    )


def pipelines(wire: Wire, layout_id: str) -> list[Row]:
    """`settings/pipeline` of a layout as answered; none from a product that tells them in its layouts."""
    if not wire.product.tells_pipelines:
        return []
    call = Call("GET", "/settings/pipeline", "metadata", params={"layout_id": layout_id})
    return wire.send(call).listed("pipeline")
