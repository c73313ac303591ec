"""`python -m bigin_sync.emulator`: the web door on its own, for benchmarks and foreign clients."""

import argparse
from pathlib import Path

from bigin_sync.emulator.load import load
from bigin_sync.emulator.seeding import seed_both
from bigin_sync.emulator.serve import HOST, serve
from bigin_sync.emulator.world import World


def main() -> None:
    """Reads the command line, fills a world and serves it until a signal."""
    parser = argparse.ArgumentParser(prog="python -m bigin_sync.emulator", description=__doc__)
    parser.add_argument("--host", default=HOST)
    parser.add_argument("--port", type=int, default=8600)
    parser.add_argument("--load", type=Path, help="folder of recorded answers to begin with")
    parser.add_argument("--latency-read", type=float, default=0, help="milliseconds before a read is answered")
    parser.add_argument("--latency-write", type=float, default=0, help="milliseconds before a write is answered")
    parser.add_argument("--seed-size", type=int, default=0, help="invented contacts on either side to begin with")
    chosen = parser.parse_args()
    world = World.default()
    if chosen.load is not None:
        load(world, chosen.load)
    if chosen.seed_size:
        seed_both(world, chosen.seed_size)
    serve(
        world,
        host=chosen.host,
        port=chosen.port,
        latency_read_ms=chosen.latency_read,
        latency_write_ms=chosen.latency_write,
    )


if __name__ == "__main__":
    main()
