import unittest

from rig import report
from rig.runs import Runs
from rig.workloads.workload import Row

ROW = Row("isolated", "copy", "in", 1)


class ReportTest(unittest.TestCase):
    def setUp(self):
        self.runs = Runs()
        for base, now in ((2.0, 1.0), (2.0, 1.5), (2.0, 1.8)):
            self.runs.add(ROW, "direct", {"mb_s": 3000.0})
            self.runs.add(ROW, "pglynx", {"cpu_s_gb": now, "mb_s": 1000.0})
            self.runs.add(ROW, "base", {"cpu_s_gb": base})

    def test_a_change_is_told_by_the_ratios_of_the_rounds(self):
        lines = report.change_lines(self.runs)

        self.assertEqual(
            lines,
            [["isolated/copy/in/1", "CPU s/GB", "2.00", "1.50", "0.750", "0.500", "0.900"]],
        )

    def test_figures_that_were_not_taken_are_dashes(self):
        [table] = report.tables(self.runs)
        direct, _, _ = table.lines()

        self.assertEqual(direct[:7], ["in", "1", "direct", "–", "–", "0 %", "3000"])

    def test_columns_are_as_many_as_cells(self):
        [table] = report.tables(self.runs)

        for line in table.lines():
            self.assertEqual(len(line), len(table.columns))

    def test_a_comparison_without_another_checkout_has_no_changes(self):
        self.assertEqual(report.change_lines(Runs()), [])
