package dev.fleetwright.testkit.simulation;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.Deploy;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployEvent.Planned;
import dev.fleetwright.core.deploy.DeployKind;
import dev.fleetwright.core.deploy.DeployMachine;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.deploy.LiveChange;
import dev.fleetwright.core.engine.Lease;
import dev.fleetwright.core.engine.Leases;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentHold;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.environment.EnvironmentState;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.environment.Holds;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.feed.Feed;
import dev.fleetwright.core.image.ReleasedImage;
import dev.fleetwright.core.ledger.Ledger;
import dev.fleetwright.core.ledger.LedgerRecord;
import dev.fleetwright.core.log.LogName;
import dev.fleetwright.core.log.LogStore;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.testkit.history.History.Claim;
import dev.fleetwright.testkit.history.History.Write;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The store's ports over maps, for one thread at a time: what a simulation runs on, because it has
/// to be quick and to have no clock and no threads of its own. It answers as the SQL store does; a
/// test of the store module does random things to both and compares.
///
/// What guards the truth are methods that a planted bug overrides.
public class MemoryStore {

  private static final class Row {
    final Environment environment;
    EnvironmentState state = EnvironmentState.AVAILABLE;
    final SortedMap<String, Live> live = new TreeMap<>();
    long generation;
    String owner = "";
    long heldUntil;
    Leases.Tries tries = new Leases.Tries(0, Optional.empty());
    boolean hasWork;
    Optional<Long> dueAt = Optional.empty();

    Row(Environment environment) {
      this.environment = environment;
    }

    Environment now() {
      return new Environment(
          environment.id(),
          environment.project(),
          environment.name(),
          environment.slug(),
          environment.tier(),
          state,
          environment.url(),
          environment.policy(),
          environment.targets(),
          Optional.empty(),
          environment.createdAt());
    }
  }

  private final LongSupplier nanos;
  private final Supplier<String> writer;
  private final Map<Long, Row> environments = new TreeMap<>();
  private final List<DeployView> deploys = new ArrayList<>();
  private final List<List<Deploys.StoredEvent>> events = new ArrayList<>();
  private final Map<String, Long> keys = new HashMap<>();
  private final List<Release> releases = new ArrayList<>();
  private final SortedMap<String, List<Ledger.Kept>> ledger = new TreeMap<>();
  private final List<Feed.Entry> feed = new ArrayList<>();
  private final Map<LogName, ByteArrayOutputStream> logs = new HashMap<>();
  private final Map<Digest, byte[]> blobs = new HashMap<>();
  private final List<Write> writes = new ArrayList<>();
  private final List<Claim> claims = new ArrayList<>();
  private final Map<Long, TreeSet<Long>> workCame = new HashMap<>();

  /// @param nanos the database's clock
  /// @param writer who is using the store in this moment, for the history
  public MemoryStore(LongSupplier nanos, Supplier<String> writer) {
    this.nanos = nanos;
    this.writer = writer;
  }

  // What planted bugs are planted into.

  /// Whether a write with this lease is turned down.
  protected boolean isStale(Lease lease, long newest) {
    return lease.generation() != newest;
  }

  /// Whether a write decided on less than is stored.
  protected boolean hasMoved(long expected, long sequence) {
    return expected != sequence;
  }

  /// The state that follows.
  protected DeployState next(DeployState state, DeployEvent event) {
    return DeployMachine.next(state, event);
  }

  /// The event that is stored when this one is to be.
  protected DeployEvent stored(DeployView before, DeployEvent event) {
    return event;
  }

  /// Whether what is answered is there.
  protected boolean isKept(DeployEvent event) {
    return true;
  }

  /// Write a feed entry.
  protected void announce(String topic, SortedMap<String, String> facts, Instant at) {
    feed.add(new Feed.Entry(feed.size() + 1, at, topic, facts));
  }

  /// How long a lease is good for.
  protected Duration life(Duration asked) {
    return asked;
  }

  /// Events in the order in which they were stored.
  public List<Write> writes() {
    return List.copyOf(writes);
  }

