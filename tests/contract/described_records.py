"""Requests about records that the OpenAPI description of CRM tells of."""

import httpx

from tests.contract.described import Case, Stage, told_of

LONG_AGO = "2020-01-01T00:00:00+00:00"
NOBODY = "7301284000009999999"

ALL, ONE = told_of("record", "/{module}"), told_of("record", "/{module}/{recordID}")
UPSERT, DELETED = told_of("record", "/{module}/upsert"), told_of("record", "/{module}/deleted")
SEARCH, COQL = told_of("module-search", "/{module}/search"), told_of("coql", "/coql")
COUNT = told_of("record-count", "/{moduleApiName}/actions/count")
NOTES, NOTE = told_of("notes", "/Notes"), told_of("notes", "/Notes/{id}")
NOTES_OF = told_of("related-notes", "/{parentRecordModule}/{parentRecordId}/Notes")
NOTE_OF = told_of("related-notes", "/{parentRecordModule}/{parentRecordId}/Notes/{noteId}")
RELATED = told_of("related-records", "/{parentRecordModule}/{parentRecord}/{relatedList}")
RELATED_ONE = told_of("related-records", "/{parentRecordModule}/{parentRecord}/{relatedList}/{record}")
ROLES = told_of("deal-contact-roles", "/{module}/{dealId}/Contact_Roles")
ROLE = told_of("deal-contact-roles", "/{module}/{dealId}/Contact_Roles/{contactId}")
OWNER_OF_ALL = told_of("change-owner", "/{module}/actions/change_owner")
OWNER_OF_ONE = told_of("change-owner", "/{module}/{record}/actions/change_owner")
TIMELINE = told_of("timelines", "/{module}/{recordId}/__timeline")
COMPOSITE = told_of("composite-requests", "/__composite_requests")

NOTE_FIELDS = "Note_Title,Note_Content,Parent_Id"


def _known_again(on: Stage) -> httpx.Response:
    return on.write("POST", "/Contacts/upsert", {"Last_Name": "Weber", "Email": "w@example.org"})


def _known_and_moved(on: Stage) -> httpx.Response:
    row: dict[str, object] = {"Last_Name": "Weber", "Email": "w@example.org"}
    return on.write("POST", "/Contacts/upsert", row, If_Unmodified_Since=LONG_AGO)


def _owned(on: Stage, path: str, owner: str, *ids: str) -> httpx.Response:
    body: dict[str, object] = {"owner": {"id": owner}}
    return on.send("POST", f"{path}/actions/change_owner", body | {"ids": list(ids)} if ids else body)


def _changed(on: Stage) -> httpx.Response:
    on.write("PUT", f"/Contacts/{on.contact}", {"Last_Name": "Dahl"})
    return on.get(f"/Contacts/{on.contact}/__timeline")


def _joined(on: Stage) -> Stage:
    product = on.org.seed("Products", [{"Product_Name": "Oar"}], ids=[NOBODY])[0]
    on.write("PUT", f"/Deals/{on.deal}/Products", {"id": product})
    on.write("PUT", f"/Deals/{on.deal}/Contact_Roles", {"id": on.contact})
    return on


def _together(on: Stage, *wishes: tuple[str, str, object]) -> httpx.Response:
    calls = [
        {"sub_request_id": str(number), "method": method, "uri": f"/crm/v8{path}", "body": body}
        for number, (method, path, body) in enumerate(wishes)
    ]
    return on.send("POST", "/__composite_requests", {"__composite_requests": calls})


FINE: tuple[str, str, object] = ("POST", "/Contacts", {"data": [{"Last_Name": "New"}]})
UNFIT: tuple[str, str, object] = ("POST", "/Contacts", {"data": [{"First_Name": "No"}]})
LOST: tuple[str, str, object] = ("POST", "/Contacts", {"data": [{"Last_Name": "@{9:$.data[0].details.id}"}]})

