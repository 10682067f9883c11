import unittest

from notes import Notes


class NotesTest(unittest.TestCase):
    def test_the_newest_comes_first(self):
        notes = Notes()
        notes.add("one")
        notes.add(" two ")
        self.assertEqual(["two", "one"], notes.all())

    def test_the_oldest_go_when_there_are_too_many(self):
        notes = Notes(most=2)
        for text in ["a", "b", "c"]:
            notes.add(text)
        self.assertEqual(["c", "b"], notes.all())

    def test_a_note_needs_a_text(self):
        with self.assertRaises(ValueError):
            Notes().add("  ")
