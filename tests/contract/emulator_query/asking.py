"""Asking the emulator's COQL, and the people it is asked about."""

import pytest

from bigin_sync.emulator import coql
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.replies import ApiError
from tests.contract.emulator_query.conftest import NOON

Rows = list[dict[str, object]]


def ask(org: Org, query: str) -> Rows:
    return [dict(row) for row in coql.run(org, org.admin(), query).rows if isinstance(row, dict)]


def ids(rows: Rows) -> list[int]:
    return [int(str(row["id"])) for row in rows]


def refusal(org: Org, query: str) -> ApiError:
    with pytest.raises(ApiError) as caught:
        coql.run(org, org.admin(), query)
    return caught.value


def people(org: Org, count: int = 10) -> list[str]:
    company = org.seed("Accounts", [{"Account_Name": "Weber GmbH", "Phone": "030 1"}])[0]
    values = [
        {"Last_Name": f"Name {number}", "Email": f"n{number}@example.org", "Account_Name": company}
        for number in range(count)
    ]
    times = [NOON + number // 3 for number in range(count)]
    return org.seed("Contacts", values, created=times, modified=times)
