package dev.fleetwright.adapters.ssh;

import dev.fleetwright.adapters.process.HowToRun;
import dev.fleetwright.adapters.process.HowToRun.Program;
import dev.fleetwright.adapters.ssh.HostAgent.Reply;
import dev.fleetwright.adapters.ssh.HostView.Part;
import dev.fleetwright.adapters.ssh.HostView.Running;
import dev.fleetwright.adapters.ssh.HostView.State;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Health;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// One host's part of one order to apply a revision. Its methods are called in the order in which
/// they are here.
///
/// Where the place was before the order is on the host, from before the first change until the
/// order is settled (`switching`) and after (`done`). So whoever continues after a crash still
/// knows where to go back to.
final class HostPart implements AutoCloseable {

  /// How long what ran before may take to be healthy again.
  private static final Duration PUT_BACK_WITHIN = Duration.ofSeconds(60);

  private static final int LAST_LINES = 20;

  private final HostAgent agent;
  private final Order order;
  private final Slice slice;
  private final int keep;
  private final Blobs blobs;

  /// What was found when the order came.
  private final HostView found;

  /// The release that was there before the order.
  private final String from;

  private final Revision wanted;
  private final String to;

  /// The order was begun, and perhaps done, by an earlier call.
  private final boolean begun;

  private final boolean done;

  /// Open the place on this host.
  ///
  /// @param found what the agent said when the place was opened
  HostPart(
      HostAgent agent,
      Order order,
      Revision desired,
      Slice slice,
      int keep,
      Blobs blobs,
      HostView found)
      throws IOException {
    this.agent = agent;
    this.order = order;
    this.slice = slice;
    this.keep = keep;
    this.blobs = blobs;
    this.found = found;
    var id = order.id().toString();
    var switching = found.switching().filter(s -> s.order().equals(id));
    var settled = Optional.ofNullable(found.done().get(id));
    this.from =
        switching
            .map(HostView.Switching::from)
            .or(() -> settled.map(HostView.Done::from))
            .orElse(found.currentOrNone());
    this.wanted =
        switch (slice) {
          case Slice.Components _ -> revision(agent, blobs, from).after(desired, slice);
          case Slice.All _, Slice.Batch _, Slice.Switch _ -> desired;
          case Slice.Share _, Slice.Standby _ ->
              throw new IllegalStateException("a host has nobody who shares callers out");
        };
    this.to = wanted.components().isEmpty() ? HostView.NONE : wanted.digest().hex();
    this.done = settled.isPresent() && settled.get().release().equals(to);
    this.begun = switching.isPresent() || done;
  }

  Host host() {
    return agent.host();
  }

  /// A release as its revision, from our store or, where that lacks it, from the host.
  static Revision revision(HostAgent agent, Blobs blobs, String release) throws IOException {
    if (release.equals(HostView.NONE)) {
      return Revision.EMPTY;
    }
    var digest = new Digest(release);
    var bytes = blobs.has(digest) ? blobs.read(digest) : agent.revision(release);
    if (!Digest.of(bytes).equals(digest)) {
      throw new HostFailed("release " + digest.brief() + " on " + agent.host() + " is damaged");
    }
    try {
      return Revision.of(bytes);
    } catch (Bencode.NotCanonical | IllegalArgumentException e) {
      throw new HostFailed("release " + digest.brief() + " on " + agent.host() + " is no revision");
    }
  }

  /// What the host lacks; empty when it has all.
  Optional<Upload> lacks() throws IOException {
    var trees = wanted.components().stream().map(c -> c.digest().hex()).collect(Collectors.toSet());
    var all = found.trees().containsAll(trees);
    if (done || to.equals(HostView.NONE) || (all && found.parts().containsKey(to))) {
      return Optional.empty();
    }
    // Which components a slice of components leaves as they are is known only now.
    var unlisted = found.content() && !found.listed() && !all;
    var there = unlisted ? agent.look(true).blobs() : found.blobs();
    return Optional.of(new Upload(blobs, agent.place(), wanted, there, found.trees()));
  }

  /// Send what the host lacks. Nothing that runs or is read changes.
  Reply send(Archive archive) throws IOException {
    var reply = agent.receive(order.fencingToken(), archive);
    var upload = archive.upload();
    tell("received " + upload.files() + " files, " + Sizes.spoken(upload.bytes()));
    return reply;
  }

  /// How changing the host went.
  sealed interface Changed {
    record Healthy() implements Changed {}

    /// @param reason with the host's name and the last that was printed
    record Unhealthy(String reason) implements Changed {}

    record Fenced(String token) implements Changed {}
  }

