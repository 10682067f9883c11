package dev.fleetwright.adapters.ssh;

import dev.fleetwright.adapters.process.HowToRun.Probe;
import dev.fleetwright.core.artifact.Digest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a host's agent says of a place.
///
/// @param home the place's folder, absolute
/// @param missing programs that the host lacks
/// @param done orders that were done, by their name
/// @param current the release that `current` names
/// @param parts the components of each release that is there
/// @param runs the processes by component
/// @param content whether there is any content
/// @param listed whether it is told what content there is
/// @param blobs what content is there; empty unless it is told
record HostView(
    String home,
    List<String> missing,
    Map<String, Done> done,
    Optional<String> current,
    Optional<Switching> switching,
    Map<String, SortedMap<String, Part>> parts,
    Set<String> trees,
    SortedMap<String, Running> runs,
    boolean content,
    boolean listed,
    Set<String> blobs) {

  /// The name for no release.
  static final String NONE = "none";

  /// An order that was done.
  ///
  /// @param release what it led to
  /// @param from what was there before it
  record Done(String release, String from) {}

  /// A switch that was begun and is not settled.
  record Switching(String from, String to, String order) {}

  /// A component of a release.
  record Part(String name, Digest digest, boolean process) {}

  /// How a process is.
  enum State {
    UP,
    /// It ended and will be started again.
    WAITING,
    DOWN
  }

  /// The process of a component.
  ///
  /// @param tree the component that it was started from
  /// @param age since its start, in seconds
  /// @param restarts how often in a row it ended by itself
  /// @param port 0 if it has none
  record Running(
      String name,
      Digest tree,
      State state,
      long pid,
      long age,
      int restarts,
      int port,
      Probe probe) {

    /// It keeps ending: it did a moment ago, and may have started again since.
    boolean keepsEnding() {
      return state == State.WAITING || (restarts > 0 && age < 10);
    }
  }

  /// The components of a release; none if it is not there.
  SortedMap<String, Part> parts(String release) {
    return parts.getOrDefault(release, new TreeMap<>());
  }

  /// The release that `current` names, or [#NONE].
  String currentOrNone() {
    return current.orElse(NONE);
  }

  /// Read an agent's answer.
  ///
  /// @throws IllegalArgumentException if it is none; the message says where
  static HostView read(String answer) {
    var reader = new Reader();
    for (var line : answer.lines().toList()) {
      try {
        reader.line(line.split(" ", -1), line);
      } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
        throw new IllegalArgumentException("the agent said: " + Printable.line(line), e);
      }
    }
    return reader.view();
  }

  private static final class Reader {
    private String home = "";
    private final List<String> missing = new ArrayList<>();
    private final Map<String, Done> done = new TreeMap<>();
    private Optional<String> current = Optional.empty();
    private Optional<Switching> switching = Optional.empty();
    private final Map<String, SortedMap<String, Part>> parts = new TreeMap<>();
    private final Set<String> trees = new HashSet<>();
    private final SortedMap<String, Running> runs = new TreeMap<>();
    private boolean content;
    private boolean listed;
    private final Set<String> blobs = new HashSet<>();

    void line(String[] words, String line) {
      switch (words[0]) {
        case "home" -> home = line.substring("home ".length());
        case "missing" -> missing.add(words[1]);
        case "done" -> done.put(words[1], new Done(words[2], words[3]));
        case "current" -> current = Optional.of(new Digest(words[1]).hex());
        case "switching" -> switching = Optional.of(new Switching(words[1], words[2], words[3]));
        case "part" ->
            parts
                .computeIfAbsent(words[1], _ -> new TreeMap<>())
                .put(words[2], new Part(words[2], new Digest(words[3]), words[4].equals("run")));
        case "tree" -> trees.add(words[1]);
        case "content" -> content = true;
        case "listed" -> listed = true;
        case "blob" -> blobs.add(words[1]);
        case "run" -> runs.put(words[1], running(words));
        default -> {
          // A later agent may say more.
        }
      }
    }

    private static Running running(String[] words) {
      return new Running(
          words[1],
          new Digest(words[2]),
          switch (words[3]) {
            case "up" -> State.UP;
            case "waiting" -> State.WAITING;
            default -> State.DOWN;
          },
          Long.parseLong(words[4]),
          Long.parseLong(words[5]),
          Integer.parseInt(words[6]),
          Integer.parseInt(words[7]),
          Launch.probe(String.join(" ", List.of(words).subList(8, words.length))));
    }

    HostView view() {
      return new HostView(
          home, missing, done, current, switching, parts, trees, runs, content, listed, blobs);
    }
  }
}