  /// Leases that were handed out, in order.
  public List<Claim> claims() {
    return List.copyOf(claims);
  }

  /// Every deploy, oldest first.
  public List<DeployView> all() {
    return List.copyOf(deploys);
  }

  /// Every environment.
  public List<Environment> places() {
    return environments.values().stream().map(Row::now).toList();
  }

  /// End a lease before its time, as if the database had been moved to other hands.
  void takeAway(Lease lease) {
    var row = environments.get(lease.id());
    if (row != null && row.generation == lease.generation() && row.heldUntil > 0) {
      row.generation++;
      row.heldUntil = 0;
      row.owner = "";
      row.dueAt = row.dueAt.or(() -> Optional.of(nanos.getAsLong()));
    }
  }

  /// The environments that an owner holds, with work to do.
  List<Long> heldWithWork(String owner) {
    return environments.values().stream()
        .filter(row -> row.heldUntil > 0 && row.owner.equals(owner) && row.hasWork)
        .map(row -> row.environment.id())
        .toList();
  }

  /// When the work began to lie there that lay there in this moment.
  long workSince(long environment, long moment) {
    var before = workCame.getOrDefault(environment, new TreeSet<>()).floor(moment);
    return before == null ? 0 : before;
  }

  /// Whether anything waits for the engine there.
  boolean hasWork(long environment) {
    return row(environment).hasWork;
  }

  private Row row(long environment) {
    var row = environments.get(environment);
    if (row == null) {
      throw new IllegalArgumentException("there is no environment " + environment);
    }
    return row;
  }

  private static Instant kept(Instant at) {
    return at.truncatedTo(ChronoUnit.MICROS);
  }

  /// Nothing is ever held here: only what takes releases by itself can be.
  public Holds holds() {
    return new Holds() {
      @Override
      public Optional<EnvironmentHold> of(long environment) {
        return Optional.empty();
      }

      @Override
      public List<EnvironmentHold> all() {
        return List.of();
      }

      @Override
      public EnvironmentHold set(long environment, String reason, Actor by, Instant at) {
        throw new UnsupportedOperationException("no environment here takes anything by itself");
      }

      @Override
      public boolean lift(long environment, Actor by, Instant at) {
        return false;
      }
    };
  }

  /// The deploys.
  public Deploys deploys() {
    return new Deploys() {
      @Override
      public DeployView add(DeployRequest request, Actor by, Instant at) {
        var row = row(request.environment());
        var key = request.idempotencyKey().map(k -> request.environment() + " " + k);
        if (key.isPresent() && keys.containsKey(key.get())) {
          return view(keys.get(key.get()));
        }
        var id = deploys.size() + 1L;
        var number =
            1 + deploys.stream().filter(v -> project(v).equals(row.environment.project())).count();
        var deploy =
            new Deploy(
                id,
                number,
                request.environment(),
                request.kind(),
                request.release(),
                request.rollbackOf(),
                request.script(),
                request.job(),
                request.only(),
                request.notBefore().map(MemoryStore::kept),
                request.plan().isPresent(),
                request.origin(),
                by.name(),
                request.reason(),
                kept(at));
        var draft =
            new DeployView(
                deploy, DeployState.initial(), 0, Optional.empty(), Optional.empty(), kept(at));
        deploys.add(draft);
        events.add(new ArrayList<>());
        key.ifPresent(k -> keys.put(k, id));
        tell(row, draft, "asked", by, kept(at));
        request
            .plan()
            .ifPresent(plan -> store(row, draft, new Planned(plan), by, at, Optional.empty()));
        work(row, true);
        return view(id);
      }

      @Override
      public Optional<DeployView> addAutomatic(DeployRequest request, Actor by, Instant at) {
        throw new UnsupportedOperationException("no environment here takes anything by itself");
      }

      @Override
      public Optional<DeployView> find(long id) {
        return id >= 1 && id <= deploys.size() ? Optional.of(view(id)) : Optional.empty();
      }

      @Override
      public Optional<DeployView> find(ProjectName project, long number) {
        return deploys.stream()
            .filter(v -> project(v).equals(project) && v.deploy().number() == number)
            .findFirst();
      }

      @Override
      public List<StoredEvent> events(long id) {
        return find(id).isPresent() ? List.copyOf(eventsOf(id)) : List.of();
      }

      @Override
      public List<DeployView> of(long environment, int most, int skip) {
        return page(
            deploys.stream().filter(v -> v.deploy().environment() == environment).toList(),
            most,
            skip);
      }

      @Override
      public List<DeployView> of(ProjectName project, int most, int skip) {
        return page(deploys.stream().filter(v -> project(v).equals(project)).toList(), most, skip);
      }

      @Override
      public List<DeployView> unfinished(long environment) {
        return deploys.stream()
            .filter(v -> v.deploy().environment() == environment && v.finishedAt().isEmpty())
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
            .findFirst();
      }

      @Override
      public Appended append(
          long id, long expected, DeployEvent event, Actor by, Instant at, Optional<Lease> lease) {
        var before =
            find(id).orElseThrow(() -> new IllegalArgumentException("there is no deploy " + id));
        var row = row(before.deploy().environment());
        if (lease.filter(l -> l.id() != row.environment.id()).isPresent()) {
          throw new IllegalArgumentException(
              "deploy %d is not in environment %d, which the lease is on"
                  .formatted(id, lease.get().id()));
        } else if (lease.filter(l -> isStale(l, row.generation)).isPresent()) {
          return new Appended.LeaseLost();
        } else if (hasMoved(expected, before.sequence())) {
          return new Appended.Moved(before);
        }
        if (!isKept(event)) {
          return new Appended.Stored(after(before, event, kept(at)));
        }
        store(row, before, stored(before, event), by, at, lease);
        work(row, lease.isEmpty());
        return new Appended.Stored(view(id));
      }
    };
  }

