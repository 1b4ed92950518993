import unittest

from rig import pgload
from rig.load import Load

PRINTED = {
    "seconds": 2.0, "transactions": 1000, "tps": 500.0, "bytes_in": 1_500_000_000,
    "bytes_out": 500_000_000, "mean_us": 5, "p50_us": 4, "p99_us": 9, "p999_us": 20,
    "max_us": 30, "first_answer": 1.5, "cpu_seconds": 0.5, "rss_kb": 4096,
}


class PgloadTest(unittest.TestCase):
    def test_cpu_time_is_told_by_transaction_and_by_gigabyte(self):
        figures = pgload.figures(PRINTED)

        self.assertEqual(figures["cpu_us"], 500)
        self.assertEqual(figures["cpu_s_gb"], 0.25)
        self.assertEqual(figures["mb_s"], 1000)

    def test_without_a_watched_process_there_is_no_cpu_time(self):
        figures = pgload.figures({**PRINTED, "cpu_seconds": 0, "rss_kb": 0})

        self.assertNotIn("cpu_us", figures)
        self.assertNotIn("rss_kb", figures)

    def test_arguments_name_only_what_the_load_has(self):
        words = pgload.arguments(Load(50, "prepared", seconds=3), 6432, "bench")

        self.assertIn("prepared", words)
        for option in ("-C", "-s", "-W", "-r", "-n", "-P"):
            self.assertNotIn(option, words)

    def test_a_count_replaces_the_time(self):
        words = pgload.arguments(Load(1, count=1000), 6432, "bench", watched=7)

        self.assertEqual(words[words.index("-n") + 1], "1000")
        self.assertEqual(words[words.index("-P") + 1], "7")
        self.assertNotIn("-w", words)
