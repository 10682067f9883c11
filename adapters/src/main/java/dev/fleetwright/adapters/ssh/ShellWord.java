package dev.fleetwright.adapters.ssh;

import java.util.List;
import java.util.stream.Collectors;

/// The one place where text becomes part of a shell's command line.
///
/// Inside single quotes a POSIX shell takes every byte as it is, except the single quote itself
/// (POSIX.1-2024, XCU 2.2.2).
final class ShellWord {

  private ShellWord() {}

  /// One word that any POSIX shell reads back as exactly this text.
  ///
  /// @throws IllegalArgumentException if the text has a NUL, which no argument can hold
  static String quote(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a NUL cannot be part of a command");
    }
    return "'" + text.replace("'", "'\\''") + "'";
  }

  /// Words with spaces between.
  static String quoteAll(List<String> words) {
    return words.stream().map(ShellWord::quote).collect(Collectors.joining(" "));
  }
}
