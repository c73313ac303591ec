"""The routes of search, count and COQL: they hand the question on and wrap the answer."""

from bigin_sync.emulator import coql, search, views, wire
from bigin_sync.emulator.calls import Ask
from bigin_sync.emulator.listing import asked_fields
from bigin_sync.emulator.replies import ApiError, Reply, ambiguous, invalid_param, nothing

_FILTERS = ("criteria", "email", "phone", "word")


def search_records(ask: Ask) -> Reply:
    """`GET /{module}/search`: everything of a record unless `fields` says less; never a page token."""
    module = ask.module()
    found = search.run(ask.org, module, ask.params, user=ask.user)
    if not found.rows:
        return nothing()
    fields = asked_fields(ask, required=False)
    data = wire.render_all(ask.org, module, found.rows, fields=fields, user=ask.user, version=ask.version)
    return Reply(200, {"data": data, "info": found.info()})


def run_coql(ask: Ask) -> Reply:
    """`POST /coql`, answered from the records, as they were `read_lag` seconds ago, not from the index of search."""
    query = ask.json_body().get("select_query")
    if query is None:
        raise ApiError("MANDATORY_NOT_FOUND", "required field not found", details={"api_name": "select_query"})
    if not isinstance(query, str):
        details = {"expected_data_type": "string", "api_name": "select_query", "json_path": "$.select_query"}
        raise ApiError("INVALID_DATA", "invalid data", details=details)
    return coql.run(ask.org, ask.user, query, version=ask.version).reply()


def count_records(ask: Ask) -> Reply:
    """`GET /{module}/actions/count`, of all records, of a view, or of what a search finds."""
    module = ask.module()
    given = [name for name in (*_FILTERS, "cvid") if ask.params.get(name)]
    if len(given) > 1:
        raise ambiguous("param_name", given)
    table = ask.org.tables[module.api_name]
    if not given:
        return Reply(200, {"count": len(table)})
    if given == ["cvid"]:
        view = module.view(ask.params["cvid"])
        if view is None:
            raise invalid_param("cvid")
        admits = views.predicate(ask.org, module.api_name, view.criteria, user=ask.user)
        return Reply(200, {"count": sum(1 for row in table.rows.values() if admits(row))})
    return Reply(200, {"count": len(search.matching(ask.org, module, ask.params, user=ask.user))})
