package dev.fleetwright.adapters.ssh;

import dev.fleetwright.adapters.ssh.AllHosts.Result;
import dev.fleetwright.adapters.ssh.Connection.FeedFailed;
import dev.fleetwright.adapters.ssh.HostAgent.Reply;
import dev.fleetwright.adapters.ssh.HostPart.Changed;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Outcome.Applied;
import dev.fleetwright.core.target.Outcome.Later;
import dev.fleetwright.core.target.Outcome.Refused;
import dev.fleetwright.core.target.Outcome.Unknown;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One call of [SshTarget#apply]: all hosts of a slice, step by step together.
///
/// Up to and with the upload nothing that runs or is read has changed, so a host that is lost then
/// is [Later]. From the switch on, a lost host is [Unknown]: its agent goes on without us. A host
/// that switches and is not healthy takes all hosts of the slice back with it.
final class Rollout implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Rollout.class);

  private static final Duration AGAIN = Duration.ofSeconds(10);

  /// Opens the agent of a place on a host.
  @FunctionalInterface
  interface Opener {
    HostAgent open(Host host) throws IOException;
  }

  private final Opener opener;
  private final List<Host> hosts;
  private final Order order;
  private final Place place;
  private final Revision desired;
  private final Slice slice;
  private final int keep;
  private final Blobs blobs;

  private final List<HostAgent> agents = new ArrayList<>();
  private final List<HostPart> parts = new ArrayList<>();

  Rollout(
      Opener opener,
      List<Host> hosts,
      Order order,
      Place place,
      Revision desired,
      Slice slice,
      int keep,
      Blobs blobs) {
    this.opener = opener;
    this.hosts = hosts;
    this.order = order;
    this.place = place;
    this.desired = desired;
    this.slice = slice;
    this.keep = keep;
    this.blobs = blobs;
  }

  /// Do it.
  ///
  /// @throws InterruptedException when told to stop waiting while nothing has changed yet
  Outcome run() throws InterruptedException {
    var no = connect();
    if (no.isEmpty()) {
      no = open();
    }
    if (no.isEmpty()) {
      no = upload();
    }
    if (no.isPresent()) {
      return no.get();
    }
    try {
      return change();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Unknown("switching " + slice.words(), e);
    }
  }

  private Optional<Outcome> connect() throws InterruptedException {
    var results = AllHosts.each(hosts, opener::open);
    results.forEach((_, result) -> {
      if (result instanceof Result.Fine<HostAgent>(var agent)) {
        agents.add(agent);
      }
    });
    return stopped(results);
  }

  private Optional<Outcome> open() throws InterruptedException {
    var trees = desired.components().stream().map(c -> c.digest().hex()).toList();
    var replies = AllHosts.each(agents, a -> a.open(order.fencingToken(), trees));
    var no = stopped(replies).or(() -> turnedAway(replies));
    if (no.isPresent()) {
      return no;
    }
    var opened =
        AllHosts.each(
            agents,
            agent ->
                new HostPart(
                    agent, order, desired, slice, keep, blobs, agent.view(text(replies, agent))));
    opened.forEach((_, result) -> {
      if (result instanceof Result.Fine<HostPart>(var part)) {
        parts.add(part);
      }
    });
    return stopped(opened).or(this::lacking);
  }

  private static String text(Map<HostAgent, Result<Reply>> replies, HostAgent agent) {
    return replies.get(agent) instanceof Result.Fine<Reply>(Reply.Done(var text)) ? text : "";
  }

  private Optional<Outcome> lacking() {
    return parts.stream()
        .filter(p -> !p.missing().isEmpty())
        .findFirst()
        .map(p ->
            new Refused(
                p.host()
                    + " lacks "
                    + String.join(", ", p.missing())
                    + ": install coreutils, util-linux, tar, findutils, grep and sed there"));
  }

  private Optional<Outcome> upload() throws InterruptedException {
    var lacking = AllHosts.each(parts, HostPart::lacks);
    var no = stopped(lacking);
    if (no.isPresent()) {
      return no;
    }
    var uploads = new LinkedHashMap<HostPart, Upload>();
    lacking.forEach((part, result) -> {
      if (result instanceof Result.Fine<Optional<Upload>>(var upload)) {
        upload.ifPresent(u -> uploads.put(part, u));
      }
    });
    var archives = new HashMap<List<Object>, Archive>();
    try {
      var shipments = new ArrayList<Shipment>();
      for (var part : uploads.entrySet()) {
        var key = part.getValue().key();
        var archive = archives.get(key);
        if (archive == null) {
          var hosts = uploads.values().stream().filter(u -> u.key().equals(key)).count();
          archive = Archive.of(part.getValue(), (int) hosts);
          archives.put(key, archive);
        }
        shipments.add(new Shipment(part.getKey(), archive));
      }
      var replies = AllHosts.each(shipments, s -> s.part().send(s.archive()));
      return stopped(replies).or(() -> turnedAway(replies));
    } catch (FeedFailed e) {
      return Optional.of(new Refused(words(e)));
    } finally {
      archives.values().forEach(Archive::close);
    }
  }

  private record Shipment(HostPart part, Archive archive) {}

  private Outcome change() throws InterruptedException {
    var results = AllHosts.each(parts, HostPart::change);
    var lost = new LinkedHashMap<HostPart, IOException>();
    var unhealthy = new ArrayList<String>();
    results.forEach((part, result) -> {
      switch (result) {
        case Result.Fine<Changed>(Changed.Healthy _) -> {}
        case Result.Fine<Changed>(Changed.Unhealthy(var reason)) -> unhealthy.add(reason);
        case Result.Fine<Changed>(Changed.Fenced(var token)) ->
            lost.put(part, new IOException(fenced(part.host(), token)));
        case Result.Failed<Changed>(HostFailed failed) -> unhealthy.add(words(failed));
        case Result.Failed<Changed>(var cause) -> lost.put(part, cause);
      }
    });
    if (!unhealthy.isEmpty()) {
      return putBack(unhealthy, lost);
    }
    if (!lost.isEmpty()) {
      return unknown("switching", lost);
    }
    return settle();
  }

  private Outcome putBack(List<String> unhealthy, Map<HostPart, IOException> lost)
      throws InterruptedException {
    var reason = String.join("\n", unhealthy);
    order
        .log()
        .line("not healthy, going back: " + unhealthy.getFirst().lines().findFirst().orElse(""));
    var back = parts.stream().filter(p -> !lost.containsKey(p)).toList().reversed();
    var problems = new LinkedHashMap<>(lost);
    AllHosts.each(back, HostPart::putBack)
        .forEach((part, result) -> {
          switch (result) {
            case Result.Fine<Optional<String>>(var complaint) ->
                complaint.ifPresent(
                    c -> problems.put(part, new IOException(part.host() + ": " + c)));
            case Result.Failed<Optional<String>>(var cause) -> problems.put(part, cause);
          }
        });
    log.atWarn()
        .addKeyValue("place", place.name())
        .addKeyValue("order", order.id())
        .addKeyValue("hosts", names(back))
        .addKeyValue("left", names(problems.keySet().stream().toList()))
        .log("release was not healthy and was taken back");
    return problems.isEmpty()
        ? new Refused(reason)
        : unknown(
            "going back, because " + unhealthy.getFirst().lines().findFirst().orElse("") + ",",
            problems);
  }

  private Outcome settle() throws InterruptedException {
    var replies = AllHosts.each(parts, HostPart::settle);
    var lost = new LinkedHashMap<HostPart, IOException>();
    replies.forEach((part, result) -> {
      switch (result) {
        case Result.Fine<Reply>(Reply.Fenced(var token)) ->
            lost.put(part, new IOException(fenced(part.host(), token)));
        case Result.Fine<Reply> _ -> {}
        case Result.Failed<Reply>(var cause) -> lost.put(part, cause);
      }
    });
    if (!lost.isEmpty()) {
      return unknown("settling", lost);
    }
    log.atInfo()
        .addKeyValue("place", place.name())
        .addKeyValue("order", order.id())
        .addKeyValue("revision", desired.digest().brief())
        .addKeyValue("hosts", names(parts))
        .log("release runs");
    return new Applied(
        (desired.components().isEmpty()
                ? "nothing runs on "
                : desired.digest().brief() + " runs on ")
            + names(parts));
  }

  private static String names(List<HostPart> parts) {
    return parts.stream().map(p -> p.host().name()).collect(Collectors.joining(", "));
  }

  private static Outcome unknown(String during, Map<HostPart, IOException> lost) {
    var first = lost.entrySet().iterator().next();
    var more = lost.size() > 1 ? " and " + (lost.size() - 1) + " more" : "";
    return new Unknown(during + " " + first.getKey().host() + more, first.getValue());
  }

  private static String fenced(Host host, String token) {
    return host + " has seen the later fencing token " + token + ": another server has taken over";
  }

  /// What ends an order on which nothing has changed yet. A host that a person must look at counts
  /// for more than one that may come back by itself.
  static <H, R> Optional<Outcome> stopped(Map<H, Result<R>> results) {
    var failures =
        results.values().stream()
            .flatMap(r ->
                r instanceof Result.Failed<R>(var cause)
                    ? java.util.stream.Stream.of(cause)
                    : java.util.stream.Stream.empty())
            .toList();
    var refusals =
        failures.stream()
            .filter(f ->
                switch (f) {
                  case NotLetIn _, HostFailed _, FeedFailed _ -> true;
                  default -> false;
                })
            .map(Rollout::words)
            .toList();
    if (!refusals.isEmpty()) {
      return Optional.of(new Refused(String.join("\n", refusals)));
    }
    return failures.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Later(
                failures.stream().map(Rollout::words).collect(Collectors.joining("\n")), AGAIN));
  }

  /// What ends an order because a host's record says so.
  static <H> Optional<Outcome> turnedAway(Map<H, Result<Reply>> replies) {
    var answers =
        replies.entrySet().stream()
            .flatMap(e ->
                e.getValue() instanceof Result.Fine<Reply>(var reply)
                    ? turnedAway(host(e.getKey()), reply).stream()
                    : java.util.stream.Stream.<Outcome>empty())
            .toList();
    return answers.stream()
        .filter(Refused.class::isInstance)
        .findFirst()
        .or(() -> answers.stream().findFirst());
  }

  private static Host host(Object of) {
    return switch (of) {
      case HostAgent agent -> agent.host();
      case HostPart part -> part.host();
      case Shipment(var part, _) -> part.host();
      default -> throw new IllegalArgumentException("not of a host: " + of);
    };
  }

  private static Optional<Outcome> turnedAway(Host host, Reply reply) {
    return switch (reply) {
      case Reply.Done _ -> Optional.empty();
      case Reply.Fenced(var token) -> Optional.of(new Refused(fenced(host, token)));
      case Reply.Taken(var owner) ->
          Optional.of(
              new Refused(
                  "the folder on "
                      + host
                      + " belongs to "
                      + owner
                      + "; give this target a `directory` of its own"));
      case Reply.Busy _ -> Optional.of(new Later(host + " is still working on an order", AGAIN));
    };
  }

  /// What happened and why, in one line.
  static String words(IOException failure) {
    var cause = failure.getCause();
    var why =
        cause == null || cause.getMessage() == null
            ? ""
            : ": " + Printable.line(cause.getMessage());
    return failure.getMessage() + why;
  }

  @Override
  public void close() {
    agents.forEach(HostAgent::close);
  }
}
