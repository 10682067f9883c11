package dev.fleetwright.adapters.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Variables on their way into a container. An argument of the engine could be read by every user
/// of this machine, and the engine's own environment would let a job's `LD_PRELOAD` into a program
/// of ours; so they go through files.
final class VariableFiles {

  /// Engines disagree on quotes, comments and blanks in their environment files.
  private static final Pattern PLAIN =
      Pattern.compile("[^\\s\"'#\\\\$`][^\"'#\\\\$`\r\n\t]{0,4000}");

  /// A shell refuses to change these.
  private static final Set<String> OF_THE_SHELL =
      Set.of("BASHOPTS", "BASH_VERSINFO", "EUID", "PPID", "SHELLOPTS", "UID");

  private VariableFiles() {}

  /// For scripts: commands that set every variable to exactly its value.
  static String forShell(Map<String, String> variables) {
    var text = new StringBuilder();
    variables.forEach((name, value) -> {
      if (!OF_THE_SHELL.contains(name)) {
        text.append("export ")
            .append(name)
            .append('=')
            .append(ShellScript.quoted(value))
            .append('\n');
      }
    });
    return text.toString();
  }

  /// For what an image starts by itself: files for the engine. Those that engines may read
  /// differently have a file of their own each, so that none can swallow another.
  ///
  /// @param leftOut takes the names of those that cannot be written, which are of several lines
  static List<Path> forEngine(
      Path folder, String name, Map<String, String> variables, List<String> leftOut)
      throws IOException {
    var files = new ArrayList<Path>();
    var plain = new StringBuilder();
    for (var variable : variables.entrySet()) {
      var value = variable.getValue();
      var line = variable.getKey() + "=" + value + "\n";
      if (value.isEmpty() || PLAIN.matcher(value).matches()) {
        plain.append(line);
      } else if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0) {
        leftOut.add(variable.getKey());
      } else {
        files.add(write(folder.resolve(name + "." + variable.getKey()), line));
      }
    }
    files.addFirst(write(folder.resolve(name), plain.toString()));
    return files;
  }

  private static Path write(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, text);
  }
}
