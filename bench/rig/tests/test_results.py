import os
import tempfile
import unittest
import xml.dom.minidom

from rig import plot, results
from rig.processes import BenchError
from rig.runs import Runs
from rig.workloads.workload import Row

ROW = Row("isolated", "churn", "tls", 10)
FACTS = {
    "date": "2026-01-01 10:00", "machine": "2 cores X, 24 GB, Linux 6.1", "shape": "pool 20",
    "runs": "3 rounds of 2 s",
}


def measured():
    runs = Runs()
    for ratio in (0.7, 0.8, 0.9):
        runs.add(ROW, "pgbouncer", {"cpu_us": 100.0, "tps": 1000.0})
        runs.add(ROW, "pglynx", {"cpu_us": 100.0 * ratio, "tps": 1000.0 / ratio}, "<a & b>")
    return runs


class ResultsTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.result = results.Result("2026-01-01-test", directory.name)

    def test_what_is_written_can_be_resumed(self):
        self.result.write(measured(), FACTS, [])

        runs, facts = results.resumed(self.result, FACTS)

        self.assertEqual(runs.rows(), [ROW])
        self.assertEqual(facts["shape"], "pool 20")
        self.assertEqual(facts["pieces"], 2)

    def test_nothing_is_resumed_with_other_options(self):
        self.result.write(measured(), FACTS, [])

        with self.assertRaisesRegex(BenchError, "its shape was\n  pool 20\nand is now\n  pool 5"):
            results.resumed(self.result, {**FACTS, "shape": "pool 5"})

    def test_what_is_not_there_begins_anew(self):
        runs, facts = results.resumed(self.result, FACTS)

        self.assertEqual((runs.rows(), facts), ([], FACTS))

    def test_the_report_holds_budget_and_medians(self):
        self.result.write(measured(), FACTS, [])

        with open(self.result.markdown_path) as file:
            text = file.read()
        self.assertIn("| isolated/churn/tls/10 | tps | ≥ 1 × PgB | 1.25 |", text)
        self.assertIn("| tls | 10 | pglynx | 80.0 | 0.80 | 25 % |", text)

    def test_results_are_alike_whatever_the_kernel(self):
        newer = {**FACTS, "machine": "2 cores X, 24 GB, Linux 6.2"}

        self.assertTrue(results.is_alike(FACTS, newer))
        self.assertFalse(results.is_alike({**FACTS, "shape": "pool 5"}, newer))
        self.assertFalse(results.is_alike({}, newer))


class PlotTest(unittest.TestCase):
    def test_the_chart_has_a_dot_for_each_figure_and_is_xml(self):
        svg = plot.chart("a < b", measured())

        self.assertEqual(len(xml.dom.minidom.parseString(svg).getElementsByTagName("circle")), 2)

    def test_ratios_off_the_axis_stay_on_it(self):
        self.assertEqual(plot.x(0.001), plot.x(0.1))
        self.assertEqual(plot.x(1000), plot.x(10))
