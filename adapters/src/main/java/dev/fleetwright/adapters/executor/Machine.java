package dev.fleetwright.adapters.executor;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a job finds on this machine, whoever runs the server.
final class Machine {

  private static final String USUAL_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private Machine() {}

  /// The folders where programs are: those of the server, without relative ones, which would mean
  /// folders of the job's own repository.
  static String path() {
    var own = Optional.ofNullable(System.getenv("PATH")).orElse("");
    var absolute =
        Stream.of(own.split(File.pathSeparator, -1))
            .filter(folder -> folder.startsWith("/"))
            .collect(Collectors.joining(File.pathSeparator));
    return absolute.isEmpty() ? USUAL_PATH : absolute;
  }

  /// A program by its name.
  static Optional<Path> find(String name) {
    return Stream.of(path().split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /// The JDK that runs this server, for machines that have none of their own.
  static Optional<Path> jdkToLend() {
    var home = Path.of(System.getProperty("java.home"));
    var complete = Files.isExecutable(home.resolve("bin/javac"));
    var machineHasOne = find("java").isPresent() && find("javac").isPresent();
    return complete && !machineHasOne ? Optional.of(home) : Optional.empty();
  }

  /// A character set that holds every letter.
  static String language() {
    var own = Optional.ofNullable(System.getenv("LANG")).orElse("");
    return own.toUpperCase(java.util.Locale.ROOT).replace("-", "").endsWith("UTF8")
        ? own
        : "C.UTF-8";
  }
}
