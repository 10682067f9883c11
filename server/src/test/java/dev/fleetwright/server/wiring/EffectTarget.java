package dev.fleetwright.server.wiring;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Capability;
import dev.fleetwright.core.target.Change;
import dev.fleetwright.core.target.Health;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Preview;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/// A target that several server processes reach, in a folder, and that writes down everything that
/// it is asked: the effect log of the reliability recipes.
///
/// It keeps the highest fencing token per place, as a good target does, and checks it when an
/// effect begins and again when the effect takes place. It is deaf while it works: an interrupt
/// does not end it, as with a remote system that has begun.
final class EffectTarget implements Target {

  private static final List<String> HOST = List.of("there");

  private final Path folder;

  /// @param folder of all places; a file `milliseconds` in it says how long effects take
  EffectTarget(Path folder) {
    this.folder = folder;
  }

  /// What is kept of a place on a target.
  private record Kept(long token, Map<String, Digest> runs) {}

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.OBSERVE, Capability.ROLL_BACK, Capability.REMOVE);
  }

  @Override
  public Observation observe(Place place) {
    var runs = kept(at(place)).runs();
    return new Observation(
        runs.entrySet().stream()
            .map(e ->
                new Observation.Instance(
                    "there", e.getKey(), e.getValue(), Health.HEALTHY, "", "in a folder"))
            .toList(),
        HOST);
  }

  @Override
  public Preview preview(Place place, Revision desired) {
    var runs = kept(at(place)).runs();
    var changes = new ArrayList<Change>();
    for (var component : desired.components()) {
      var now = runs.get(component.name());
      changes.add(
          new Change(
              now == null
                  ? Change.Kind.CREATE
                  : now.equals(component.digest()) ? Change.Kind.NONE : Change.Kind.UPDATE,
              component.name(),
              List.of()));
    }
    runs.keySet().stream()
        .filter(name -> desired.component(name).isEmpty())
        .forEach(name -> changes.add(new Change(Change.Kind.DELETE, name, List.of())));
    return new Preview.Possible(changes, observe(place));
  }

  @Override
  public Outcome apply(Order order, Place place, Revision desired, Slice slice) {
    return change(order, place, desired);
  }

  @Override
  public Outcome remove(Order order, Place place) {
    return change(order, place, Revision.EMPTY);
  }

  private Outcome change(Order order, Place place, Revision desired) {
    var at = at(place);
    try {
      Files.createDirectories(at);
      try (var _ = locked(at)) {
        var kept = kept(at);
        if (order.fencingToken() < kept.token()) {
          note(at, "refused", order);
          return new Outcome.Refused("a newer server has spoken");
        }
        if (Files.exists(done(at, order.id()))) {
          keep(at, new Kept(order.fencingToken(), kept.runs()));
          note(at, "repeated", order);
          return new Outcome.Applied("was done");
        }
        keep(at, new Kept(order.fencingToken(), kept.runs()));
        note(at, "begin", order);
      }
      work();
      try (var _ = locked(at)) {
        if (kept(at).token() > order.fencingToken()) {
          note(at, "late", order);
          return new Outcome.Refused("a newer server has spoken meanwhile");
        }
        var runs = new LinkedHashMap<String, Digest>();
        desired.components().forEach(c -> runs.put(c.name(), c.digest()));
        keep(at, new Kept(order.fencingToken(), runs));
        Files.createDirectories(at.resolve("done"));
        Files.writeString(done(at, order.id()), "");
        note(at, "end", order);
        return new Outcome.Applied("done");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("changing " + at, e);
    }
  }

  private void work() throws IOException {
    var file = folder.resolve("milliseconds");
    if (Files.exists(file)) {
      var until = System.nanoTime() + Long.parseLong(Files.readString(file).strip()) * 1_000_000L;
      var interrupted = false;
      for (var left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
        LockSupport.parkNanos(left);
        interrupted |= Thread.interrupted();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Path at(Place place) {
    return folder.resolve(place.name()).resolve(place.target());
  }

  private static Path done(Path at, ApplyId id) {
    return at.resolve("done").resolve(id.toString());
  }

  private static Kept kept(Path at) {
    try {
      var lines = uninterrupted(() -> Files.readAllLines(at.resolve("state")));
      var runs = new LinkedHashMap<String, Digest>();
      for (var line : lines.subList(1, lines.size())) {
        var words = line.split(" ", -1);
        runs.put(words[0], new Digest(words[1]));
      }
      return new Kept(Long.parseLong(lines.getFirst()), runs);
    } catch (NoSuchFileException _) {
      return new Kept(0, Map.of());
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + at, e);
    }
  }

  private static void keep(Path at, Kept kept) throws IOException {
    var text = new StringBuilder().append(kept.token()).append('\n');
    kept.runs().forEach((name, digest) -> text.append(name + " " + digest.hex() + "\n"));
    var part = at.resolve("state.part");
    Files.writeString(part, text);
    Files.move(part, at.resolve("state"), StandardCopyOption.ATOMIC_MOVE);
  }

  /// One line: the monotonic clock, which all processes of a machine share, and who asked what.
  private static void note(Path at, String what, Order order) throws IOException {
    Files.writeString(
        at.resolve("effects"),
        "%d %s %d %s %d%n"
            .formatted(
                System.nanoTime(),
                what,
                order.fencingToken(),
                order.id(),
                ProcessHandle.current().pid()),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  @FunctionalInterface
  private interface Reading<T> {
    T read() throws IOException;
  }

  private static <T> T uninterrupted(Reading<T> reading) throws IOException {
    var interrupted = Thread.interrupted();
    try {
      return reading.read();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Held against other processes; a process asks one thing of a place at a time.
  private static AutoCloseableIo locked(Path at) throws IOException {
    var interrupted = Thread.interrupted();
    var channel =
        FileChannel.open(at.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    channel.lock();
    return () -> {
      channel.close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    };
  }

  private interface AutoCloseableIo extends AutoCloseable {
    @Override
    void close() throws IOException;
  }
}