RECORD_CASES: list[Case] = [
    ALL("get", 200, lambda on: on.get("/Contacts", fields="Last_Name,Owner,Created_By,Tag")),
    ALL("get", 204, lambda on: on.get("/Products", fields="Product_Name")),
    ALL("get", 400, lambda on: on.get("/Contacts")),
    ALL("get", 403, lambda on: on.without("READ", "Contacts").get("/Contacts", fields="Last_Name")),
    ALL("get", 404, lambda on: on.get("/Contacts/1/2/3/4")),
    ONE("get", 200, lambda on: on.get(f"/Contacts/{on.contact}")),
    ONE("get", 204, lambda on: on.get(f"/Contacts/{NOBODY}")),
    ALL("post", 201, lambda on: on.write("POST", "/Contacts", {"Last_Name": "New"})),
    ALL("post", 400, lambda on: on.write("POST", "/Contacts", {"First_Name": "No"})),
    ALL("post", 403, lambda on: on.without("CREATE", "Contacts").write("POST", "/Contacts", {"Last_Name": "New"})),
    ALL("put", 403, lambda on: on.without("UPDATE", "Contacts").write("PUT", "/Contacts", {"id": on.contact})),
    ALL("put", 200, lambda on: on.write("PUT", "/Contacts", {"id": on.contact, "Phone": "1"})),
    ALL("put", 400, lambda on: on.write("PUT", "/Contacts", {"id": "1", "Phone": "1"})),
    ALL(
        "put",
        412,
        lambda on: on.write("PUT", "/Contacts", {"id": on.contact, "Phone": "1"}, If_Unmodified_Since=LONG_AGO),
    ),
    ONE("put", 200, lambda on: on.write("PUT", f"/Deals/{on.deal}", {"Amount": 3})),
    ONE("put", 412, lambda on: on.write("PUT", f"/Deals/{on.deal}", {"Amount": 3}, If_Unmodified_Since=LONG_AGO)),
    UPSERT("post", 200, lambda on: on.write("POST", "/Leads/upsert", {"Last_Name": "A", "Company": "B"})),
    UPSERT("post", 200, _known_again),
    UPSERT("post", 400, lambda on: on.write("POST", "/Contacts/upsert", {"First_Name": "No"})),
    UPSERT("post", 412, _known_and_moved),
    ALL("delete", 200, lambda on: on.send("DELETE", f"/Contacts?ids={on.contact}")),
    ALL("delete", 403, lambda on: on.without("DELETE", "Contacts").send("DELETE", f"/Contacts?ids={on.contact}")),
    ALL("delete", 207, lambda on: on.send("DELETE", f"/Contacts?ids={on.contact},{on.deleted}")),
    ONE("delete", 200, lambda on: on.send("DELETE", f"/Contacts/{on.contact}")),
    DELETED("get", 200, lambda on: on.get("/Contacts/deleted", type="all")),
    DELETED("get", 204, lambda on: on.get("/Deals/deleted", type="all")),
    DELETED("get", 400, lambda on: on.get("/Contacts/deleted", type="some")),
    SEARCH("get", 200, lambda on: on.get("/Contacts/search", email="w@example.org")),
    SEARCH("get", 204, lambda on: on.get("/Contacts/search", word="nobody")),
    SEARCH("get", 400, lambda on: on.get("/Contacts/search")),
    SEARCH("get", 400, lambda on: on.get("/Contacts/search", word="ab", page=11)),
    SEARCH("get", 400, lambda on: on.get("/Contacts/search", criteria="(Nick:equals:a)")),
    COQL("post", 200, lambda on: on.query("select Last_Name, Account_Name from Contacts where id is not null")),
    COQL("post", 204, lambda on: on.query("select id from Products where id is not null")),
    COQL("post", 400, lambda on: on.query("select id from Contacts")),
    COQL("post", 400, lambda on: on.query("select id form Contacts where id is not null")),
    COQL("post", 400, lambda on: on.query("select id from Nothing where id is not null")),
    COQL("post", 400, lambda on: on.query("select id from Notes where id is not null")),
    COQL("post", 400, lambda on: on.query("select id from Contacts#1 where id is not null")),
    COQL("post", 400, lambda on: on.query("select id, id from Contacts where id is not null")),
    COQL("post", 400, lambda on: on.query("select Email as a, Phone as a from Contacts where id > 1")),
    COQL("post", 400, lambda on: on.query("select id from Contacts where id > 1 limit 2001")),
    COQL("post", 400, lambda on: on.query("select id from Contacts where Lead_Source > 'A'")),
    COQL("post", 400, lambda on: on.query("select SUM(Last_Name) from Contacts where id > 1")),
    COQL("post", 400, lambda on: on.send("POST", "/coql", {})),
    COQL("post", 400, lambda on: on.send("POST", "/coql", {"select_query": 1})),
    COUNT("get", 200, lambda on: on.get("/Contacts/actions/count")),
    COUNT("get", 400, lambda on: on.get("/Contacts/actions/count", word="ab", email="w@example.org")),
    NOTES("get", 200, lambda on: on.get("/Notes", fields=NOTE_FIELDS)),
    NOTES(
        "post",
        201,
        lambda on: on.write(
            "POST", "/Notes", {"Note_Content": "x", "Parent_Id": {"id": on.contact, "module": {"api_name": "Contacts"}}}
        ),
    ),
    NOTES("post", 403, lambda on: on.without("CREATE", "Notes").write("POST", "/Notes", {"Note_Content": "x"})),
    NOTES("put", 200, lambda on: on.write("PUT", "/Notes", {"id": on.note, "Note_Title": "C"})),
    NOTES("put", 400, lambda on: on.write("PUT", "/Notes", {"id": NOBODY, "Note_Title": "C"})),
    NOTES("delete", 200, lambda on: on.send("DELETE", f"/Notes?ids={on.note}")),
    NOTES("delete", 400, lambda on: on.send("DELETE", f"/Notes?ids={NOBODY}")),
    NOTE("get", 200, lambda on: on.get(f"/Notes/{on.note}")),
    NOTE("get", 200, lambda on: on.get(f"/Notes/{on.note}", fields=NOTE_FIELDS)),
    NOTE("get", 204, lambda on: on.get(f"/Notes/{NOBODY}")),
    NOTE("put", 200, lambda on: on.write("PUT", f"/Notes/{on.note}", {"Note_Title": "C"})),
    NOTE("put", 400, lambda on: on.write("PUT", f"/Notes/{NOBODY}", {"Note_Title": "C"})),
    NOTE("delete", 200, lambda on: on.send("DELETE", f"/Notes/{on.note}")),
    NOTE("delete", 400, lambda on: on.send("DELETE", f"/Notes/{NOBODY}")),
    NOTES_OF("get", 200, lambda on: on.get(f"/Contacts/{on.contact}/Notes", fields=NOTE_FIELDS)),
    NOTES_OF("get", 204, lambda on: on.get(f"/Accounts/{on.company}/Notes", fields=NOTE_FIELDS)),
    NOTES_OF("post", 201, lambda on: on.write("POST", f"/Contacts/{on.contact}/Notes", {"Note_Content": "x"})),
    NOTES_OF(
        "put", 200, lambda on: on.write("PUT", f"/Contacts/{on.contact}/Notes", {"id": on.note, "Note_Title": "C"})
    ),
    NOTES_OF("delete", 200, lambda on: on.send("DELETE", f"/Contacts/{on.contact}/Notes?ids={on.note}")),
    NOTE_OF("put", 200, lambda on: on.write("PUT", f"/Contacts/{on.contact}/Notes/{on.note}", {"Note_Title": "C"})),
    NOTE_OF("delete", 200, lambda on: on.send("DELETE", f"/Contacts/{on.contact}/Notes/{on.note}")),
    RELATED("get", 200, lambda on: on.get(f"/Accounts/{on.company}/Contacts", fields="Last_Name,Owner")),
    RELATED("get", 204, lambda on: on.get(f"/Deals/{on.deal}/Products", fields="Product_Name")),
    RELATED("get", 403, lambda on: on.without("READ", "Contacts").get(f"/Accounts/{on.company}/Contacts", fields="id")),
    RELATED("get", 400, lambda on: on.get(f"/Accounts/{on.company}/Contacts")),
    RELATED("get", 400, lambda on: on.get(f"/Accounts/{on.company}/Nothing", fields="id")),
    RELATED("put", 200, lambda on: on.write("PUT", f"/Deals/{_joined(on).deal}/Products", {"id": NOBODY})),
    RELATED("put", 400, lambda on: on.write("PUT", f"/Deals/{on.deal}/Products", {"id": NOBODY})),
    RELATED("put", 400, lambda on: on.write("PUT", f"/Deals/{NOBODY}/Products", {"id": NOBODY})),
    RELATED("delete", 200, lambda on: on.send("DELETE", f"/Deals/{_joined(on).deal}/Products?ids={NOBODY}")),
    RELATED("delete", 400, lambda on: on.send("DELETE", f"/Deals/{on.deal}/Products?ids={NOBODY}")),
    RELATED("delete", 400, lambda on: on.send("DELETE", f"/Deals/{on.deal}/Products")),
    RELATED_ONE("put", 200, lambda on: on.write("PUT", f"/Deals/{_joined(on).deal}/Products/{NOBODY}", {})),
    RELATED_ONE("delete", 200, lambda on: on.send("DELETE", f"/Deals/{_joined(on).deal}/Products/{NOBODY}")),
    ROLES("get", 200, lambda on: on.get(f"/Deals/{_joined(on).deal}/Contact_Roles", fields="Last_Name")),
    ROLES("get", 403, lambda on: on.without("READ", "Deals").get(f"/Deals/{on.deal}/Contact_Roles", fields="id")),
    ROLES("get", 403, lambda on: on.without("READ", "Contacts").get(f"/Deals/{on.deal}/Contact_Roles", fields="id")),
    ROLES("get", 204, lambda on: on.get(f"/Deals/{on.deal}/Contact_Roles", fields="Last_Name")),
    ROLES("put", 200, lambda on: on.write("PUT", f"/Deals/{on.deal}/Contact_Roles", {"id": on.contact})),
    ROLES("delete", 200, lambda on: on.send("DELETE", f"/Deals/{_joined(on).deal}/Contact_Roles?ids={on.contact}")),
    ROLE("put", 200, lambda on: on.write("PUT", f"/Deals/{_joined(on).deal}/Contact_Roles/{on.contact}", {})),
    ROLE("put", 200, lambda on: on.write("PUT", f"/Deals/{on.deal}/Contact_Roles/{on.contact}", {})),
    ROLE("delete", 200, lambda on: on.send("DELETE", f"/Deals/{_joined(on).deal}/Contact_Roles/{on.contact}")),
    OWNER_OF_ONE("post", 200, lambda on: _owned(on, f"/Contacts/{on.contact}", on.org.admin_id)),
    OWNER_OF_ONE("post", 400, lambda on: _owned(on, f"/Contacts/{on.contact}", NOBODY)),
    OWNER_OF_ONE("post", 400, lambda on: _owned(on, f"/Contacts/{NOBODY}", on.org.admin_id)),
    OWNER_OF_ONE("post", 403, lambda on: _owned(on.without("UPDATE", "Contacts"), f"/Contacts/{on.contact}", NOBODY)),
    OWNER_OF_ALL("post", 200, lambda on: _owned(on, "/Contacts", on.org.admin_id, on.contact)),
    OWNER_OF_ALL("post", 400, lambda on: _owned(on, "/Contacts", on.org.admin_id, NOBODY)),
    OWNER_OF_ALL("post", 400, lambda on: _owned(on, "/Contacts", on.org.admin_id)),
    TIMELINE("get", 200, _changed),
    TIMELINE("get", 204, lambda on: on.get(f"/Contacts/{NOBODY}/__timeline")),
    COMPOSITE("post", 200, lambda on: _together(on, FINE, ("GET", f"/Contacts/{on.contact}", None))),
    COMPOSITE("post", 200, lambda on: _together(on, FINE, UNFIT)),
    COMPOSITE("post", 207, lambda on: _together(on, FINE, LOST)),
    COMPOSITE("post", 400, lambda on: _together(on, LOST)),
    COMPOSITE("post", 400, lambda on: _together(on, *[FINE] * 6)),
    COMPOSITE("post", 400, lambda on: on.send("POST", "/__composite_requests", {})),
]
