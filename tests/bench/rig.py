"""What is measured against: the emulator in a process of its own, looked at and pushed from here."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import httpx

from tests.bench.arithmetic import BATCH, PRODUCTS, Calls
from tests.bench.invented import COMPANY, MODULES, Plan

ROOT = Path(__file__).parents[2]
"""The tree that this benchmark is part of; its emulator is what every program is measured against."""
_PATIENCE = 300
_WRITES = frozenset({"insert", "update", "upsert"})

Json: TypeAlias = Any
"""What the emulator tells of itself."""

_ROOT: Mapping[str, str] = {"bigin": "/bigin/v2", "crm": "/crm/v8"}


@dataclass(frozen=True, slots=True)
class Spent:
    """What one product has seen: calls by the name of their route, and credits."""

    calls: Mapping[str, int]
    credits: int

    def since(self, before: "Spent") -> "Spent":
        """What came after `before`."""
        calls = {name: count - before.calls.get(name, 0) for name, count in self.calls.items()}
        return Spent({name: count for name, count in calls.items() if count}, self.credits - before.credits)

    @property
    def by_way(self) -> Calls:
        """The calls as reads and writes."""
        writes = sum(count for name, count in self.calls.items() if name in _WRITES)
        return Calls(sum(self.calls.values()) - writes, writes)


class Rig:
    """A running emulator."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, timeout=_PATIENCE)

    def close(self) -> None:
        """Drop the connection."""
        self._http.close()

    def spent(self) -> dict[str, Spent]:
        """Product -> what it has seen until now."""
        state = self._control("GET", "state")
        return {each: Spent(state[each]["calls"], state[each]["credits"]["ever"]) for each in PRODUCTS}

    def held(self, product: str, module: str) -> int:
        """How many records a module of a product has."""
        return int(self._control("GET", "state")[product]["records"][module])

    def records(self) -> dict[tuple[str, str], int]:
        """(product, kind) -> how many records there are."""
        state = self._control("GET", "state")
        return {(each, kind): state[each]["records"][module] for each in PRODUCTS for kind, module in MODULES.items()}

    def advance(self, seconds: float) -> None:
        """Let time go by on both products."""
        self._control("POST", "clock", {"seconds": seconds})

    def edit(self, plan: Plan) -> dict[tuple[str, str], int]:
        """One record in a hundred is edited on either side, by a person; returns (product, kind) -> how many.

        In Bigin those that were there first, in CRM those that came last, so that no link is edited on both sides.
        """
        edited: dict[tuple[str, str], int] = {}
        for product in PRODUCTS:
            for kind, module in MODULES.items():
                values = {"Phone": "+1 555 555 0100"} if kind == COMPANY else {"Title": "Retired"}
                edited[product, kind] = self.edit_some(product, module, wanted=plan.rows(kind) // 100, values=values)
        return edited

    def edit_some(self, product: str, module: str, *, wanted: int, values: Mapping[str, object]) -> int:
        """So many records of a module get these values, from a person; returns how many they are.

        Notes of CRM are listed to administrators alone, so there it is the one who set the sync up.
        """
        token = self._token(product, by="" if module == "Notes" else ".jonas")
        order = "asc" if product == PRODUCTS[0] else "desc"
        ids = self._ids(product, module, token=token, wanted=wanted, order=order)
        for start in range(0, wanted, BATCH):
            self._update(product, module, token=token, ids=ids[start : start + BATCH], values=values)
        return len(ids)

    def _ids(self, product: str, module: str, *, token: str, wanted: int, order: str) -> list[str]:
        ids: list[str] = []
        page = 1
        while len(ids) < wanted:
            params: dict[str, str | int] = {"fields": "id", "sort_by": "id", "sort_order": order, "page": page}
            answer = self._http.get(f"{_ROOT[product]}/{module}", params=params, headers=_bearing(token))
            ids += [row["id"] for row in answer.raise_for_status().json()["data"]]
            page += 1
        return ids[:wanted]

    def _update(self, product: str, module: str, *, token: str, ids: list[str], values: Mapping[str, object]) -> None:
        body = {"data": [{"id": each, **values} for each in ids]}
        answer = self._http.put(f"{_ROOT[product]}/{module}", json=body, headers=_bearing(token))
        assert answer.raise_for_status().status_code == 200, answer.text

    def _token(self, product: str, *, by: str) -> str:
        """An access token of a person; of the one who set the sync up where `by` is empty."""
        form = {
            "grant_type": "refresh_token",
            "client_id": "1000.EMULATOR",
            "client_secret": "emulator-secret",
            "refresh_token": f"1000.emulator.{product}{by}",
        }
        return str(self._http.post("/oauth/v2/token", data=form).raise_for_status().json()["access_token"])

    def _control(self, method: str, what: str, body: Mapping[str, object] | None = None) -> Json:
        answer = self._http.request(method, f"/emulator/{what}", json=body)
        return answer.raise_for_status().json()


def _bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Zoho-oauthtoken {token}"}


@contextmanager
def emulated(size: int, *, each: int = 0, latency_read: int = 0, latency_write: int = 0) -> Iterator[Rig]:
    """An emulator with so many records a side, or of each of eight kinds; ended at the end. Latencies: milliseconds."""
    port = _free_port()
    command = [sys.executable, "-m", "tests.bench.emulated", f"--port={port}", f"--size={size}", f"--each={each}"]
    latencies = [f"--latency-read={latency_read}", f"--latency-write={latency_write}"]
    with subprocess.Popen([*command, *latencies], cwd=ROOT) as process:
        rig = Rig(f"http://127.0.0.1:{port}")
        try:
            _wait_for(rig, process)
            yield rig
        finally:
            rig.close()
            process.terminate()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(rig: Rig, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            rig.spent()
        except httpx.TransportError:
            assert process.poll() is None, "the emulator ended before it answered"
            assert time.monotonic() < deadline, "the emulator does not answer"
            time.sleep(0.1)
        else:
            assert process.poll() is None, "another program answers in place of the emulator"
            return
