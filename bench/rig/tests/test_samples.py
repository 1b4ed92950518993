import unittest

from rig import samples


class SamplesTest(unittest.TestCase):
    def test_median_leaves_out_what_was_not_taken(self):
        self.assertEqual(samples.median([3, None, 1, 2]), 2)
        self.assertIsNone(samples.median([None]))

    def test_spread_is_relative_to_the_median(self):
        self.assertEqual(samples.spread([90, 100, 120]), 0.3)
        self.assertIsNone(samples.spread([]))
        self.assertIsNone(samples.spread([100, None]))

    def test_ratios_pair_the_rounds(self):
        self.assertEqual(samples.ratios([2, None, 9], [1, 5, 3]), [2, 3])
        self.assertEqual(samples.ratios([1], []), [])


if __name__ == "__main__":
    unittest.main()
