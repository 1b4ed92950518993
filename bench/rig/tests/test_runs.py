import os
import tempfile
import unittest

from rig.runs import Runs, plain
from rig.workloads.workload import Row

ROW = Row("isolated", "churn", "scram", 10)


class RunsTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.path = os.path.join(self.directory.name, "runs.csv")

    def test_what_is_written_is_read(self):
        runs = Runs()
        runs.add(ROW, "pgbouncer", {"cpu_us": 10.0, "tps": 500.0}, "a note")
        runs.add(ROW, "pglynx", {"cpu_us": 8.0, "tps": None})
        runs.add(ROW, "pgbouncer", {"cpu_us": 12.0}, "a note")

        runs.write(self.path)
        read = Runs.read(self.path)

        self.assertEqual(read.rows(), [ROW])
        self.assertEqual(read.values(ROW, "pgbouncer", "cpu_us"), [10, 12])
        self.assertEqual(read.values(ROW, "pgbouncer", "tps"), [500, None])
        self.assertEqual(read.note(ROW, "pgbouncer"), "a note")
        self.assertEqual(read.ratios(ROW, "pglynx", "cpu_us"), [0.8])

    def test_results_from_before_there_were_workloads_are_of_forwarding(self):
        with open(self.path, "w") as file:
            file.write("rig,mode,clients,target,round,cpu_us,tps,p50_us,p99_us,rss_kb\n")
            file.write("isolated,simple,50,direct,1,,68472,666,1061,\n")

        read = Runs.read(self.path)

        row = Row("isolated", "forwarding", "simple", 50)
        self.assertEqual(read.values(row, "direct", "tps"), [68472])
        self.assertIsNone(read.median(row, "direct", "cpu_us"))

    def test_small_numbers_keep_their_digits(self):
        self.assertEqual(plain(0.59374), "0.5937")
        self.assertEqual(plain(1200.0), "1200")
        self.assertEqual(plain(100), "100")
        self.assertEqual(plain(None), "")
