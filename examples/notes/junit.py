"""Runs all tests of a folder and writes a JUnit report: python3 junit.py FOLDER REPORT"""

import sys
import time
import unittest
from xml.etree import ElementTree


class Report(unittest.TextTestResult):
    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        self.suite = ElementTree.Element("testsuite", name="unittest")

    def startTest(self, test):
        self.began = time.monotonic()
        self.problem = None
        super().startTest(test)

    def addFailure(self, test, problem):
        super().addFailure(test, problem)
        self.problem = ("failure", problem)

    def addError(self, test, problem):
        super().addError(test, problem)
        self.problem = ("error", problem)

    def stopTest(self, test):
        super().stopTest(test)
        group, _, name = test.id().rpartition(".")
        seconds = f"{time.monotonic() - self.began:.3f}"
        case = ElementTree.SubElement(self.suite, "testcase", classname=group, name=name, time=seconds)
        if self.problem:
            kind, (_, value, _) = self.problem
            ElementTree.SubElement(case, kind, message=str(value))


if __name__ == "__main__":
    folder, report = sys.argv[1:]
    tests = unittest.defaultTestLoader.discover(folder)
    result = unittest.TextTestRunner(resultclass=Report).run(tests)
    ElementTree.ElementTree(result.suite).write(report, encoding="utf-8", xml_declaration=True)
    sys.exit(not result.wasSuccessful())
