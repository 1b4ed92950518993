import unittest

from rig import budget
from rig.budget import Budget, Verdict, at_least
from rig.figures import FIGURES
from rig.runs import Runs
from rig.workloads.workload import Row

ROW = Row("isolated", "forwarding", "simple", 50)


def runs_of(row, figure, mine, peers=None):
    runs = Runs()
    for value in mine:
        runs.add(row, "pglynx", {figure: value})
    for value in peers or []:
        runs.add(row, "pgbouncer", {figure: value})
    return runs


class BudgetTest(unittest.TestCase):
    def test_a_ratio_is_taken_round_by_round(self):
        runs = runs_of(ROW, "cpu_us", [7, 16, 9], [10, 20, 10])

        [verdict] = budget.verdicts(runs)

        self.assertEqual(verdict.values, [0.7, 0.8, 0.9])
        self.assertTrue(verdict.met)
        self.assertFalse(verdict.stretched)
        self.assertEqual(verdict.says(), "met (2 of 3 rounds within)")

    def test_a_budget_that_all_rounds_miss_is_missed(self):
        [verdict] = budget.verdicts(runs_of(ROW, "cpu_us", [9, 9, 9], [10, 10, 10]))

        self.assertEqual(verdict.says(), "missed")

    def test_the_stretch_is_told(self):
        [verdict] = budget.verdicts(runs_of(ROW, "cpu_us", [6, 6, 6], [10, 10, 10]))

        self.assertEqual(verdict.says(), "met, stretch too")

    def test_throughput_must_not_be_below(self):
        verdict = Verdict(ROW, at_least("*", "tps", 1.4, stretch=2), "pgbouncer", [1.3, 1.5, 1.6])

        self.assertTrue(verdict.met)
        self.assertEqual(verdict.rounds_within, 2)
        self.assertEqual(verdict.budget.says(verdict.peer), "≥ 1.4 × pgbouncer")

    def test_a_figure_without_a_peer_is_limited_itself(self):
        row = Row("isolated", "memory", "plain", 1000)

        [verdict] = budget.verdicts(runs_of(row, "kb_client", [5.0, 4.5]))

        self.assertEqual(verdict.budget, Budget("*/memory/plain/*", "kb_client", 4, peer=False))
        self.assertFalse(verdict.met)

    def test_without_the_peer_there_is_no_verdict(self):
        self.assertEqual(budget.verdicts(runs_of(ROW, "cpu_us", [9, 9])), [])

    def test_prepared_statements_are_held_against_the_newer_peer(self):
        row = Row("isolated", "forwarding", "prepared", 50)
        runs = runs_of(row, "cpu_us", [6.0], [10.0])
        self.assertEqual(budget.verdicts(runs)[0].peer, "pgbouncer")

        runs.add(row, "pgbouncer-new", {"cpu_us": 20.0})

        [verdict] = budget.verdicts(runs)
        self.assertEqual((verdict.peer, verdict.values), ("pgbouncer-new", [0.3]))

    def test_every_budget_is_of_a_known_figure_and_row(self):
        from rig import cli

        rows = {row.name for row in cli.parse([]).rows}
        for each in budget.BUDGETS:
            self.assertIn(each.figure, FIGURES)
            self.assertTrue(budget.fnmatch.filter(rows, each.rows), each)