  DeployView view(long id) {
    return deploys.get(Math.toIntExact(id - 1));
  }

  private List<Deploys.StoredEvent> eventsOf(long id) {
    return events.get(Math.toIntExact(id - 1));
  }

  private ProjectName project(DeployView view) {
    return row(view.deploy().environment()).environment.project();
  }

  private static <T> List<T> page(List<T> oldestFirst, int most, int skip) {
    return oldestFirst.reversed().stream().skip(skip).limit(most).toList();
  }

  private void store(
      Row row,
      DeployView before,
      DeployEvent event,
      Actor by,
      Instant time,
      Optional<Lease> lease) {
    var at = kept(time);
    var now = after(before, event, at);
    var state = now.state();
    var id = before.deploy().id();
    deploys.set(Math.toIntExact(id - 1), now);
    eventsOf(id).add(new Deploys.StoredEvent(now.sequence(), at, by, event));
    writes.add(
        new Write(
            SimulatedTime.BEGIN.plusNanos(nanos.getAsLong()),
            id,
            now.sequence(),
            lease.map(Lease::generation),
            row.generation,
            writer.get()));
    if (!state.equals(before.state())) {
      changeLive(row, now, at);
      changeEnvironment(row, before.state(), now, at);
    }
    tell(row, now, event.keyword(), by, at);
  }

  private DeployView after(DeployView before, DeployEvent event, Instant at) {
    var state = next(before.state(), event);
    return new DeployView(
        before.deploy(),
        state,
        before.sequence() + 1,
        before.startedAt().or(() -> state.holdsEnvironment() ? Optional.of(at) : Optional.empty()),
        before
            .finishedAt()
            .or(() -> state instanceof Finished ? Optional.of(at) : Optional.empty()),
        at);
  }

  private static void changeLive(Row row, DeployView now, Instant at) {
    for (var change : LiveChange.of(now.state())) {
      if (change.release().isEmpty() && !change.mixed()) {
        row.live.remove(change.target());
      } else {
        var before = row.live.get(change.target());
        var good =
            change.good()
                ? change.revision()
                : before == null ? Revision.EMPTY.digest() : before.good();
        row.live.put(
            change.target(),
            new Live(
                change.target(),
                change.revision(),
                change.release(),
                now.deploy().id(),
                at,
                change.mixed(),
                good));
      }
    }
  }

