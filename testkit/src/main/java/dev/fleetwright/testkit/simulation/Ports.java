package dev.fleetwright.testkit.simulation;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.engine.Lease;
import dev.fleetwright.core.engine.Leases;
import dev.fleetwright.core.engine.StoreUnavailable;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.environment.Holds;
import dev.fleetwright.core.feed.Feed;
import dev.fleetwright.core.log.LogStore;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.testkit.simulation.Node.Link;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The store as one node sees it: far away, and not always there. Made for any port by reflection,
/// so that a new method has its faults from the first day.
final class Ports {

  /// As long as a socket waits for an answer.
  static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(10);

  private final Turns turns;
  private final Faults faults;
  private final Node node;
  private final MemoryStore store;

  Ports(Turns turns, Faults faults, Node node, MemoryStore store) {
    this.turns = turns;
    this.faults = faults;
    this.node = node;
    this.store = store;
  }

  Deploys deploys() {
    return faulty(Deploys.class, store.deploys());
  }

  Leases leases() {
    return faulty(Leases.class, store.leases());
  }

  Environments environments() {
    return faulty(Environments.class, store.environments());
  }

  Holds holds() {
    return faulty(Holds.class, store.holds());
  }

  Releases releases() {
    return faulty(Releases.class, store.releases());
  }

  /// What time it is there.
  Instant now() {
    if (node.clogged.contains(Link.STORE) || node.storeAwayUntil > turns.now()) {
      throw failed("asking for the time", "no answer");
    }
    return SimulatedTime.BEGIN.plusNanos(turns.now());
  }

  /// On this server's own disk.
  LogStore logs() {
    return near(LogStore.class, store.logs());
  }

  Blobs blobs() {
    return near(Blobs.class, store.blobs());
  }

  Feed feed() {
    var far = faulty(Feed.class, store.feed());
    return (Feed)
        proxy(
            Feed.class,
            (method, arguments) -> {
              if (!method.getName().equals("await")) {
                return call(far, method, arguments);
              }
              var id = (long) arguments[0];
              var most = (Duration) arguments[1];
              if (faults.strikes(Fault.EMPTY_NOTIFICATION)) {
                turns.pass("told of nothing");
              } else if (faults.strikes(Fault.LOST_NOTIFICATION)) {
                var _ = turns.await("not told", most, () -> false);
              } else {
                var _ = turns.await("feed", most, () -> store.feed().newest() > id);
              }
              return null;
            });
  }

  /// Leases that never hand anything out: there are no pipelines here.
  Leases noLeases() {
    return (Leases)
        proxy(
            Leases.class,
            (method, _) -> {
              turns.stall(method.getName() + " of nothing", Duration.ofDays(1));
              return Optional.empty();
            });
  }

  /// A port that nothing uses here.
  static <T> T unused(Class<T> port) {
    return port.cast(
        proxy(
            port,
            (method, _) -> {
              throw new UnsupportedOperationException(
                  "a simulation has no %s.%s".formatted(port.getSimpleName(), method.getName()));
            }));
  }

  private <T> T near(Class<T> port, T real) {
    return port.cast(
        proxy(
            port,
            (method, arguments) -> {
              turns.pass(port.getSimpleName() + "." + method.getName());
              return call(real, method, arguments);
            }));
  }

  private <T> T faulty(Class<T> port, T real) {
    return port.cast(
        proxy(
            port,
            (method, arguments) -> {
              var what = port.getSimpleName() + "." + method.getName();
              turns.pass(what);
              before(what, arguments);
              var answer = call(real, method, arguments);
              // Stopped between the question and the answer.
              if (node.clogged.contains(Link.STORE)
                  && !turns.stall(
                      what + " clogged on the way back",
                      SOCKET_TIMEOUT,
                      () -> !node.clogged.contains(Link.STORE))) {
                throw failed(what, "no answer");
              }
              if (faults.strikes(Fault.EXECUTE_AND_TIMEOUT)) {
                turns.stall(what + " without an answer", seconds(1, 10));
                throw failed(what, "no answer");
              }
              turns.pass(what + " answered");
              return answer;
            }));
  }

  private void before(String what, @Nullable Object[] arguments) {
    if (node.clogged.contains(Link.STORE)) {
      trouble();
      if (!turns.stall(
          what + " clogged", SOCKET_TIMEOUT, () -> !node.clogged.contains(Link.STORE))) {
        throw failed(what, "timed out");
      }
    }
    if (node.storeAwayUntil > turns.now()) {
      throw failed(what, "connection refused");
    } else if (faults.strikes(Fault.UNAVAILABLE)) {
      node.storeAwayUntil = turns.now() + seconds(1, 30).toNanos();
      throw failed(what, "connection refused");
    } else if (faults.strikes(Fault.RESOURCE_EXHAUSTED)) {
      throw failed(what, "too many connections");
    } else if (faults.strikes(Fault.TIMEOUT)) {
      turns.stall(what + " in vain", SOCKET_TIMEOUT);
      throw failed(what, "timed out");
    }
    leaseIn(arguments)
        .filter(_ -> faults.strikes(Fault.OWNERSHIP_LOST))
        .ifPresent(lease -> {
          trouble();
          store.takeAway(lease);
        });
  }

  private static Optional<Lease> leaseIn(@Nullable Object[] arguments) {
    return Arrays.stream(arguments)
        .flatMap(a ->
            switch (a) {
              case Lease lease -> Stream.of(lease);
              case Optional<?> maybe when maybe.isPresent() && maybe.get() instanceof Lease lease ->
                  Stream.of(lease);
              case null, default -> Stream.empty();
            })
        .findFirst();
  }

  private StoreUnavailable failed(String what, String why) {
    trouble();
    return new StoreUnavailable(what, new IOException(why));
  }

  private void trouble() {
    node.lastTrouble = turns.now();
  }

  private Duration seconds(long least, long most) {
    return Duration.ofMillis(faults.between(least * 1000, most * 1000));
  }

  private interface Handler {
    @Nullable Object call(Method method, @Nullable Object[] arguments) throws Throwable;
  }

  private static Object proxy(Class<?> port, Handler handler) {
    return Proxy.newProxyInstance(
        port.getClassLoader(),
        new Class<?>[] {port},
        (self, method, arguments) -> {
          if (method.getDeclaringClass() == Object.class) {
            if (!method.getName().equals("toString")) {
              throw new UnsupportedOperationException("ports are not compared");
            }
            return port.getSimpleName();
          }
          return handler.call(method, arguments == null ? new Object[0] : arguments);
        });
  }

  private static @Nullable Object call(Object real, Method method, @Nullable Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }
}
