"""The process that plays both products: `python -m tests.bench.emulated --port N --size N`. Runs until it is ended."""

import argparse

from bigin_sync.emulator.org import Org
from bigin_sync.emulator.serve import serve
from bigin_sync.emulator.world import World
from tests.bench.arithmetic import PRODUCTS
from tests.bench.eight import Eight
from tests.bench.invented import COMPANY, CONTACT, MODULES, Invented, Plan


def main() -> None:
    """Fill both orgs and answer calls."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--port", "--size", "--latency-read", "--latency-write"):
        parser.add_argument(name, type=int, default=0)
    parser.add_argument("--each", type=int, default=0, help="records of each of eight kinds, in place of --size")
    chosen = parser.parse_args()
    world = World.default()
    # A first sync of a large org needs more than a small org's day of credits.
    for product in PRODUCTS:
        world.org(product).switches.turn({"credit_limit": 1_000_000})
    if chosen.each:
        Eight(chosen.each).fill(world)
    else:
        fill(world, Plan(chosen.size))
    serve(world, port=chosen.port, latency_read_ms=chosen.latency_read, latency_write_ms=chosen.latency_write)


def fill(world: World, plan: Plan) -> None:
    """Put the plan's records into both orgs; the same people own them on both sides."""
    both = [world.org(product) for product in PRODUCTS]
    working = [{user.email for user in org.users.values() if user.status == "active"} for org in both]
    shared = sorted(set.intersection(*working))
    for org in both:
        found = [org.user_by_email(email) for email in shared]
        owners = [user.id for user in found if user is not None]
        companies = _seed(org, COMPANY, list(plan.records(org.product, COMPANY)), owners=owners, companies=[])
        _seed(org, CONTACT, list(plan.records(org.product, CONTACT)), owners=owners, companies=companies)


def _seed(org: Org, kind: str, records: list[Invented], *, owners: list[str], companies: list[str]) -> list[str]:
    rows = [
        record.values
        | {"Owner": owners[record.owner % len(owners)]}
        | ({"Account_Name": companies[record.company]} if record.company is not None else {})
        for record in records
    ]
    return org.seed(
        MODULES[kind],
        rows,
        created=[record.created for record in records],
        modified=[record.modified for record in records],
    )


if __name__ == "__main__":
    main()