  private void changeEnvironment(Row row, DeployState before, DeployView now, Instant at) {
    var state = now.state();
    if (now.deploy().kind() == DeployKind.STOP) {
      if (state.holdsEnvironment() && !before.holdsEnvironment()) {
        become(row, EnvironmentState.STOPPING, at);
      } else if (state instanceof DeployState.Succeeded) {
        become(row, EnvironmentState.STOPPED, at);
      } else if (state instanceof Finished && before.holdsEnvironment()) {
        become(row, EnvironmentState.AVAILABLE, at);
      }
    } else if (state instanceof DeployState.Succeeded) {
      become(row, EnvironmentState.AVAILABLE, at);
    }
  }

  private void become(Row row, EnvironmentState state, Instant at) {
    row.state = state;
    var facts = new TreeMap<String, String>();
    facts.put("project", row.environment.project().value());
    facts.put("environment", row.environment.name().value());
    facts.put("state", state.keyword());
    announce("environment", facts, at);
  }

  private void tell(Row row, DeployView now, String what, Actor by, Instant at) {
    var facts = new TreeMap<String, String>();
    facts.put("deploy", Long.toString(now.deploy().number()));
    facts.put("state", now.state().keyword());
    record(row.environment.stream(), by, "deploy." + what, facts, at);
    var keysOfEntry = new TreeMap<>(facts);
    keysOfEntry.put("project", row.environment.project().value());
    keysOfEntry.put("environment", row.environment.name().value());
    keysOfEntry.put("event", what);
    announce("deploy", keysOfEntry, at);
  }

  /// Write a record of the ledger.
  protected void record(
      String stream, Actor by, String kind, SortedMap<String, String> facts, Instant at) {
    var chain = ledger.computeIfAbsent(stream, _ -> new ArrayList<>());
    var content =
        new LedgerRecord(
            stream,
            chain.size() + 1L,
            kept(at),
            by,
            kind,
            facts,
            chain.isEmpty() ? LedgerRecord.FIRST : chain.getLast().hash());
    chain.add(new Ledger.Kept(content, content.hash()));
  }

  private void work(Row row, boolean fresh) {
    var hasWork =
        deploys().unfinished(row.environment.id()).stream().anyMatch(v -> v.state().needsEngine());
    var now = nanos.getAsLong();
    if (hasWork && !row.hasWork) {
      workCame.computeIfAbsent(row.environment.id(), _ -> new TreeSet<>()).add(now);
    }
    row.hasWork = hasWork;
    if (!fresh) {
      row.tries = new Leases.Tries(1, Optional.empty());
    }
    if (fresh && row.dueAt.filter(due -> due <= now).isEmpty()) {
      row.dueAt = Optional.of(now);
    } else if (row.heldUntil == 0) {
      row.dueAt = row.dueAt.or(() -> Optional.of(now));
    }
  }

