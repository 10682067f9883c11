"""Keeps notes, newest first."""


class Notes:
    def __init__(self, most=100):
        self._most = most
        self._all = []

    def add(self, text):
        text = text.strip()
        if not text:
            raise ValueError("a note needs a text")
        self._all.insert(0, text)
        del self._all[self._most :]

    def all(self):
        return list(self._all)
