package dev.fleetwright.adapters.ssh;

import dev.fleetwright.adapters.process.HowToRun;
import dev.fleetwright.adapters.ssh.AllHosts.Result;
import dev.fleetwright.adapters.ssh.Connections.Access;
import dev.fleetwright.adapters.ssh.HostView.Running;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.target.Capability;
import dev.fleetwright.core.target.Health;
import dev.fleetwright.core.target.Logs;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.Observation.Instance;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Outcome.Applied;
import dev.fleetwright.core.target.Outcome.Later;
import dev.fleetwright.core.target.Outcome.Refused;
import dev.fleetwright.core.target.Outcome.Unknown;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Preview;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.Target;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.core.target.TargetUnreachable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hosts over SSH: releases side by side in a folder, a link `current` that is switched in one
/// rename, components as processes that outlive our connection.
///
/// **Safe to repeat.** Each host keeps the highest fencing token it has seen and the last orders
/// that were done there, and answers from that record. What an order found is on the host before
/// the first change, so whoever continues after a crash knows where to go back to.
///
/// **A host that is lost** before anything was switched makes the answer [Later]; once the switch
/// was asked for, [Unknown], because the host goes on by itself.
///
/// See `docs/adapters/ssh.md` for the settings, the files on a host and what it must have.
public final class SshTarget implements Target, Logs {

  private static final Logger log = LoggerFactory.getLogger(SshTarget.class);

  private static final Duration AGAIN = Duration.ofSeconds(10);
  private static final int MOST_LOG_LINES = 10_000;
  private static final Pattern COMPONENT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  /// Stands for what runs on a host of which nothing is known. No component has this digest.
  private static final Digest NOT_KNOWN = Digest.of(new byte[0]);

  /// The connections of all targets of kind `ssh` of one server. Keeps a connection for some
  /// seconds after a step, so that a deploy costs one handshake for each host.
  public static final class Client implements AutoCloseable {

    /// Beyond this, the oldest are forgotten; they only serve to say more of a host that is gone.
    private static final int MOST_REMEMBERED = 10_000;