  /// The leases on environments.
  public Leases leases() {
    return new Leases() {
      @Override
      public Optional<Lease> claim(String owner, Duration life) {
        var now = nanos.getAsLong();
        var silent =
            environments.values().stream()
                .filter(r -> r.hasWork && r.heldUntil > 0 && r.heldUntil <= now)
                .min(Comparator.comparingLong(r -> r.heldUntil));
        var free =
            environments.values().stream()
                .filter(r ->
                    r.hasWork && r.heldUntil == 0 && r.dueAt.filter(due -> due <= now).isPresent())
                .min(
                    Comparator.comparingLong((Row r) -> r.dueAt.orElseThrow())
                        .thenComparingLong(r -> r.environment.id()));
        return silent
            .or(() -> free)
            .map(row -> {
              row.generation++;
              row.tries = new Leases.Tries(row.tries.count() + 1, row.tries.suspect());
              row.owner = owner;
              row.heldUntil = now + life(life).toNanos();
              row.dueAt = Optional.empty();
              claims.add(new Claim(now, row.environment.id(), row.generation, owner));
              return new Lease(row.environment.id(), row.generation);
            });
      }

      @Override
      public boolean renew(Lease lease, Duration life) {
        var row = row(lease.id());
        var ours = row.generation == lease.generation() && row.heldUntil > 0;
        if (ours) {
          row.heldUntil = nanos.getAsLong() + life(life).toNanos();
        }
        return ours;
      }

      @Override
      public void failed(Lease lease, Duration rest) {
        var row = row(lease.id());
        var tries = row.tries;
        release(lease, rest);
        if (row.generation == lease.generation()) {
          row.tries = tries;
        }
      }

      @Override
      public Leases.Tries tries(Lease lease) {
        var row = row(lease.id());
        return row.generation == lease.generation()
            ? row.tries
            : new Leases.Tries(0, Optional.empty());
      }

      @Override
      public void suspect(Lease lease, long deploy) {
        var row = row(lease.id());
        if (row.generation == lease.generation()) {
          row.tries = new Leases.Tries(row.tries.count(), Optional.of(deploy));
        }
      }

      @Override
      public void release(Lease lease, Duration rest) {
        var row = row(lease.id());
        if (row.generation == lease.generation() && row.heldUntil > 0) {
          row.heldUntil = 0;
          row.owner = "";
          row.tries = new Leases.Tries(0, Optional.empty());
          row.dueAt = row.dueAt.or(() -> Optional.of(nanos.getAsLong() + rest.toNanos()));
        }
      }
    };
  }

  /// The environments.
  public Environments environments() {
    return new Environments() {
      @Override
      public Optional<Environment> find(long id) {
        return Optional.ofNullable(environments.get(id)).map(Row::now);
      }

      @Override
      public Optional<Environment> find(ProjectName project, EnvironmentName name) {
        return of(project).stream().filter(e -> e.name().equals(name)).findFirst();
      }

      @Override
      public List<Environment> of(ProjectName project) {
        return environments.values().stream()
            .map(Row::now)
            .filter(e -> e.project().equals(project))
            .sorted(Comparator.comparing(Environment::name))
            .toList();
      }

      @Override
      public Environment define(
          ProjectName project,
          EnvironmentName name,
          Tier tier,
          Optional<String> url,
          Policy policy,
          List<TargetBinding> targets,
          Actor by,
          Instant at) {
        if (find(project, name).isPresent()) {
          throw new UnsupportedOperationException("a simulated environment does not change");
        }
        var id = environments.size() + 1L;
        var row =
            new Row(
                new Environment(
                    id,
                    project,
                    name,
                    EnvironmentSlug.of(name),
                    tier,
                    EnvironmentState.AVAILABLE,
                    url,
                    policy,
                    targets,
                    Optional.empty(),
                    kept(at)));
        environments.put(id, row);
        record(row.environment.stream(), by, "environment.added", new TreeMap<>(), at);
        become(row, EnvironmentState.AVAILABLE, kept(at));
        return row.now();
      }

      @Override
      public List<Live> live(long environment) {
        return List.copyOf(row(environment).live.values());
      }

      @Override
      public boolean stopAt(long environment, Instant then, Instant at) {
        throw new UnsupportedOperationException("no job asks for it");
      }

      @Override
      public List<Environment> dueToStop(Instant now) {
        return List.of();
      }
    };
  }

