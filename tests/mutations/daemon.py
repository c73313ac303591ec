"""Each promise of the daemon, broken in one place."""

from tests.mutations.a_break import Break

DAEMON = (
    Break(
        "20 quiet modules are looked at less often",
        "quiet-modules-are-looked-at-less-often",
        "jobs/due.py",
        "GROWTH = 1.5",
        "GROWTH = 1.0",
    ),
    Break(
        "20 no module is quiet for longer than the bound",
        "quiet-modules-are-looked-at-less-often",
        "jobs/due.py",
        "return min(self.longest, max(self.shortest, interval))",
        "return max(self.shortest, interval)",
    ),
    Break(
        "20 a change brings a module back",
        "quiet-modules-are-looked-at-less-often",
        "jobs/due.py",
        "if news or last is None:",
        "if last is None:",
    ),
    Break(
        "20 what came due while it was down is looked at",
        "nothing-is-missed-while-it-was-down",
        "jobs/due.py",
        "due.at <= now or",
        "now - timedelta(hours=1) < due.at <= now or",
    ),
    Break(
        "20 due times survive a restart",
        "nothing-is-missed-while-it-was-down",
        "jobs/keeper.py",
        "difference(standing.running if self._known is None else self._known)",
        "difference(() if self._known is None else self._known)",
    ),
    Break(
        "20 one run at a time",
        "one-run-at-a-time",
        "store/leases.py",
        "    if row.holder is not None and row.expires_at > at:\n",
        "    if False:\n",
    ),
    Break(
        "20 one daemon at a time",
        "one-run-at-a-time",
        "jobs/vital.py",
        "if other is not None and lives(other, now=room.clock.now()):",
        "if False:",
    ),
)
