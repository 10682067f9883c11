package dev.fleetwright.core.pipeline;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// The variables of a dotenv report, read by GitLab's rules: `KEY=value` on every line, no
/// comments, no empty lines, no meaning in quotes, blanks around key and value dropped.
public sealed interface Dotenv {

  /// The largest report, and the most variables; GitLab's defaults for its own servers.
  int MOST_BYTES = 5 * 1024;

  int MOST_VARIABLES = 150;

  /// The report can be read.
  record Variables(Map<String, String> values) implements Dotenv {}

  /// It cannot.
  ///
  /// @param line which is wrong, from 1; 0 for the whole report
  record Wrong(int line, String what) implements Dotenv {}

  /// Read a report.
  static Dotenv parse(byte[] content) {
    if (content.length > MOST_BYTES) {
      return new Wrong(
          0, "it has %,d bytes; at most %,d are read".formatted(content.length, MOST_BYTES));
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      return new Wrong(0, "it is not UTF-8");
    }
    var values = new LinkedHashMap<String, String>();
    var number = 0;
    for (var line : text.lines().toList()) {
      number++;
      var equals = line.indexOf('=');
      if (equals < 0) {
        return new Wrong(
            number, line.isBlank() ? "it is empty" : "it is not of the form KEY=value");
      }
      var key = line.substring(0, equals).strip();
      if (!Words.KEY.matcher(key).matches()) {
        return new Wrong(
            number, "`" + key + "` is no name for a variable: letters, digits and _ are");
      }
      values.put(key, line.substring(equals + 1).strip());
      if (values.size() > MOST_VARIABLES) {
        return new Wrong(number, "there are more than " + MOST_VARIABLES + " variables");
      }
    }
    return new Variables(values);
  }

  /// What the parser needs.
  final class Words {
    private static final Pattern KEY = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

    private Words() {}
  }
}