  /// The releases.
  public Releases releases() {
    return new Releases() {
      @Override
      public Release add(
          ProjectName project,
          CommitSha sha,
          String ref,
          String title,
          String author,
          long pipeline,
          List<Component> components,
          List<ReleasedImage> images,
          Actor by,
          Instant at) {
        var made = ofPipeline(pipeline);
        if (made.isPresent()) {
          return made.get();
        }
        var id = releases.size() + 1L;
        var number = 1 + releases.stream().filter(r -> r.project().equals(project)).count();
        var release =
            new Release(
                id, project, number, sha, ref, title, author, pipeline, components, kept(at));
        releases.add(release);
        record(project.value(), by, "release.made", new TreeMap<>(), at);
        return release;
      }

      @Override
      public List<ReleasedImage> images(long release) {
        return List.of();
      }

      @Override
      public List<Release> withImage(Digest image, int most) {
        return List.of();
      }

      @Override
      public List<String> runningIn(long release) {
        return List.of();
      }

      @Override
      public Optional<Release> find(long id) {
        return releases.stream().filter(r -> r.id() == id).findFirst();
      }

      @Override
      public Optional<Release> find(ProjectName project, long number) {
        return releases.stream()
            .filter(r -> r.project().equals(project) && r.number() == number)
            .findFirst();
      }

      @Override
      public Optional<Release> ofPipeline(long pipeline) {
        return releases.stream().filter(r -> r.pipeline() == pipeline).findFirst();
      }

      @Override
      public Optional<Release> ofCommit(ProjectName project, CommitSha sha) {
        return releases.reversed().stream()
            .filter(r -> r.project().equals(project) && r.sha().equals(sha))
            .findFirst();
      }

      @Override
      public Optional<Release> newestOf(ProjectName project, String branch) {
        return releases.reversed().stream()
            .filter(r -> r.project().equals(project) && r.ref().equals(branch))
            .findFirst();
      }

      @Override
      public List<Release> of(ProjectName project, int most, int skip) {
        return page(
            releases.stream().filter(r -> r.project().equals(project)).toList(), most, skip);
      }
    };
  }

  /// The ledger.
  public Ledger ledger() {
    return new Ledger() {
      @Override
      public void note(
          String stream, Actor actor, String kind, Map<String, String> facts, Instant at) {
        record(stream, actor, kind, new TreeMap<>(facts), at);
      }

      @Override
      public List<Kept> read(String stream, long from, int most) {
        return ledger.getOrDefault(stream, List.of()).stream().skip(from - 1).limit(most).toList();
      }

      @Override
      public List<String> streams() {
        return List.copyOf(ledger.keySet());
      }
    };
  }

  /// The feed. Waiting is the simulation's; here it returns at once.
  public Feed feed() {
    return new Feed() {
      @Override
      public List<Entry> after(long id, int most) {
        return feed.stream().filter(e -> e.id() > id).limit(most).toList();
      }

      @Override
      public long newest() {
        return feed.isEmpty() ? 0 : feed.getLast().id();
      }

      @Override
      public Mark mark() {
        return new Mark(newest(), 0, 0);
      }

      @Override
      public void await(long id, Duration most) {}
    };
  }

  /// The logs.
  public LogStore logs() {
    return new LogStore() {
      @Override
      public void append(LogName name, byte[] bytes, int from, int length) {
        logs.computeIfAbsent(name, _ -> new ByteArrayOutputStream()).write(bytes, from, length);
      }

      @Override
      public byte[] read(LogName name, long offset, int most) {
        var all = logs.getOrDefault(name, new ByteArrayOutputStream()).toByteArray();
        var from = (int) Math.min(offset, all.length);
        return java.util.Arrays.copyOfRange(all, from, Math.min(all.length, from + most));
      }

      @Override
      public long size(LogName name) {
        return logs.getOrDefault(name, new ByteArrayOutputStream()).size();
      }

      @Override
      public List<Moment> moments(LogName name, long from, long to) {
        return List.of();
      }

      @Override
      public void await(LogName name, long longerThan, Duration most) {}
    };
  }

  /// The blobs.
  public Blobs blobs() {
    return new Blobs() {
      @Override
      public Digest put(InputStream content) throws IOException {
        var bytes = content.readAllBytes();
        var digest = Digest.of(bytes);
        blobs.put(digest, bytes);
        return digest;
      }

      @Override
      public InputStream open(Digest digest) throws FileNotFoundException {
        var bytes = blobs.get(digest);
        if (bytes == null) {
          throw new FileNotFoundException("no blob " + digest);
        }
        return new ByteArrayInputStream(bytes);
      }

      @Override
      public boolean drop(Digest digest, Instant since) {
        throw new UnsupportedOperationException("nothing is dropped");
      }

      @Override
      public boolean has(Digest digest) {
        return blobs.containsKey(digest);
      }
    };
  }
}
