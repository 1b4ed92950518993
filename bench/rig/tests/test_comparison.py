import unittest

from rig import cli
from rig.comparison import Comparison
from rig.processes import BenchError
from rig.runs import Runs


class ComparisonTest(unittest.TestCase):
    def test_nothing_is_started_if_all_rows_are_there(self):
        options = cli.parse(["--only", "copy"])
        runs = Runs()
        for row in options.rows:
            runs.add(row, "pglynx", {})

        self.assertTrue(Comparison(options, runs, save=self.fail).run())

    def test_too_little_time_for_any_row_is_an_error(self):
        options = cli.parse(["--only", "copy", "--save", "x", "--minutes", "0.1"])

        with self.assertRaisesRegex(BenchError, "isolated/copy/in/1 takes .* minutes"):
            Comparison(options, Runs(), save=self.fail).run()
