package dev.fleetwright.core.engine;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.Deploy;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployMachine;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.project.ProjectName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Deploys of one environment, in memory, with the guards that the SQL store has.
final class InMemoryDeploys implements Deploys {

  private final Map<Long, Deploy> deploys = new TreeMap<>();
  private final Map<Long, List<StoredEvent>> events = new TreeMap<>();

  /// The newest generation; an append under an older one is turned down.
  long generation = 1;

  /// Called before an append, so that a test can let something happen meanwhile.
  Runnable beforeAppend = () -> {};

  @Override
  public synchronized DeployView add(DeployRequest request, Actor by, Instant at) {
    var id = deploys.size() + 1L;
    deploys.put(
        id,
        new Deploy(
            id,
            id,
            request.environment(),
            request.kind(),
            request.release(),
            request.rollbackOf(),
            request.script(),
            request.job(),
            request.only(),
            request.notBefore(),
            request.plan().isPresent(),
            request.origin(),
            by.name(),
            request.reason(),
            at));
    events.put(id, new ArrayList<>());
    request.plan().ifPresent(plan -> store(id, new DeployEvent.Planned(plan), by, at));
    return find(id).orElseThrow();
  }

  @Override
  public Optional<DeployView> addAutomatic(DeployRequest request, Actor by, Instant at) {
    throw new UnsupportedOperationException("no test needs it");
  }

  @Override
  public synchronized Optional<DeployView> find(long id) {
    return Optional.ofNullable(deploys.get(id))
        .map(deploy -> {
          var state = DeployState.initial();
          var updated = deploy.createdAt();
          var began = Optional.<Instant>empty();
          for (var event : events(id)) {
            state = DeployMachine.next(state, event.event());
            updated = event.at();
            if (began.isEmpty() && state.holdsEnvironment()) {
              began = Optional.of(updated);
            }
          }
          return new DeployView(
              deploy,
              state,
              events(id).size(),
              began,
              state instanceof Finished ? Optional.of(updated) : Optional.empty(),
              updated);
        });
  }

  @Override
  public Optional<DeployView> find(ProjectName project, long number) {
    return find(number);
  }

  @Override
  public synchronized List<StoredEvent> events(long id) {
    return List.copyOf(events.getOrDefault(id, List.of()));
  }

  List<String> history(long id) {
    return events(id).stream().map(e -> e.event().keyword()).toList();
  }

  @Override
  public synchronized List<DeployView> of(long environment, int most, int skip) {
    return deploys.keySet().stream()
        .sorted(Comparator.reverseOrder())
        .skip(skip)
        .limit(most)
        .flatMap(id -> find(id).stream())
        .toList();
  }

  @Override
  public List<DeployView> of(ProjectName project, int most, int skip) {
    return of(1, most, skip);
  }

  @Override
  public synchronized List<DeployView> unfinished(long environment) {
    return deploys.keySet().stream()
        .flatMap(id -> find(id).stream())
        .filter(v -> !(v.state() instanceof Finished))
        .toList();
  }

  @Override
  public Optional<DeployView> lastSucceeded(long environment) {
    return of(environment, Integer.MAX_VALUE, 0).stream()
        .filter(v -> v.state() instanceof DeployState.Succeeded)
        .findFirst();
  }

  @Override
  public Optional<DeployView> lastSucceeded(long environment, long release) {
    return of(environment, Integer.MAX_VALUE, 0).stream()
        .filter(v -> v.state() instanceof DeployState.Succeeded)
        .filter(v -> v.deploy().release().equals(Optional.of(release)))
        .filter(v -> v.deploy().only().isEmpty())
        .findFirst();
  }

  @Override
  public Appended append(
      long id, long expected, DeployEvent event, Actor by, Instant at, Optional<Lease> lease) {
    beforeAppend.run();
    synchronized (this) {
      if (lease.isPresent() && lease.get().generation() < generation) {
        return new Appended.LeaseLost();
      }
      if (events(id).size() != expected) {
        return new Appended.Moved(find(id).orElseThrow());
      }
      store(id, event, by, at);
      return new Appended.Stored(find(id).orElseThrow());
    }
  }

  private void store(long id, DeployEvent event, Actor by, Instant at) {
    var stored = events.getOrDefault(id, List.of());
    stored.add(new StoredEvent(stored.size() + 1L, at, by, event));
  }
}
