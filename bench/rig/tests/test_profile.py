import os
import tempfile
import unittest

from rig import profile


def sample(thread, *methods):
    """A sample as `jfr print --json` tells it, innermost frame first."""
    frames = [
        {"method": {"type": {"name": "org/pglynx/T"}, "name": method}} for method in methods
    ]
    return {"values": {"sampledThread": {"javaName": thread}, "stackTrace": {"frames": frames}}}


class StacksTest(unittest.TestCase):
    def test_stacks_of_event_loops_begin_with_the_outermost_frame(self):
        recording = {"recording": {"events": [sample("pglynx-loop-2-1", "scan", "run")]}}

        self.assertEqual(
            list(profile.event_loop_stacks(recording)), [["org.pglynx.T.run", "org.pglynx.T.scan"]]
        )

    def test_other_threads_are_left_out(self):
        recording = {"recording": {"events": [sample("C2 CompilerThread0", "run")]}}

        self.assertEqual(list(profile.event_loop_stacks(recording)), [])


class HottestTest(unittest.TestCase):
    def test_the_innermost_frames_are_counted(self):
        told = profile.hottest([["run", "scan"], ["run", "scan"], ["run", "write"]], count=1)

        self.assertIn("66.7 %  scan", told)
        self.assertNotIn("write", told)


class PausesTest(unittest.TestCase):
    def told(self, log):
        with tempfile.NamedTemporaryFile("w", delete=False) as file:
            file.write(log)
        self.addCleanup(os.remove, file.name)
        return profile.pauses(file.name)

    def test_the_longest_and_those_above_5_ms_are_told(self):
        log = (
            'Safepoint "SerialCollectForAllocation", Time since last: 1 ns, Total:   900000 ns\n'
            'Safepoint "JFRCheckpoint", Time since last: 1 ns, Total: 7000000 ns\n'
        )

        self.assertEqual(
            self.told(log), "2 safepoints, the longest 7.0 ms (JFRCheckpoint), 1 above 5 ms"
        )

    def test_no_pause_is_none(self):
        self.assertEqual(self.told("[gc] Using Serial\n"), "none")


if __name__ == "__main__":
    unittest.main()
