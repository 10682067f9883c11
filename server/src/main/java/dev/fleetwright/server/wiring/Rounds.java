package dev.fleetwright.server.wiring;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does something again and again, for as long as the server runs. What is on its way when the
/// server stops is answered to nobody.
final class Rounds implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Rounds.class);

  /// What is done.
  @FunctionalInterface
  interface Round {
    void go() throws InterruptedException;
  }

  private final String what;
  private final Duration each;
  private final Round round;
  private final Thread thread;

  /// @param what is looked at, in the plural
  /// @param each how long to rest before each round. Also before the first: a server that starts
  ///   has more urgent things to do
  Rounds(String what, Duration each, Round round) {
    this.what = what;
    this.each = each;
    this.round = round;
    this.thread = Thread.ofVirtual().name(what).unstarted(this::go);
  }

  void start() {
    thread.start();
  }

  private void go() {
    try {
      while (true) {
        TimeUnit.NANOSECONDS.sleep(each.toNanos());
        once();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void once() throws InterruptedException {
    try {
      round.go();
    } catch (RuntimeException e) {
      log.atWarn().setCause(e).log("{} could not be looked at; trying again later", what);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
