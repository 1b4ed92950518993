import tempfile
import unittest

from rig import cli
from rig.load import Load
from rig.targets.floor import FloorEpoll, FloorUring


class FloorTest(unittest.TestCase):
    def test_each_engine_has_as_many_servers_as_the_poolers_have(self):
        for floor, engine in ((FloorEpoll, "epoll"), (FloorUring, "uring")):
            arguments = floor.arguments(6432, 5432, pool_size=7)

            self.assertEqual(arguments[:4], ["--engine", engine, "-n", "7"])
            self.assertEqual(arguments[-2:], ["6432", "5432"])

    def test_a_reader_is_told_that_prepared_names_are_not_tracked(self):
        with tempfile.TemporaryDirectory() as directory:
            floor = FloorEpoll(directory, 5432, cli.parse([]), cpu=None)

        self.assertEqual(floor.note(Load(50, "prepared"), real=False), "passes names untracked")
        self.assertEqual(floor.note(Load(50, "simple"), real=False), "")
