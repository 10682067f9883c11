package dev.fleetwright.adapters.executor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Finds and ends the processes of jobs.
///
/// A process belongs to a job when its environment says so, when it is in the session that the job
/// began with, or when it descends from one that does: whoever daemonises leaves the session and
/// changes the parent, and whoever clears the environment still has both. Only a process that does
/// all three escapes. Where there is no `/proc`, descendants are all that can be found.
final class JobProcesses {

  /// The variable that marks a process as a job's; its value is the job's folder with a `/` at the
  /// end, so that no value is the beginning of another.
  static final String MARK = "FLEETWRIGHT_JOB";

  private static final Path PROC = Path.of("/proc");
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);
  private static final Duration AFTER_KILL = Duration.ofSeconds(5);

  private JobProcesses() {}

  /// Processes of one job.
  ///
  /// @param leader of the job's session
  static Set<ProcessHandle> of(String mark, long leader) {
    var all = look();
    return withDescendants(
        all,
        all.stream()
            .filter(p ->
                p.handle().pid() == leader
                    || p.session() == leader
                    || p.mark().filter(mark::equals).isPresent())
            .toList());
  }

  /// Processes of all jobs of one installation, by the mark of the job.
  static Map<String, Set<ProcessHandle>> under(Path builds) {
    var all = look();
    var marks =
        all.stream()
            .flatMap(p -> p.mark().stream())
            .filter(m -> m.startsWith(builds + "/"))
            .collect(Collectors.toSet());
    var found = new TreeMap<String, Set<ProcessHandle>>();
    for (var mark : marks) {
      var own = all.stream().filter(p -> p.mark().filter(mark::equals).isPresent()).toList();
      found.put(mark, withDescendants(all, own));
    }
    return found;
  }

  /// End them: with TERM, and those that are still there after a while with KILL. Looks again and
  /// again, since they may start others meanwhile. Cannot be interrupted; the interrupt is kept.
  ///
  /// @return whether all of them ended
  static boolean end(Supplier<Set<ProcessHandle>> find, Duration patience) {
    var interrupted = Thread.interrupted();
    try {
      var begin = System.nanoTime();
      var told = new HashSet<ProcessHandle>();
      while (true) {
        var left = find.get();
        // Who was ours stays ours, also when the parent by which it was found is gone.
        told.stream().filter(JobProcesses::runs).forEach(left::add);
        if (left.isEmpty()) {
          return true;
        }
        var waited = Duration.ofNanos(System.nanoTime() - begin);
        if (waited.compareTo(patience.plus(AFTER_KILL)) > 0) {
          return false;
        }
        var force = waited.compareTo(patience) > 0;
        for (var process : left) {
          var first = told.add(process);
          if (force) {
            process.destroyForcibly();
          } else if (first) {
            process.destroy();
          }
        }
        try {
          Thread.sleep(BETWEEN_LOOKS);
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private record Seen(
      ProcessHandle handle, long parent, long session, Optional<String> mark, boolean ended) {}

  private static List<Seen> look() {
    return ProcessHandle.allProcesses().map(JobProcesses::look).toList();
  }

  private static Seen look(ProcessHandle process) {
    var pid = process.pid();
    var stat = stat(pid);
    if (stat.length < 4) {
      var parent = process.parent().map(ProcessHandle::pid).orElse(-1L);
      return new Seen(process, parent, -1, Optional.empty(), !process.isAlive());
    }
    // A process that has ended and that nobody has asked about yet still has a number.
    var ended = stat[0].equals("Z");
    return new Seen(process, Long.parseLong(stat[1]), Long.parseLong(stat[3]), mark(pid), ended);
  }

  private static Set<ProcessHandle> withDescendants(List<Seen> all, List<Seen> first) {
    var found = new HashMap<Long, Seen>();
    var fresh = first;
    while (!fresh.isEmpty()) {
      fresh.forEach(p -> found.put(p.handle().pid(), p));
      fresh =
          all.stream()
              .filter(p -> found.containsKey(p.parent()) && !found.containsKey(p.handle().pid()))
              .toList();
    }
    return found.values().stream()
        .filter(p -> !p.ended())
        .map(Seen::handle)
        .filter(p -> p.isAlive() && !p.equals(ProcessHandle.current()))
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static boolean runs(ProcessHandle process) {
    var stat = stat(process.pid());
    return process.isAlive() && (stat.length == 0 || !stat[0].equals("Z"));
  }

  /// The fields of `/proc/<pid>/stat` from the third on: state, parent, group, session; proc(5).
  private static String[] stat(long pid) {
    try {
      var text = Files.readString(PROC.resolve(pid + "/stat"), ISO_8859_1);
      return text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
    } catch (IOException e) {
      return new String[0]; // it has ended, or this is no Linux
    }
  }

  private static Optional<String> mark(long pid) {
    try {
      var environment =
          "\0" + new String(Files.readAllBytes(PROC.resolve(pid + "/environ")), UTF_8);
      var start = environment.indexOf("\0" + MARK + "=");
      if (start < 0) {
        return Optional.empty();
      }
      var from = start + MARK.length() + 2;
      var end = environment.indexOf('\0', from);
      return Optional.of(environment.substring(from, end < 0 ? environment.length() : end));
    } catch (IOException e) {
      return Optional.empty(); // it has ended, or is another user's
    }
  }
}
