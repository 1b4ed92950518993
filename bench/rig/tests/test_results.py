import datetime
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
        self.directory = directory.name
        self.today = datetime.date.today().isoformat()
        self.result = results.Result(self.today + "-test", self.directory)

    def named(self, name="test", facts=FACTS, resume=True):
        return results.named(name, facts, resume, self.directory)

    def test_what_is_written_can_be_resumed(self):
        self.result.write(measured(), FACTS, [])

        result, runs, facts = self.named()

        self.assertEqual(result.name, self.result.name)
        self.assertEqual(runs.rows(), [ROW])
        self.assertEqual(facts["shape"], "pool 20")
        self.assertEqual(facts["pieces"], 2)

    def test_it_can_be_resumed_after_midnight(self):
        results.Result("2020-01-01-test", self.directory).write(measured(), FACTS, [])

        result, runs, _ = self.named()

        self.assertEqual(result.name, "2020-01-01-test")
        self.assertEqual(runs.rows(), [ROW])

    def test_without_resuming_it_begins_anew(self):
        self.result.write(measured(), FACTS, [])

        _, runs, facts = self.named(resume=False)

        self.assertEqual((runs.rows(), facts), ([], FACTS))

    def test_nothing_is_resumed_with_other_options(self):
        self.result.write(measured(), FACTS, [])

        with self.assertRaisesRegex(BenchError, "its shape was\n  pool 20\nand is now\n  pool 5"):
            self.named(facts={**FACTS, "shape": "pool 5"})

    def test_what_is_of_another_day_and_commit_is_left_alone(self):
        results.Result("2020-01-01-test", self.directory).write(measured(), FACTS, [])

        result, runs, _ = self.named(facts={**FACTS, "pglynx": "commit 2"})

        self.assertEqual((result.name, runs.rows()), (self.result.name, []))

    def test_a_name_is_not_the_end_of_another(self):
        results.Result("2020-01-01-a-test", self.directory).write(measured(), FACTS, [])

        self.assertEqual(self.named()[1].rows(), [])

    def test_the_report_holds_budget_and_medians(self):
        self.result.write(measured(), FACTS, [])

        with open(self.result.markdown_path) as file:
            text = file.read()
        self.assertIn("| isolated/churn/tls/10 | tps | ≥ 1 × pgbouncer | 1.25 |", text)
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
