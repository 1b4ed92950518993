import unittest

from rig import regressions, samples
from rig.runs import Runs
from rig.workloads.workload import Row

ROW = Row("isolated", "forwarding", "simple", 50)


def runs_of(mine, peer=10.0, figure="cpu_us"):
    runs = Runs()
    for value in mine:
        runs.add(ROW, "pglynx", {figure: value})
        if peer:
            runs.add(ROW, "pgbouncer", {figure: peer})
    return runs


def change(then, now, figure="cpu_us"):
    found = regressions.changes(runs_of(now, figure=figure), [("before", runs_of(then, figure=figure))])
    [only] = [each for each in found if each.figure == figure]
    return only


class RegressionsTest(unittest.TestCase):
    def test_clearly_worse_rounds_are_a_regression(self):
        self.assertTrue(change([8, 8.1, 8.2], [9, 9.1, 9.2]).regressed)

    def test_less_throughput_is_worse(self):
        self.assertTrue(change([9, 9.1, 9.2], [8, 8.1, 8.2], "tps").regressed)
        self.assertFalse(change([8, 8.1, 8.2], [9, 9.1, 9.2], "tps").regressed)

    def test_a_difference_within_the_spread_is_not(self):
        self.assertFalse(change([8, 10, 12], [9, 11, 13]).regressed)

    def test_a_clear_difference_of_few_per_cent_is_not(self):
        self.assertFalse(change([8, 8.01, 8.02], [8.3, 8.31, 8.32]).regressed)

    def test_one_round_of_five_that_overlaps_hides_nothing(self):
        self.assertTrue(change([8, 8.1, 8.15, 8.2, 9.15], [9, 9.1, 9.2, 9.3, 9.4]).regressed)

    def test_a_slower_machine_is_no_regression(self):
        then = runs_of([8, 8, 8], peer=10)
        now = runs_of([16, 16, 16], peer=20)

        self.assertFalse(any(each.regressed for each in regressions.changes(now, [("then", then)])))

    def test_two_rounds_tell_nothing(self):
        now, then = runs_of([9, 9]), runs_of([1, 1, 1])

        self.assertEqual(regressions.changes(now, [("then", then)]), [])

    def test_the_newest_result_with_the_row_is_compared_with(self):
        old, new, other = runs_of([8] * 3), runs_of([7] * 3), Runs()

        found = regressions.changes(runs_of([8] * 3), [("c", other), ("b", new), ("a", old)])

        self.assertEqual({each.since for each in found}, {"b"})

    def test_the_report_names_row_figure_and_amount(self):
        said = regressions.text(runs_of([9, 9.1, 9.2]), [("before", runs_of([8, 8.1, 8.2]))])

        self.assertIn("isolated/forwarding/simple/50: CPU µs/tx is 0.91 × pgbouncer, was 0.81", said)
        self.assertIn("12 % worse", said)

    def test_the_report_says_if_there_is_nothing_to_compare_with(self):
        self.assertIn("No committed result", regressions.text(runs_of([9]), []))


class ChanceTest(unittest.TestCase):
    def test_three_rounds_wholly_above_three(self):
        self.assertEqual(samples.chance_of_greater([4, 5, 6], [1, 2, 3]), 1 / 20)

    def test_the_same_rounds_are_as_likely_as_any(self):
        self.assertGreater(samples.chance_of_greater([1, 2, 3], [1, 2, 3]), 0.5)

    def test_many_rounds_are_approximated(self):
        low, high = list(range(30)), list(range(100, 130))

        self.assertLess(samples.chance_of_greater(high, low), 1e-9)
        self.assertGreater(samples.chance_of_greater(low, high), 0.999)
