import unittest
import xml.etree.ElementTree as xml

from rig import flame

SPACE = "{http://www.w3.org/2000/svg}"


def widths(svg):
    groups = xml.fromstring(svg).iter(SPACE + "g")
    return {
        group.find(SPACE + "title").text: float(group.find(SPACE + "rect").get("width"))
        for group in groups
    }


class FlameTest(unittest.TestCase):
    def test_a_frame_is_as_wide_as_its_share_of_the_samples(self):
        svg = flame.svg("t", [["run", "read"], ["run", "read"], ["run", "write"], ["idle"]])

        self.assertEqual(
            widths(svg), {"run 75.0 %": 900, "read 50.0 %": 600, "write 25.0 %": 300, "idle 25.0 %": 300}
        )

    def test_a_callee_stands_on_its_caller(self):
        rects = {
            group.find(SPACE + "title").text: int(group.find(SPACE + "rect").get("y"))
            for group in xml.fromstring(flame.svg("t", [["run", "read"]])).iter(SPACE + "g")
        }

        self.assertEqual(rects["run 100.0 %"] - rects["read 100.0 %"], flame.LINE)

    def test_names_are_text_and_not_markup(self):
        svg = flame.svg("<t>", [["Map<K>.get"]])

        self.assertIn("Map<K>.get 100.0 %", widths(svg))

    def test_no_samples_are_an_empty_graph(self):
        self.assertEqual(widths(flame.svg("t", [])), {})


if __name__ == "__main__":
    unittest.main()