  /// Switch, and wait until everything that the order covers is healthy.
  Changed change() throws IOException {
    if (done) {
      tell("did this order before");
      return new Changed.Healthy();
    }
    var check = new HealthCheck(agent);
    var well = new HashMap<String, Boolean>();
    for (var running : found.runs().values()) {
      // A process that this order has started may need its time.
      well.put(running.name(), begun || check.of(running).health() == Health.HEALTHY);
    }
    var moves =
        Moves.between(
            found.runs(), processes(wanted), this::covers, r -> well.getOrDefault(r.name(), false));
    if (!moves.none() || !found.currentOrNone().equals(to)) {
      if (agent.switchOver(order.fencingToken(), order.id(), from, to, moves)
          instanceof Reply.Fenced(var token)) {
        return new Changed.Fenced(token);
      }
      tell(moves);
    }
    var complaint = check.await(patience());
    return complaint.isEmpty() ? new Changed.Healthy() : unhealthy(complaint.get());
  }

  private void tell(Moves moves) {
    moves.stops().stream()
        .filter(name -> !moves.starts().containsKey(name))
        .forEach(name -> tell("stopped " + name));
    moves.starts().keySet().forEach(name -> tell("started " + name));
    if (!found.currentOrNone().equals(to)) {
      tell(
          to.equals(HostView.NONE)
              ? "took `current` away"
              : "switched `current` to " + new Digest(to).brief());
    }
  }

  private Changed unhealthy(String complaint) {
    var name = complaint.split(" ", 2)[0];
    var reason = new StringBuilder(host().name()).append(": ").append(complaint);
    try {
      var lines = agent.logs(name, LAST_LINES);
      lines.forEach(line -> tell(name + " | " + line));
      if (!lines.isEmpty()) {
        reason.append("; it printed last:\n").append(String.join("\n", lines));
      }
    } catch (IOException e) {
      // Why it is unhealthy matters more than what it printed.
      reason.append("; what it printed cannot be read");
    }
    return new Changed.Unhealthy(reason.toString());
  }

  /// Go back to where the place was before the order.
  ///
  /// @return what is wrong with what ran before; empty when all is as it was
  Optional<String> putBack() throws IOException {
    if (done && !found.currentOrNone().equals(to)) {
      // Later orders have moved on from it; this call changed nothing here.
      return Optional.empty();
    }
    var before = new TreeMap<String, Digest>();
    if (begun) {
      found.parts(from).values().stream()
          .filter(Part::process)
          .forEach(p -> before.put(p.name(), p.digest()));
    } else {
      found.runs().values().forEach(r -> before.put(r.name(), r.tree()));
    }
    var moves = Moves.between(agent.ask().runs(), before, this::covers, _ -> true);
    if (agent.switchOver(order.fencingToken(), order.id(), from, from, moves)
        instanceof Reply.Fenced(var token)) {
      return Optional.of("a server with the later fencing token " + token + " took over");
    }
    tell("went back to what ran before");
    // What was not well before need not be well now.
    var patience =
        before.keySet().stream()
            .filter(this::covers)
            .filter(name -> begun || up(found.runs().get(name)))
            .collect(Collectors.toMap(name -> name, _ -> PUT_BACK_WITHIN));
    var complaint = new HealthCheck(agent).await(patience);
    if (complaint.isEmpty()) {
      agent.forget(order.fencingToken(), keep, order.id());
    }
    return complaint;
  }

  private static boolean up(@org.jspecify.annotations.Nullable Running running) {
    return running != null && running.state() == State.UP && !running.keepsEnding();
  }

  /// Remember that the order is done.
  Reply settle() throws IOException {
    return done
        ? new Reply.Done("")
        : agent.settle(order.fencingToken(), keep, order.id(), to, from);
  }

  private boolean covers(String component) {
    return slice.covers(host().name(), component);
  }

  private Map<String, Duration> patience() {
    var patience = new TreeMap<String, Duration>();
    for (var component : wanted.components()) {
      if (covers(component.name()) && HowToRun.of(component) instanceof Program program) {
        patience.put(component.name(), program.healthyWithin());
      }
    }
    return patience;
  }

  private static Map<String, Digest> processes(Revision revision) {
    return revision.components().stream()
        .filter(c -> HowToRun.of(c) instanceof Program)
        .collect(Collectors.toMap(Component::name, Component::digest));
  }

  private void tell(String what) {
    order.log().line(host() + ": " + what);
  }

  /// Programs that the host needs for this order and lacks.
  List<String> missing() {
    var missing = new ArrayList<>(found.missing());
    if (processes(wanted).isEmpty()) {
      missing.remove("setsid");
    }
    return missing;
  }

  @Override
  public void close() {
    agent.close();
  }
}
