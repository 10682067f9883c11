package dev.fleetwright.pipeline.report;

import dev.fleetwright.pipeline.report.TestCase.Result;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// Reads test reports in the format of JUnit, as GitLab takes them (`artifacts:reports:junit`):
/// `testcase` elements within any `testsuite`; one with `failure` failed, with `error` could not
/// run, with `skipped` was left out, any other passed.
///
/// A report comes from whatever a job wrote. It is read with bounds, without document types and
/// without anything from elsewhere.
public final class JUnitXml {

  private static final int LONGEST_OUTPUT = 20_000;
  private static final int LONGEST_NAME = 1_000;

  private JUnitXml() {}

  /// What was read.
  ///
  /// @param problem why not all of it was; empty when all was. The cases before it count
  public record Read(List<TestCase> cases, Optional<String> problem) {
    public Read {
      cases = List.copyOf(cases);
    }
  }

  /// Read a report. Never throws because of what it says.
  ///
  /// @param most cases; what follows is left out, and named as a problem
  public static Read read(InputStream in, int most) {
    var cases = new ArrayList<TestCase>();
    try {
      var reader = factory().createXMLStreamReader(in);
      try {
        return new Read(cases, read(reader, cases, most));
      } finally {
        reader.close();
      }
    } catch (XMLStreamException e) {
      return new Read(cases, Optional.of(words(e)));
    }
  }

  private static XMLInputFactory factory() {
    var factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory;
  }

  private static Optional<String> read(XMLStreamReader reader, List<TestCase> cases, int most)
      throws XMLStreamException {
    var root = true;
    while (reader.hasNext()) {
      if (reader.next() != XMLStreamConstants.START_ELEMENT) {
        continue;
      }
      var element = reader.getLocalName();
      if (root && !List.of("testsuites", "testsuite", "testcase").contains(element)) {
        return Optional.of(
            "begins with <%s>, and a JUnit report begins with <testsuites> or <testsuite>"
                .formatted(element));
      }
      root = false;
      if (element.equals("testcase")) {
        if (cases.size() == most) {
          return Optional.of("has more than %,d tests; the rest is left out".formatted(most));
        }
        cases.add(testCase(reader));
      }
    }
    return Optional.empty();
  }

  private static TestCase testCase(XMLStreamReader reader) throws XMLStreamException {
    var group = attribute(reader, "classname");
    var name = attribute(reader, "name");
    var file = attribute(reader, "file");
    var seconds = seconds(attribute(reader, "time"));
    var result = Result.SUCCESS;
    var output = new StringBuilder();
    for (var depth = 1; depth > 0; ) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          depth++;
          var said =
              switch (reader.getLocalName()) {
                case "failure" -> Result.FAILED;
                case "error" -> Result.ERROR;
                case "skipped" -> Result.SKIPPED;
                default -> Result.SUCCESS;
              };
          if (depth == 2 && said != Result.SUCCESS && result == Result.SUCCESS) {
            result = said;
            add(output, attribute(reader, "message"));
          }
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            add(output, reader.getText());
        case XMLStreamConstants.END_ELEMENT -> depth--;
        default -> {
          // Comments and instructions say nothing of tests.
        }
      }
    }
    return new TestCase(
        group, name, file, seconds, result, result == Result.SUCCESS ? "" : output.toString());
  }

  private static void add(StringBuilder output, String text) {
    var stripped = text.strip();
    var room = LONGEST_OUTPUT - output.length();
    if (stripped.isEmpty() || room <= 0) {
      return;
    }
    if (!output.isEmpty()) {
      output.append('\n');
    }
    output.append(
        stripped.length() <= room
            ? stripped
            : stripped.substring(0, room) + "… (the rest is in the file)");
  }

  private static String attribute(XMLStreamReader reader, String name) {
    var value = reader.getAttributeValue(null, name);
    return value == null
        ? ""
        : value.length() <= LONGEST_NAME ? value : value.substring(0, LONGEST_NAME) + "…";
  }

  /// Some write thousands with a comma.
  private static OptionalDouble seconds(String text) {
    try {
      var seconds = Double.parseDouble(text.replace(",", ""));
      return Double.isFinite(seconds) && seconds >= 0
          ? OptionalDouble.of(seconds)
          : OptionalDouble.empty();
    } catch (NumberFormatException _) {
      return OptionalDouble.empty();
    }
  }

  private static String words(XMLStreamException e) {
    var place = e.getLocation();
    var said = String.valueOf(e.getMessage());
    var message = said.substring(said.lastIndexOf("Message: ") + 1).replaceFirst("^essage: ", "");
    return place == null
        ? "is no XML: " + message
        : "is no XML at line %d, column %d: %s"
            .formatted(place.getLineNumber(), place.getColumnNumber(), message);
  }
}
