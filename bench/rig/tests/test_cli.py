import contextlib
import io
import unittest

from rig import cli, plan, programs
from rig.processes import BenchError
from rig.workloads.workload import Row


class CliTest(unittest.TestCase):
    def refused(self, *arguments):
        """What a newcomer reads who types this."""
        said = io.StringIO()
        with contextlib.redirect_stderr(said), self.assertRaises(SystemExit) as ended:
            cli.parse(arguments)
        self.assertEqual(ended.exception.code, 2)
        return said.getvalue()

    def test_quick_is_forwarding_at_50_clients_on_both_rigs(self):
        options = cli.parse(["--quick"])

        self.assertEqual({row.workload for row in options.rows}, {"forwarding"})
        self.assertEqual({row.clients for row in options.rows}, {50})
        self.assertEqual(len(options.rows), 6)
        self.assertEqual(options.rounds, 3)

    def test_workloads_and_patterns_choose_rows(self):
        options = cli.parse(["--only", "churn,rows", "--rows", "churn/scram/*,isolated/rows/*"])

        names = [row.name for row in options.rows]
        self.assertEqual(
            names,
            ["isolated/churn/scram/10", "isolated/rows/100k-100B/1", "isolated/rows/2000-8KB/1"],
        )

    def test_patterns_that_match_nothing_say_where_names_are(self):
        with self.assertRaisesRegex(BenchError, "--list"):
            cli.parse(["--rows", "nothing"])

    def test_unknown_names_are_told_with_the_known_ones(self):
        self.assertIn("there is no workload 'chrun'; there are forwarding,", self.refused("--only", "chrun"))
        self.assertIn("there is no rig 'fake'; there are isolated, real", self.refused("--rig", "fake"))

    def test_numbers_are_whole_and_positive(self):
        self.assertIn("'0' is no whole number from 1 on", self.refused("--rounds", "0"))
        self.assertIn("'x' is no whole number from 1 on", self.refused("--clients", "1,x"))

    def test_resuming_needs_a_name(self):
        self.assertIn("--save NAME", self.refused("--resume"))

    def test_another_checkout_becomes_a_target(self):
        options = cli.parse(["--base", programs.CHECKOUT])

        self.assertEqual(options.targets, ["direct", "pgbouncer", "pglynx", "base"])
        self.assertIn("there is no program pglynx in /", self.refused("--base", "/"))
        self.assertIn("--base CHECKOUT", self.refused("--targets", "base,pglynx"))

    def test_the_bare_relay_is_measured_only_with_what_it_can_carry(self):
        floors = "--targets", "pgbouncer,floor-uring"

        options = cli.parse([*floors, "--rig", "isolated", "--only", "forwarding"])

        self.assertEqual(options.targets, ["pgbouncer", "floor-uring"])
        for rows in (["--rig", "isolated", "--only", "transaction"], ["--rig", "real"]):
            self.assertIn("--rig isolated --only forwarding", self.refused(*floors, *rows))

    def test_newer_peers_become_targets(self):
        options = cli.parse(["--peers", "/some/root"])

        self.assertEqual(options.targets[-2:], ["pgbouncer-new", "odyssey"])
        self.assertIn("--peers DIR", self.refused("--targets", "odyssey"))

    def test_a_pattern_may_leave_out_the_rig(self):
        row = Row("postgres", "tls", "simple", 50)

        self.assertTrue(plan.matches(row, ["tls/*"]))
        self.assertTrue(plan.matches(row, ["postgres/*"]))
        self.assertFalse(plan.matches(row, ["isolated/*"]))
        self.assertTrue(plan.matches(row, []))
