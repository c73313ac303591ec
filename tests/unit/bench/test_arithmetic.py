"""What the benchmark compares with is computed right."""

import pstats
import threading
from pathlib import Path

import pytest

from bigin_sync.settings import Settings
from tests.bench.arithmetic import AT_ONCE, Calls, Load, Minimum, ideal_seconds, minimum
from tests.bench.invented import COMPANY, CONTACT, Plan, company_name
from tests.bench.limits import limits
from tests.bench.measured import Measured
from tests.bench.profiled import profiled
from tests.bench.rig import Spent
from tests.bench.runs import OURS, SCRIPT, Run


def test_a_reading_takes_one_call_for_each_page_of_the_product() -> None:
    loads = [Load("bigin", "contact", rows=401), Load("crm", "contact", rows=2_001)]
    assert minimum(loads) == Minimum(reads=3 + 2, writes=0, rereads=0, spent=3 + (3 + 1))


def test_even_an_empty_reading_is_one_call() -> None:
    assert minimum([Load("bigin", "contact", rows=0)]).calls == 1


def test_creates_and_updates_do_not_share_a_batch_and_updates_are_read_again_first() -> None:
    least = minimum([Load("crm", "company", rows=1, creates=101, updates=1)])
    assert least == Minimum(reads=1, writes=3, rereads=1, spent=1 + (10 + 1) + 1)
    assert least.credits == 1 + 12 + 1


def test_a_query_for_more_rows_costs_more_credits_and_fewer_for_each_row() -> None:
    assert [minimum([Load("crm", "contact", rows=rows)]).credits for rows in (200, 1_000, 2_000, 2_200)] == [1, 2, 3, 4]


def test_the_ideal_keeps_the_busier_product_at_its_limit_while_the_other_one_works_beside_it() -> None:
    made = [Calls(reads=40, writes=50), Calls(reads=4, writes=50)]
    assert ideal_seconds(made, read=0.25, write=0.6, at_once=10) == pytest.approx((40 * 0.25 + 50 * 0.6) / 10)


def test_the_limit_is_the_one_that_the_program_sets_itself() -> None:
    assert Settings.model_fields["calls_at_once"].default == AT_ONCE


def test_half_of_each_org_is_in_the_other_one_and_one_record_in_five_is_a_company() -> None:
    plan = Plan(1_000)
    assert (plan.rows(COMPANY), plan.rows(CONTACT)) == (200, 800)
    names = {
        product: {record.values["Account_Name"] for record in plan.records(product, COMPANY)}
        for product in ("bigin", "crm")
    }
    assert len(names["bigin"]) == len(names["crm"]) == 200
    assert len(names["bigin"] & names["crm"]) == plan.shared(COMPANY) == 100


def test_the_invented_orgs_differ_in_as_many_shared_records_as_the_plan_says_are_to_be_updated() -> None:
    plan = Plan(1_000)
    for kind in (COMPANY, CONTACT):
        left, right = (list(plan.records(product, kind))[: plan.shared(kind)] for product in ("bigin", "crm"))
        differing = sum(1 for one, other in zip(left, right, strict=True) if one.values != other.values)
        planned = sum(load.updates for load in plan.loads() if load.kind == kind)
        assert differing == planned > 0


def test_no_two_invented_contacts_can_be_taken_for_each_other() -> None:
    plan = Plan(20_000)
    own = list(plan.records("crm", CONTACT))[plan.shared(CONTACT) :]
    everybody = [record.values for record in (*plan.records("bigin", CONTACT), *own)]
    emails = [values["Email"] for values in everybody if "Email" in values]
    assert len(set(emails)) == len(emails)
    numbers = [(each["Last_Name"], each[name]) for each in everybody for name in ("Phone", "Mobile") if name in each]
    assert len(set(numbers)) == len(numbers)


def test_no_two_invented_companies_share_a_name() -> None:
    assert len({company_name(number) for number in range(30_000)}) == 30_000


def _run(
    program: str = OURS,
    name: str = "first sync",
    *,
    size: int = 10_000,
    seconds: float = 10.0,
    calls: int = 100,
    inserts: int = 0,
    latency: bool = False,
    peak: float = 100.0,
) -> Run:
    measured = Measured(seconds=seconds, cpu=1.0, peak_mb=peak, calls={}, credits={}, counts={})
    spent = {"bigin": Spent({"list": calls, "insert": inserts}, credits=calls), "crm": Spent({}, credits=0)}
    return Run(program, name, size, measured, spent, Minimum(reads=100, writes=0, rereads=0), latency=latency)


def _kept(*runs: Run) -> dict[str, bool]:
    return {limit.what: limit.kept for limit in limits(runs)}


def test_a_first_sync_may_take_a_twentieth_more_calls_than_the_fewest() -> None:
    assert _kept(_run(calls=105)) == {"calls of first sync at 10,000": True}
    assert _kept(_run(calls=106)) == {"calls of first sync at 10,000": False}


def test_an_idle_run_with_a_write_or_a_fifth_call_breaks_its_promise() -> None:
    assert _kept(_run(name="idle", calls=4)) == {"idle at 10,000": True}
    assert _kept(_run(name="idle", calls=5)) == {"idle at 10,000": False}
    assert _kept(_run(name="idle", calls=3, inserts=1)) == {"idle at 10,000": False}


def test_efficiency_is_the_ideal_time_over_the_real_one() -> None:
    # 100 reads of 0.25 s, five at once, take 5 s.
    assert _kept(_run(seconds=7.1, latency=True))["efficiency of first sync at 10,000 with latency"]
    assert not _kept(_run(seconds=7.2, latency=True))["efficiency of first sync at 10,000 with latency"]


def test_only_the_same_work_is_raced() -> None:
    fast, slow = _run(seconds=10), _run(SCRIPT, seconds=30)
    assert _kept(fast, slow)["speed against the script at 10,000, without latency"]
    assert not _kept(fast, _run(SCRIPT, seconds=29))["speed against the script at 10,000, without latency"]
    assert "speed" not in " ".join(_kept(fast, _run(SCRIPT, seconds=30, latency=True), _run(SCRIPT, size=20_000)))


def test_memory_is_judged_where_there_is_much_to_hold() -> None:
    assert _kept(_run(size=100_000, peak=299))["memory of first sync at 100,000"]
    assert not _kept(_run(size=100_000, peak=300))["memory of first sync at 100,000"]


def test_what_was_spent_is_told_apart_into_reads_and_writes() -> None:
    later, before = Spent({"list": 5, "insert": 2, "coql": 1}, credits=40), Spent({"list": 3, "coql": 1}, credits=4)
    spent = later.since(before)
    assert (spent.calls, spent.credits, spent.by_way) == ({"list": 2, "insert": 2}, 36, Calls(reads=2, writes=2))


def test_a_profile_knows_the_threads_too(tmp_path: Path) -> None:
    def beside() -> None:
        sorted(range(10))

    with profiled(tmp_path / "profile"):
        thread = threading.Thread(target=beside)
        thread.start()
        thread.join()
    functions = pstats.Stats(str(tmp_path / "profile")).get_stats_profile().func_profiles
    assert "beside" in functions
