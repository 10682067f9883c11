package dev.fleetwright.testkit.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Lets exactly one of many threads run, and decides by a seed which one is next and what time it
/// is.
///
/// A thread goes on until it comes to [#pass] or waits; then another one, or the same, has its
/// turn. So a run is the same whenever its seed is the same, whatever the machine does. It holds
/// for threads that meet each other only here: one that blocks on anything else keeps its turn, and
/// all stand still.
///
/// Time passes in two ways: a little with every turn, and, when all wait, in one leap to the first
/// who is due.
final class Turns {

  /// What may happen to a node whenever one of its threads passes.
  interface Fate {
    void strike(Node node, String place);
  }

  /// Longer than any run.
  private static final long NEVER = Long.MAX_VALUE / 4;

  private static final long LONGEST_TURN_NANOS = 400_000;

  private final SplittableRandom random;
  private final List<Task> tasks = new ArrayList<>();
  private final List<Task> candidates = new ArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<Throwable> failures = new ArrayList<>();
  private Fate fate = (_, _) -> {};
  private Consumer<String> story = _ -> {};
  private long now;
  private long hash = 0xcbf29ce484222325L;
  private long turns;
  private int made;
  private boolean ending;
  private volatile Task current;

  private final class Task {
    final int number;
    final Node node;
    final Thread thread;
    boolean started;
    boolean waiting;
    long wakeAt;
    BooleanSupplier until = () -> false;
    boolean interruptible;
    volatile boolean interrupted;

    Task(int number, Node node, String name, Runnable work) {
      this.number = number;
      this.node = node;
      this.thread = Thread.ofVirtual().name(node.name + "/" + name).unstarted(() -> run(work));
    }

    private void run(Runnable work) {
      awaitTurn();
      try {
        if (!node.dead()) {
          work.run();
        }
      } catch (ReplicaDied _) {
        // As it should be.
      } catch (RuntimeException | Error e) {
        failures.add(e);
      } finally {
        tasks.remove(this);
        handOn();
      }
    }

    void awaitTurn() {
      while (current != this) {
        LockSupport.park(this);
        if (Thread.currentThread().isInterrupted()) {
          // Noted before it is cleared, so that whoever looks at both, in the other order, sees
          // one.
          interrupted = true;
          var _ = Thread.interrupted();
        }
      }
      if (interrupted) {
        interrupted = false;
        Thread.currentThread().interrupt();
      }
    }

    boolean wasInterrupted() {
      return thread.isInterrupted() || interrupted;
    }

    /// Whether it could go on now.
    boolean ready() {
      if (!started) {
        started = thread.getState() != Thread.State.NEW;
      }
      if (!started) {
        return false;
      } else if (node.dead() || ending) {
        return true;
      } else if (node.pausedUntil > now) {
        return false;
      }
      return !waiting
          || wakeAt <= now
          || (interruptible && wasInterrupted())
          || until.getAsBoolean();
    }

    /// When it could go on at the latest.
    long due() {
      return started ? Math.max(node.pausedUntil, waiting ? wakeAt : now) : NEVER;
    }
  }

  Turns(SplittableRandom random) {
    this.random = random;
    this.current = new Task(0, new Node("nobody", false), "nobody", () -> {});
  }

  /// Have every turn told.
  void tell(Consumer<String> to) {
    this.story = to;
  }

  void become(Fate newFate) {
    this.fate = newFate;
  }

  /// Nanoseconds since the run began.
  long now() {
    return now;
  }

  /// How many turns there were.
  long count() {
    return turns;
  }

  /// Names everything that happened so far, in its order.
  long hash() {
    return hash;
  }

  /// Exceptions that ended threads.
  List<Throwable> failures() {
    return List.copyOf(failures);
  }

  /// The thread whose turn it is.
  String who() {
    return current.thread.getName();
  }

  /// The node whose turn it is.
  Node node() {
    return current.node;
  }

  /// A thread that takes part once it is started.
  Thread thread(Node node, String name, Runnable work) {
    var task = new Task(++made, node, name, work);
    tasks.add(task);
    return task.thread;
  }

  /// Whether a thread made here has ended.
  boolean ended(Thread thread) {
    return tasks.stream().noneMatch(t -> t.thread.equals(thread));
  }

  /// Let all that were started go, and wait for the end.
  void run() throws InterruptedException {
    handOn();
    over.await();
  }

  /// End the run: nobody gets a turn any more but to stop.
  void end() {
    ending = true;
  }

  /// A place where others may have their turn before this goes on.
  void pass(String place) {
    var task = current;
    live(task);
    note(task, place);
    fate.strike(task.node, place);
    live(task);
    now += 1 + random.nextLong(LONGEST_TURN_NANOS);
    yieldTurn(task);
    live(task);
  }

  /// Wait for a time, or until something is so.
  ///
  /// @return whether it was so
  boolean await(String place, Duration most, BooleanSupplier until) throws InterruptedException {
    if (waits(place, most, until, true)) {
      return true;
    } else if (Thread.interrupted()) {
      throw new InterruptedException(place);
    }
    return until.getAsBoolean();
  }

  /// Wait for a time, whoever interrupts.
  void stall(String place, Duration time) {
    var _ = waits(place, time, () -> false, false);
  }

  /// Wait until something is so, at most for a time, whoever interrupts.
  ///
  /// @return whether it was so
  boolean stall(String place, Duration most, BooleanSupplier until) {
    var _ = waits(place, most, until, false);
    return until.getAsBoolean();
  }

  private boolean waits(String place, Duration most, BooleanSupplier until, boolean interruptible) {
    var task = current;
    live(task);
    note(task, place);
    task.waiting = true;
    task.wakeAt = Math.min(NEVER, now + Math.min(NEVER, nanos(most)));
    task.until = until;
    task.interruptible = interruptible;
    yieldTurn(task);
    task.waiting = false;
    live(task);
    return !Thread.currentThread().isInterrupted() && until.getAsBoolean();
  }

  private static long nanos(Duration duration) {
    return duration.compareTo(Duration.ofNanos(NEVER)) > 0 ? NEVER : duration.toNanos();
  }

  private void live(Task task) {
    if (task.node.dead() || ending) {
      throw new ReplicaDied();
    }
  }

  private void note(Task task, String place) {
    turns++;
    story.accept(place);
    mix(task.number);
    mix(place.hashCode());
    mix(now);
  }

  private void mix(long value) {
    hash = (hash ^ value) * 0x100000001b3L;
    hash ^= hash >>> 29;
  }

  private void yieldTurn(Task task) {
    handOn();
    task.awaitTurn();
  }

  private void handOn() {
    var next = choose();
    if (next == null) {
      over.countDown();
      return;
    }
    current = next;
    LockSupport.unpark(next.thread);
  }

  private @org.jspecify.annotations.Nullable Task choose() {
    while (true) {
      candidates.clear();
      for (var task : tasks) {
        if (task.ready()) {
          candidates.add(task);
        }
      }
      if (!candidates.isEmpty()) {
        return candidates.get(random.nextInt(candidates.size()));
      }
      var due = NEVER;
      for (var task : tasks) {
        due = Math.min(due, task.due());
      }
      if (due >= NEVER) {
        return null;
      }
      now = Math.max(now, due);
    }
  }
}
