package dev.fleetwright.api;

import java.util.Optional;

/// One mistake in a file or a request.
///
/// @param file empty when it is about no file
/// @param line from 1; 0 when it is about the whole
/// @param column from 1; 0 when it is about the whole line
/// @param message what is wrong
/// @param remedy what to do about it
public record Problem(
    Optional<String> file,
    int line,
    int column,
    Severity severity,
    String message,
    Optional<String> remedy) {

  /// Whether it stands in the way.
  public enum Severity {
    ERROR,
    WARNING
  }

  /// `file:line:column: message; remedy`, with the parts that are there.
  public String words() {
    var words = new StringBuilder();
    file.ifPresent(name -> words.append(name).append(':'));
    if (line > 0) {
      words.append(line).append(':');
    }
    if (column > 0) {
      words.append(column).append(':');
    }
    if (!words.isEmpty()) {
      words.append(' ');
    }
    words.append(message);
    remedy.ifPresent(what -> words.append("; ").append(what));
    return words.toString();
  }
}
