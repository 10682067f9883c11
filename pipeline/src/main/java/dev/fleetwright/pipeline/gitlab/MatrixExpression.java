package dev.fleetwright.pipeline.gitlab;

import com.google.re2j.Pattern;
import java.util.Map;

/// `$[[ matrix.NAME ]]`, which is allowed in the needs of a job that is itself a matrix.
final class MatrixExpression {
  private static final Pattern FORM =
      Pattern.compile("\\$\\[\\[\\s*matrix\\.([a-zA-Z0-9_-]+)\\s*\\]\\]");

  private MatrixExpression() {}

  static boolean isIn(String text) {
    return text.contains("$[[") && FORM.matcher(text).find();
  }

  /// A name that the instance does not have is left as written, and then selects nothing.
  static String filledIn(String text, Map<String, String> values) {
    if (!text.contains("$[[")) {
      return text;
    }
    var matcher = FORM.matcher(text);
    var result = new StringBuilder();
    var end = 0;
    while (matcher.find()) {
      result.append(text, end, matcher.start());
      result.append(values.getOrDefault(matcher.group(1), matcher.group()));
      end = matcher.end();
    }
    return result.append(text.substring(end)).toString();
  }
}
