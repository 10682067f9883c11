package dev.fleetwright.adapters.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Starts a program in a session of its own, in two steps: first there is a process that waits,
/// then it becomes the program.
///
/// Between the two the keeper writes down which process it is. Were it killed before that, nobody
/// would ever know of the program; so the process waits for a word on its standard input, and ends
/// when the keeper ends first.
final class Launch {

  private static final String WAIT = "read -r go && exec \"$@\" </dev/null";

  /// Ways to lead a session: util-linux and busybox have `setsid`, macOS has Perl.
  private static final List<List<String>> SESSION =
      List.of(
          List.of("setsid"),
          List.of("perl", "-MPOSIX", "-e", "POSIX::setsid(); exec { $ARGV[0] } @ARGV"));

  private final Process process;
  private final Born born;

  private Launch(Process process, Born born) {
    this.process = process;
    this.born = born;
  }

  /// Make the process that waits.
  ///
  /// @param command its first element is a path
  /// @param output where it prints; its own, since it outlives us and a pipe to us would not
  static Launch prepare(
      List<String> command, Map<String, String> environment, Path folder, Path output)
      throws IOException {
    var all = new ArrayList<>(inSession(environment));
    all.addAll(List.of("/bin/sh", "-c", WAIT, "sh"));
    all.addAll(command);
    var builder =
        new ProcessBuilder(all)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    builder.environment().clear();
    builder.environment().putAll(environment);
    var process = builder.start();
    var born =
        Born.of(process.pid())
            .orElseThrow(() -> new IOException("a process ended before its program was started"));
    return new Launch(process, born);
  }

  Born born() {
    return born;
  }

  /// Let it become the program.
  void go() throws IOException {
    try (var word = process.getOutputStream()) {
      word.write('\n');
    }
  }

  /// Let it end instead.
  void cancel() {
    try {
      process.getOutputStream().close();
    } catch (IOException _) {
      // It waits no longer then.
    }
  }

  /// Begin of a command that leads a session: so it is not in the group that a terminal or a
  /// supervisor of the server kills.
  static List<String> inSession(Map<String, String> environment) {
    return SESSION.stream()
        .flatMap(way ->
            find(way.getFirst(), environment).stream()
                .map(program -> {
                  var found = new ArrayList<>(way);
                  found.set(0, program.toString());
                  return (List<String>) found;
                }))
        .findFirst()
        .orElse(List.of());
  }

  /// The program that a name means with this `PATH`.
  static Optional<Path> find(String name, Map<String, String> environment) {
    return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .filter(folder -> folder.startsWith("/"))
        .map(folder -> Path.of(folder, name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }
}
