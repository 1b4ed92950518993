import os
import tempfile
import unittest

from rig import pgbench
from rig.processes import BenchError

OUTPUT = """\
pgbench (15.18)
number of transactions actually processed: 14763
number of failed transactions: 0 (0.000%)
latency average = 0.677 ms
initial connection time = 4.242 ms
tps = 14764.541234 (without initial connection time)
"""
RECONNECTING = """\
number of transactions actually processed: 327
average connection time = 2.9 ms
tps = 327.25 (including reconnection times)
"""


class PgbenchTest(unittest.TestCase):
    def test_output_yields_transactions_and_rate(self):
        self.assertEqual(pgbench.parse_output(OUTPUT), (14763, 14764.541234))

    def test_rate_with_reconnections(self):
        self.assertEqual(pgbench.parse_output(RECONNECTING), (327, 327.25))

    def test_output_without_a_result_is_an_error_that_shows_it(self):
        with self.assertRaisesRegex(BenchError, "out of disk"):
            pgbench.parse_output("out of disk")

    def test_latencies_are_taken_from_all_logs_once(self):
        with tempfile.TemporaryDirectory() as directory:
            prefix = os.path.join(directory, "latency")
            for name, latency in (("1", 300), ("1.1", 100)):
                with open(f"{prefix}.{name}", "w") as log:
                    log.write(f"0 5 {latency} 0 1700000000 123\n")

            self.assertEqual(pgbench.take_latencies(prefix), [100, 300])
            self.assertEqual(pgbench.take_latencies(prefix), [])

    def test_quantile_of_few_and_of_none(self):
        self.assertEqual(pgbench.quantile([1, 2, 3, 4], 0.5), 3)
        self.assertEqual(pgbench.quantile([1, 2], 0.999), 2)
        self.assertIsNone(pgbench.quantile([], 0.5))
