package dev.fleetwright.server.wiring;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.server.http.WebhookRoutes.Moved;
import dev.fleetwright.server.operations.Answer;
import dev.fleetwright.server.operations.ProjectOperations;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;
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
final class RepositoryWatch implements Moved, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RepositoryWatch.class);

  private static final Duration ROUND = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int AT_ONCE = 4;
  private static final Actor PUSH = new Actor("push");

  private final Projects projects;
  private final ProjectOperations operations;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final SequencedSet<ProjectName> waiting = new LinkedHashSet<>();
  private final Set<ProjectName> underWay = new HashSet<>();
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
    lock.lock();
    try {
      waiting.add(project);
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
          projects.all().stream().map(Project::name).forEach(this::moved);
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
        try {
          sync(project);
        } finally {
          done(project);
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
        var free = waiting.stream().filter(p -> !underWay.contains(p)).findFirst();
        if (free.isPresent()) {
          waiting.remove(free.get());
          underWay.add(free.get());
          return free.get();
        }
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void done(ProjectName project) {
    lock.lock();
    try {
      underWay.remove(project);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void sync(ProjectName project) {
    try {
      switch (operations.sync(project, PUSH)) {
        case Answer.Done<ProjectOperations.Synced>(var synced) -> {
          if (!synced.started().isEmpty() || !synced.problems().isEmpty()) {
            log.atInfo()
                .addKeyValue("project", project)
                .addKeyValue("pipelines", synced.started())
                .addKeyValue("problems", synced.problems())
                .log("repository moved");
          }
        }
        case Answer.NotFound<ProjectOperations.Synced> _ -> {
          // It was removed meanwhile.
        }
        case Answer.Refused<ProjectOperations.Synced>(_, var message, _, _) ->
            log.atWarn().addKeyValue("project", project).log(message);
      }
    } catch (RuntimeException e) {
      log.atWarn().addKeyValue("project", project).setCause(e).log("repository was not fetched");
    }
  }
}
