package dev.fleetwright.server.http;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Environment.Freeze;
import dev.fleetwright.api.Environment.Gating;
import dev.fleetwright.api.Environment.Health;
import dev.fleetwright.api.Environment.Hold;
import dev.fleetwright.api.Environment.Instance;
import dev.fleetwright.api.Environment.Live;
import dev.fleetwright.api.Environment.Policy;
import dev.fleetwright.api.Environment.Rollback;
import dev.fleetwright.api.Environment.State;
import dev.fleetwright.api.Environment.Target;
import dev.fleetwright.api.Environment.Tier;
import dev.fleetwright.core.environment.Alarm;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentHold;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.Idleness;
import dev.fleetwright.core.environment.RollbackTriggers;
import dev.fleetwright.core.target.Observation;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Environments as they travel.
final class EnvironmentWire {

  private EnvironmentWire() {}

  static dev.fleetwright.api.Environment of(
      Environment environment,
      List<dev.fleetwright.core.environment.Live> live,
      List<Deploy> underWay,
      Optional<EnvironmentHold> hold,
      List<Alarm> alarms,
      Known known) {
    return new dev.fleetwright.api.Environment(
        environment.id(),
        environment.project().value(),
        environment.name().value(),
        environment.slug().value(),
        Tier.valueOf(environment.tier().name()),
        State.valueOf(environment.state().name()),
        environment.url().filter(EnvironmentWire::webAddress),
        policy(environment.policy()),
        environment.targets().stream().map(t -> new Target(t.name(), t.kind())).toList(),
        live.stream()
            .map(l ->
                new Live(
                    l.target(),
                    l.revision().toString(),
                    known.release(l.release()),
                    l.deploy(),
                    l.since(),
                    l.mixed()))
            .toList(),
        underWay,
        hold.map(EnvironmentWire::hold),
        alarms.stream().map(EnvironmentWire::alarm).toList(),
        environment.autoStopAt(),
        environment.createdAt());
  }

  static dev.fleetwright.api.Environment.Alarm alarm(Alarm alarm) {
    return new dev.fleetwright.api.Environment.Alarm(
        alarm.name(), alarm.reason(), alarm.by(), alarm.since());
  }

  private static Rollback rollback(RollbackTriggers triggers) {
    return new Rollback(
        triggers.onFailure(), triggers.onAlarm(), triggers.onStop(), triggers.watch().toSeconds());
  }

  static Hold hold(EnvironmentHold hold) {
    return new Hold(hold.deploy(), hold.by(), hold.reason(), hold.since());
  }

  /// What runs, then what is up beside it.
  static List<Instance> instances(Observation seen) {
    return Stream.concat(
            seen.instances().stream().map(i -> instance(i, "")),
            seen.beside().stream()
                .flatMap(b ->
                    b.instances().stream()
                        .map(i ->
                            instance(
                                i,
                                "beside what runs, with %d%% of the callers: "
                                    .formatted(b.percent())))))
        .toList();
  }

  private static Instance instance(Observation.Instance instance, String before) {
    return new Instance(
        instance.host(),
        instance.component(),
        instance.runs().toString(),
        Health.valueOf(instance.health().name()),
        Optional.of(instance.endpoint()).filter(e -> !e.isEmpty()),
        before + instance.detail());
  }

  private static Policy policy(dev.fleetwright.core.environment.Policy policy) {
    return new Policy(
        policy.gating().approvals().required(),
        policy.promotion().branch(),
        policy.promotion().after().map(EnvironmentName::value),
        policy.promotion().automatic(),
        rollback(policy.rollback()),
        policy.components(),
        policy.variables(),
        gating(policy.gating()),
        policy.queue().keyword(),
        policy.preemptible().stream().map(Idleness::keyword).sorted().toList());
  }

  private static Gating gating(dev.fleetwright.core.environment.Gating gating) {
    return new Gating(
        List.copyOf(gating.approvals().by()),
        gating.approvals().ofDeployer(),
        gating.soak().toSeconds(),
        gating.freezes().stream()
            .map(f -> new Freeze(f.name(), f.from(), f.to(), f.zone().getId()))
            .toList(),
        List.copyOf(gating.outside()),
        List.copyOf(gating.statuses()));
  }

  /// It comes from a repository and becomes a link: `javascript:` and the like never leave here
  /// (CVE-2025-47933).
  private static boolean webAddress(String url) {
    var lower = url.toLowerCase(Locale.ROOT);
    return lower.startsWith("https://") || lower.startsWith("http://");
  }
}
