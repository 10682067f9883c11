package dev.fleetwright.server.wiring;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.project.RemoteUnavailable;
import dev.fleetwright.server.http.WebhookRoutes.Moved;
import dev.fleetwright.server.operations.ProjectOperations;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fetches repositories: at once when a webhook tells that one moved, and every minute anyway,
/// because a webhook can get lost.
///
/// A project waits at most once and is fetched by one thread at a time, so the queue is bounded by
/// the number of projects. What is missed at a crash is found by the next round.
///
/// One host never takes all threads, so that one that is slow does not hold up the others; and a
/// project whose host cannot answer rests until that is worth asking, whoever calls for it.
final class RepositoryWatch implements Moved, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RepositoryWatch.class);

  private static final Duration ROUND = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int AT_ONCE = 6;
  private static final int AT_ONCE_OF_A_HOST = 2;
  private static final Actor PUSH = new Actor("push");

  private final Projects projects;
  private final ProjectOperations operations;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final SequencedMap<ProjectName, String> waiting = new LinkedHashMap<>();

  /// Until when, by [System#nanoTime].
  private final Map<ProjectName, Long> resting = new HashMap<>();

  /// With the host that each is fetched from.
  private final Map<ProjectName, String> underWay = new HashMap<>();

  private final List<Thread> threads;
  private boolean closed;

  RepositoryWatch(Projects projects, ProjectOperations operations) {
    this.projects = projects;
    this.operations = operations;
    this.threads =
        IntStream.rangeClosed(0, AT_ONCE)
            .mapToObj(i ->
                i == 0
                    ? Thread.ofVirtual().name("repository rounds").unstarted(this::goRound)
                    : Thread.ofVirtual().name("fetch " + i).unstarted(this::fetch))
            .toList();
  }

  void start() {
    threads.forEach(Thread::start);
  }

  @Override
  public void moved(ProjectName project) {
    projects.find(project).ifPresent(this::moved);
  }

  private void moved(Project project) {
    lock.lock();
    try {
      waiting.putIfAbsent(project.name(), host(project.repository()));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    threads.forEach(Thread::interrupt);
    try {
      for (var thread : threads) {
        // A fetch that does not let itself be interrupted is left behind; it does no harm.
        if (!thread.join(PATIENCE)) {
          log.atInfo().log("a fetch is still under way");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void goRound() {
    try {
      while (true) {
        try {
          projects.all().forEach(this::moved);
        } catch (RuntimeException e) {
          log.atWarn().setCause(e).log("projects cannot be listed now");
        }
        TimeUnit.NANOSECONDS.sleep(ROUND.toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void fetch() {
    try {
      while (true) {
        var project = next();
        var rest = Optional.<Duration>empty();
        try {
          rest = follow(project);
        } finally {
          done(project, rest);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ProjectName next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        if (closed) {
          throw new InterruptedException("closed");
        }
        var now = System.nanoTime();
        resting.values().removeIf(until -> until - now <= 0);
        var free = waiting.entrySet().stream().filter(this::mayBeFetched).findFirst();
        if (free.isPresent()) {
          var project = free.get().getKey();
          underWay.put(project, free.get().getValue());
          waiting.remove(project);
          return project;
        }
        // Those that rest wait too, so that what they missed is not forgotten.
        var first =
            waiting.keySet().stream()
                .map(resting::get)
                .filter(Objects::nonNull)
                .mapToLong(until -> until - now)
                .min();
        var _ = changed.awaitNanos(first.orElse(ROUND.toNanos()));
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean mayBeFetched(Map.Entry<ProjectName, String> project) {
    return !underWay.containsKey(project.getKey())
        && !resting.containsKey(project.getKey())
        && Collections.frequency(underWay.values(), project.getValue()) < AT_ONCE_OF_A_HOST;
  }

  /// Who is asked for a repository: scheme, host and port; for one on this machine its own path.
  private static String host(String repository) {
    var start = repository.indexOf("://") + 3;
    var end = repository.indexOf('/', start);
    return start < 3 || end <= start ? repository : repository.substring(0, end);
  }

  private void done(ProjectName project, Optional<Duration> rest) {
    lock.lock();
    try {
      var host = underWay.remove(project);
      if (host != null && rest.isPresent()) {
        waiting.putIfAbsent(project, host);
        resting.put(project, System.nanoTime() + rest.get().toNanos());
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// @return for how long it is no use to ask again, if the host cannot answer now
  private Optional<Duration> follow(ProjectName project) {
    try {
      operations
          .follow(project, PUSH)
          .filter(s -> !s.started().isEmpty() || !s.problems().isEmpty())
          .ifPresent(synced ->
              log.atInfo()
                  .addKeyValue("project", project)
                  .addKeyValue("pipelines", synced.started())
                  .addKeyValue("problems", synced.problems())
                  .log("repository moved"));
      return Optional.empty();
    } catch (RemoteUnavailable e) {
      // Whoever looks after the host has said so, once for all its repositories.
      return Optional.of(e.again());
    } catch (IOException | RuntimeException e) {
      log.atWarn().addKeyValue("project", project).setCause(e).log("repository was not fetched");
      return Optional.empty();
    }
  }
}
