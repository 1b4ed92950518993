import types
import unittest

from rig import cli
from rig.load import Load
from rig.rigs import RIGS
from rig.workloads import WORKLOADS
from rig.workloads.latency import Latency
from rig.workloads.memory import settled_rss_kb
from rig.workloads.workload import Row

OPTIONS = cli.parse([])


def target(name):
    return types.SimpleNamespace(name=name, is_pooler=name != "direct")


class Service:
    """A process whose memory has these values, one look after the other."""

    def __init__(self, *values):
        self._values = list(values)

    def rss_kb(self):
        return self._values.pop(0) if len(self._values) > 1 else self._values[0]


class MemoryTest(unittest.TestCase):
    def test_memory_counts_once_it_has_settled(self):
        service = Service(90_000, 80_000, 70_000, 60_000, 60_000, 60_100, 60_050, 1)

        self.assertEqual(settled_rss_kb(service, wait=lambda seconds: None), 60_050)

    def test_memory_that_never_settles_counts_in_the_end(self):
        service = Service(*range(0, 100_000, 1000))

        self.assertEqual(settled_rss_kb(service, wait=lambda seconds: None), 15_000)


class WorkloadsTest(unittest.TestCase):
    def test_every_row_has_a_load_with_its_clients(self):
        for row in OPTIONS.rows:
            load = WORKLOADS[row.workload].load(row, OPTIONS)

            self.assertIsInstance(load, Load)
            self.assertEqual(load.clients, row.clients, row)

    def test_no_two_rows_have_the_same_name(self):
        names = [row.name for row in OPTIONS.rows]

        self.assertEqual(len(names), len(set(names)))

    def test_rows_are_on_rigs_that_there_are(self):
        self.assertEqual({row.rig for row in OPTIONS.rows}, {rig.name for rig in RIGS.values()})

    def test_where_the_fake_server_has_no_tls_nothing_is_direct(self):
        rig = types.SimpleNamespace(targets=[target("direct"), target("pglynx")], serves_tls=False)

        for workload, mode in (("tls", "simple"), ("churn", "tls"), ("churn", "scram")):
            row = Row("isolated", workload, mode, 10)
            self.assertEqual([each.name for each in WORKLOADS[workload].targets(rig, row)], ["pglynx"])

    def test_added_latency_is_what_exceeds_the_direct_one(self):
        round_ = {"direct": {"p50_us": 60.0}, "pglynx": {"p50_us": 85.0}}

        Latency().derive(round_)

        self.assertEqual(round_["pglynx"]["added_us"], 25)
        self.assertNotIn("added_us", round_["direct"])

    def test_without_a_direct_target_nothing_is_known_to_be_added(self):
        round_ = {"pglynx": {"p50_us": 85.0}}

        Latency().derive(round_)

        self.assertNotIn("added_us", round_["pglynx"])
