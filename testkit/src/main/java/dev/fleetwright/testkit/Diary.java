package dev.fleetwright.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the components of a test note about themselves: each start, with its process. It says what
/// really runs, whatever a target claims.
public final class Diary {

  private final Path folder;

  Diary(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /// Where components write it.
  public Path folder() {
    return folder;
  }

  /// One start of a component.
  public record Start(String component, String version, long pid, Instant at) {

    /// The process, while it is alive.
    public Optional<ProcessHandle> process() {
      // The start instant tells a process from a later one that was given the same number.
      return ProcessHandle.of(pid)
          .filter(p -> p.info().startInstant().filter(at::equals).isPresent())
          .filter(ProcessHandle::isAlive);
    }

    /// `web v1`.
    public String who() {
      return component + " " + version;
    }
  }

  /// All starts, oldest first.
  public List<Start> starts() {
    var file = folder.resolve("starts");
    try {
      return Files.exists(file)
          ? Files.readAllLines(file).stream().map(Diary::read).toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("reading the diary", e);
    }
  }

  /// All starts of one version of a component, such as `web v1`.
  public List<Start> starts(String who) {
    return starts().stream().filter(s -> s.who().equals(who)).toList();
  }

  /// Who is alive, such as `web v1`, sorted; once for each process.
  public List<String> alive() {
    return starts().stream().filter(s -> s.process().isPresent()).map(Start::who).sorted().toList();
  }

  /// Let this component exit as soon as it starts, until [#letLive].
  public void keepDown(String component) throws IOException {
    Files.writeString(folder.resolve("stay-down-" + component), "");
  }

  /// Let this component start again.
  public void letLive(String component) throws IOException {
    Files.deleteIfExists(folder.resolve("stay-down-" + component));
  }

  /// Kill a component's processes, as a machine that is out of memory does.
  public void kill(String component) {
    starts().stream()
        .filter(s -> s.component().equals(component))
        .forEach(s -> s.process().ifPresent(ProcessHandle::destroyForcibly));
  }

  /// Kill what a test has left behind.
  void killAll() {
    starts().forEach(s -> s.process().ifPresent(ProcessHandle::destroyForcibly));
  }

  private static Start read(String line) {
    var words = line.split(" ", 4);
    return new Start(
        words[0],
        words[1],
        Long.parseLong(words[2]),
        Instant.ofEpochMilli(Long.parseLong(words[3])));
  }
}