    private final Connections connections = new Connections();
    private final Map<String, List<Instance>> lastSeen =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, List<Instance>> eldest) {
            return size() > MOST_REMEMBERED;
          }
        };

    /// Connects to nothing yet.
    public Client() {}

    /// How many connections were made so far.
    public long handshakes() {
      return connections.handshakes();
    }

    private void remember(String where, List<Instance> seen) {
      synchronized (lastSeen) {
        lastSeen.put(where, List.copyOf(seen));
      }
    }

    private List<Instance> remembered(String where) {
      synchronized (lastSeen) {
        return lastSeen.getOrDefault(where, List.of());
      }
    }

    /// Ends all connections. What runs on hosts goes on.
    @Override
    public void close() {
      connections.close();
    }
  }

  private final SshSettings settings;
  private final Blobs blobs;
  private final Client client;

  /// A target as the configuration says.
  ///
  /// @param blobs where the content of revisions is
  /// @throws IllegalArgumentException if a setting is not usable; the message names each and what
  ///   to write
  public SshTarget(TargetBinding binding, Blobs blobs, Client client) {
    this.settings = SshSettings.of(binding, Path.of(System.getProperty("user.home")));
    this.blobs = blobs;
    this.client = client;
  }

  @Override
  public Set<Capability> capabilities() {
    return EnumSet.complementOf(EnumSet.of(Capability.SHARES, Capability.STANDBY));
  }

  @Override
  public Outcome apply(Order order, Place place, Revision desired, Slice slice) {
    if (!capabilities().containsAll(slice.needs())) {
      return new Refused(
          "nobody on the hosts sends callers to one of two releases; use a canary by hosts, or `strategy: rolling`");
    }
    var problem = problem(desired);
    if (problem.isPresent()) {
      return new Refused(problem.get());
    }
    var unknown = strangers(slice);
    if (!unknown.isEmpty()) {
      return new Refused(
          String.join(", ", unknown) + " is no host of target `" + place.target() + "`");
    }
    var hosts =
        settings.hosts().stream()
            .filter(h -> !(slice instanceof Slice.Batch(var names)) || names.contains(h.name()))
            .toList();
    try (var rollout =
        new Rollout(opener(place), hosts, order, place, desired, slice, settings.keep(), blobs)) {
      return rollout.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Later("told to stop before anything was switched", AGAIN);
    } catch (IOException e) {
      return new Refused(Rollout.words(e));
    }
  }

  private List<String> strangers(Slice slice) {
    var names = settings.hosts().stream().map(Host::name).toList();
    return slice instanceof Slice.Batch(var asked)
        ? asked.stream().filter(n -> !names.contains(n)).toList()
        : List.of();
  }

  @Override
  public Outcome remove(Order order, Place place) {
    var agents = new ArrayList<HostAgent>();
    try {
      var opened = AllHosts.each(settings.hosts(), opener(place)::open);
      opened
          .values()
          .forEach(r -> {
            if (r instanceof Result.Fine<HostAgent>(var agent)) {
              agents.add(agent);
            }
          });
      var no = Rollout.stopped(opened);
      return no.isPresent() ? no.get() : remove(order, place, agents);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return agents.isEmpty()
          ? new Later("told to stop before anything was removed", AGAIN)
          : new Unknown("removing " + place.name(), e);
    } catch (IOException e) {
      return new Refused(Rollout.words(e));
    } finally {
      agents.forEach(HostAgent::close);
    }
  }

  private static Outcome remove(Order order, Place place, List<HostAgent> agents)
      throws InterruptedException {
    var replies = AllHosts.each(agents, a -> a.remove(order.fencingToken(), order.id()));
    var failed =
        replies.values().stream()
            .flatMap(r ->
                r instanceof Result.Failed<HostAgent.Reply>(var cause)
                    ? java.util.stream.Stream.of(cause)
                    : java.util.stream.Stream.empty())
            .findFirst();
    if (failed.isPresent()) {
      return new Unknown("removing " + place.name(), failed.get());
    }
    var away = Rollout.turnedAway(replies);
    if (away.isPresent()) {
      // With several hosts, the others may have removed it.
      return agents.size() == 1 || away.get() instanceof Later || allFenced(replies)
          ? away.get()
          : new Unknown("removing " + place.name(), new IOException(away.get().toString()));
    }
    log.atInfo()
        .addKeyValue("place", place.name())
        .addKeyValue("order", order.id())
        .log("place removed");
    return new Applied(
        "removed from "
            + agents.stream().map(a -> a.host().name()).collect(Collectors.joining(", ")));
  }

  private static boolean allFenced(Map<HostAgent, Result<HostAgent.Reply>> replies) {
    return replies.values().stream()
        .noneMatch(r -> r instanceof Result.Fine<HostAgent.Reply>(HostAgent.Reply.Done _));
  }

  @Override
  public Observation observe(Place place) {
    var views = looks(place, false);
    var instances = new ArrayList<Instance>();
    views.forEach((host, look) -> instances.addAll(instances(place, host, look)));
    return new Observation(instances, settings.hosts().stream().map(Host::name).toList());
  }

  private List<Instance> instances(Place place, Host host, Result<Look> look) {
    var where = host.name() + " " + settings.directory() + " " + place.name();
    return switch (look) {
      case Result.Fine<Look>(var seen) -> {
        client.remember(where, seen.instances());
        yield seen.instances();
      }
      case Result.Failed<Look>(var cause) -> gone(host, client.remembered(where), cause);
    };
  }

  private static List<Instance> gone(Host host, List<Instance> last, IOException cause) {
    var why = Rollout.words(cause);
    if (last.isEmpty()) {
      return List.of(new Instance(host.name(), "*", NOT_KNOWN, Health.UNREACHABLE, "", why));
    }
    return last.stream()
        .map(i ->
            new Instance(i.host(), i.component(), i.runs(), Health.UNREACHABLE, i.endpoint(), why))
        .toList();
  }

  /// What one host looks like.
  ///
  /// @param current what `current` names
  record Look(HostView view, List<Instance> instances, Revision current) {}

  /// Look at all hosts.
  ///
  /// @throws TargetUnreachable if none can be reached
  private Map<Host, Result<Look>> looks(Place place, boolean wholly) {
    var during = "observing " + place.name() + " on target " + place.target();
    try {
      var opener = opener(place);
      var looks =
          AllHosts.each(
              settings.hosts(),
              host -> {
                try (var agent = opener.open(host)) {
                  return look(agent, wholly);
                }
              });
      var first = looks.values().iterator().next();
      if (first instanceof Result.Failed<Look>(var cause)
          && looks.values().stream().allMatch(Result.Failed.class::isInstance)) {
        throw new TargetUnreachable(during, cause);
      }
      return looks;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TargetUnreachable(during, e);
    } catch (IOException e) {
      throw new TargetUnreachable(during, e);
    }
  }

  private Look look(HostAgent agent, boolean wholly) throws IOException {
    var view = agent.look(wholly);
    var instances = new ArrayList<Instance>();
    var check = new HealthCheck(agent);
    var host = agent.host();
    for (var running : view.runs().values()) {
      var finding = check.of(running);
      instances.add(
          new Instance(
              host.name(),
              running.name(),
              running.tree(),
              finding.health(),
              running.port() == 0 ? "" : host.address() + ":" + running.port(),
              detail(running, finding.words())));
    }
    for (var part : view.parts(view.currentOrNone()).values()) {
      if (!view.runs().containsKey(part.name())) {
        instances.add(
            new Instance(
                host.name(),
                part.name(),
                part.digest(),
                part.process() ? Health.DOWN : Health.HEALTHY,
                "",
                part.process() ? "is not running" : "files in " + view.home() + "/current"));
      }
    }
    var current = wholly ? HostPart.revision(agent, blobs, view.currentOrNone()) : Revision.EMPTY;
    return new Look(view, List.copyOf(instances), current);
  }

  private static String detail(Running running, String words) {
    return running.pid() == 0
        ? words
        : words + ", pid " + running.pid() + ", up " + age(running.age());
  }

  private static String age(long seconds) {
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
  }

  @Override
  public Preview preview(Place place, Revision desired) {
    var problem = problem(desired);
    if (problem.isPresent()) {
      return new Preview.Impossible(problem.get());
    }
    var looks = looks(place, true);
    var instances = new ArrayList<Instance>();
    var changes = new ArrayList<dev.fleetwright.core.target.Change>();
    for (var host : settings.hosts()) {
      switch (looks.get(host)) {
        case Result.Fine<Look>(var look) -> {
          instances.addAll(look.instances());
          changes.addAll(HostPreview.of(place, host, look.view(), look.current(), desired));
        }
        case Result.Failed<Look>(var cause) -> {
          return new Preview.Impossible(Rollout.words(cause));
        }
        case null -> throw new IllegalStateException("no look at " + host);
      }
    }
    return new Preview.Possible(
        changes, new Observation(instances, settings.hosts().stream().map(Host::name).toList()));
  }

  @Override
  public Optional<Logs> logs() {
    return Optional.of(this);
  }

  @Override
  public List<Line> last(Place place, String component, int lines) {
    if (!COMPONENT.matcher(component).matches() || lines < 1) {
      return List.of();
    }
    var during = "reading logs of " + component + " of " + place.name();
    try {
      var opener = opener(place);
      var most = Math.min(lines, MOST_LOG_LINES);
      var results =
          AllHosts.each(
              settings.hosts(),
              host -> {
                try (var agent = opener.open(host)) {
                  return agent.logs(component, most);
                }
              });
      var all = new ArrayList<Line>();
      IOException failure = null;
      var reached = false;
      for (var result : results.entrySet()) {
        switch (result.getValue()) {
          case Result.Fine<List<String>>(var printed) -> {
            reached = true;
            printed.forEach(l -> all.add(new Line(result.getKey().name(), component, l)));
          }
          case Result.Failed<List<String>>(var cause) -> failure = cause;
        }
      }
      if (!reached && failure != null) {
        throw new TargetUnreachable(during, failure);
      }
      return all;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TargetUnreachable(during, e);
    } catch (IOException e) {
      throw new TargetUnreachable(during, e);
    }
  }

  /// What is wrong with a revision, as far as can be told without asking a host.
  private static Optional<String> problem(Revision revision) {
    var ports = new HashMap<Integer, String>();
    for (var component : revision.components()) {
      if (!COMPONENT.matcher(component.name()).matches()) {
        return Optional.of("`" + component.name() + "` is no name for a component on a host");
      }
      if (HowToRun.of(component) instanceof HowToRun.Unusable(var problems)) {
        return Optional.of(String.join("\n", problems));
      }
      if (HowToRun.of(component) instanceof HowToRun.Program program
          && program.port().orElse(0) > 0) {
        var other = ports.put(program.port().getAsInt(), component.name());
        if (other != null) {
          return Optional.of(
              "components `"
                  + other
                  + "` and `"
                  + component.name()
                  + "` both ask for port "
                  + program.port().getAsInt()
                  + ", and a host has it only once");
        }
      }
    }
    return Optional.empty();
  }

  /// Reads the key and the pinned host keys anew for each order, so that a person who has just
  /// corrected one need not restart the server.
  private Rollout.Opener opener(Place place) throws IOException {
    PinnedKeys pinned;
    try {
      pinned = PinnedKeys.read(settings.knownHosts(), settings.hostKeys());
    } catch (IllegalArgumentException e) {
      throw new NotLetIn(String.valueOf(e.getMessage()));
    }
    var key = LoginKey.read(settings.key(), settings.passphrase());
    return host ->
        new HostAgent(
            client.connections.open(
                new Access(host, settings.user(), key, pinned, settings.connectWithin())),
            settings.directory(),
            place);
  }
}
