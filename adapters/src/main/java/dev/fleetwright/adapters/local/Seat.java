package dev.fleetwright.adapters.local;

import dev.fleetwright.adapters.process.HowToRun;
import dev.fleetwright.adapters.process.HowToRun.Probe;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A component that shall run, and what runs of it. Orders and the keeper's rounds meet here.
final class Seat {

  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration BETWEEN_OPENINGS = Duration.ofSeconds(2);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  /// A process that lived so long did not die of how it was started.
  private static final Duration STABLE = Duration.ofSeconds(30);

  private final Part part;
  private final boolean beside;
  private @Nullable Front front;
  private @Nullable Instance instance;
  private int deaths;
  private long restartAt = System.nanoTime();
  private long openAt = System.nanoTime();
  private boolean held;
  private String trouble = "";

  Seat(Part part, @Nullable Instance instance, @Nullable Front front) {
    this(part, instance, front, false);
  }

  private Seat(Part part, @Nullable Instance instance, @Nullable Front front, boolean beside) {
    this.part = part;
    this.instance = instance;
    this.front = front;
    this.beside = beside;
  }

  /// A newcomer beside what runs: it has no front of its own, and its callers are sent by the one
  /// of the component that it stands beside.
  static Seat beside(Part part, @Nullable Instance instance) {
    return new Seat(part, instance, null, true);
  }

  Part part() {
    return part;
  }

  Optional<HowToRun.Program> program() {
    return part.program();
  }

  synchronized Optional<Front> front() {
    return Optional.ofNullable(front);
  }

  synchronized Optional<Instance> instance() {
    return Optional.ofNullable(instance);
  }

  /// Its callers come here.
  synchronized void opened(Front next) {
    front = next;
    var last = instance;
    if (last != null) {
      next.switchTo(last);
    }
  }

  /// Whether callers cannot come: it listens, and its port could not be had.
  synchronized boolean shut() {
    return !beside && front == null && program().filter(HowToRun.Program::listens).isPresent();
  }

  /// Whether it is time to try to have its port; the next time is later.
  synchronized boolean openingDue() {
    if (!shut() || System.nanoTime() - openAt < 0) {
      return false;
    }
    openAt = System.nanoTime() + BETWEEN_OPENINGS.toNanos();
    return true;
  }

  /// Leave it as it is: an order is replacing it.
  synchronized void hold() {
    held = true;
  }

  /// See to it again.
  synchronized void letGo() {
    held = false;
  }

  /// Whether its process has to be started, which it waits for longer and longer when it keeps
  /// dying.
  synchronized boolean due() {
    if (held || program().isEmpty()) {
      return false;
    }
    var last = instance;
    if (last != null) {
      if (last.alive()) {
        return false;
      }
      Instance.endStragglers(last.born());
      died(last.age());
    }
    return System.nanoTime() - restartAt >= 0;
  }

  /// It runs again.
  synchronized void started(Instance next) {
    instance = next;
    trouble = "";
    if (front != null) {
      front.switchTo(next);
    }
  }

  /// It could not even be started.
  synchronized void failed(String why) {
    died(Duration.ZERO);
    trouble = why;
  }

  private synchronized void died(Duration age) {
    instance = null;
    deaths = age.compareTo(STABLE) >= 0 ? 1 : deaths + 1;
    restartAt = System.nanoTime() + waitAfter(deaths).toNanos();
  }

  static Duration waitAfter(int deaths) {
    var wait = FIRST_WAIT.multipliedBy(1L << Math.min(deaths - 1, 10));
    return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
  }

  /// How often it died in a row.
  synchronized int deaths() {
    return deaths;
  }

  /// For people, why it is down.
  synchronized String trouble() {
    var wait = Math.max(0, Duration.ofNanos(restartAt - System.nanoTime()).toSeconds());
    return (trouble.isEmpty() ? "its process ended" : trouble)
        + (held
            ? ""
            : "; starts again in " + (wait + 1) + " s, died " + deaths + " times in a row");
  }

  /// Where it answers, for people.
  synchronized String endpoint() {
    var own = instance;
    var port = front != null ? front.port() : beside && own != null ? own.port() : 0;
    var http = program().filter(p -> p.probe() instanceof Probe.Http).isPresent();
    return port == 0 ? "" : (http ? "http" : "tcp") + "://localhost:" + port;
  }
}
