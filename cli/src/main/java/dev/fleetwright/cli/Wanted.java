package dev.fleetwright.cli;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Plan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Which release shall go where; shared by `plan` and `deploy`.
final class Wanted {

  @Mixin private EnvironmentParameters place = new EnvironmentParameters();

  @ArgGroup(exclusive = true, multiplicity = "0..1")
  private Which which = new Which();

  static final class Which {
    @Option(names = "--release", description = "A release such as r7; else the newest.")
    private @Nullable String release;

    @Option(names = "--ref", description = "The newest release of a branch, tag or commit.")
    private @Nullable String ref;
  }

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "COMPONENT",
      description = "Only these components; the others stay as they are.")
  private List<String> only = List.of();

  Deploy.Request request(FleetwrightClient client, Optional<String> plan, Optional<String> reason)
      throws InterruptedException {
    return request(client, plan, reason, Optional.empty());
  }

  Deploy.Request request(
      FleetwrightClient client,
      Optional<String> plan,
      Optional<String> reason,
      Optional<Instant> notBefore)
      throws InterruptedException {
    return new Deploy.Request(
        place.project(),
        place.environment(),
        release(client),
        Optional.ofNullable(which.ref),
        Optional.of(only).filter(names -> !names.isEmpty()),
        plan,
        reason,
        notBefore);
  }

  private Optional<Long> release(FleetwrightClient client) throws InterruptedException {
    if (which.ref != null) {
      return Optional.empty();
    }
    var wanted = which.release;
    for (var page = 1; ; page++) {
      var releases = client.releases(place.project(), page);
      for (var release : releases.items()) {
        if (wanted == null || release.version().equals(wanted)) {
          return Optional.of(release.number());
        }
      }
      if (!releases.more()) {
        throw new Refusal(
            ExitCode.NOT_FOUND,
            wanted == null
                ? "project " + place.project() + " has no release yet; a green pipeline makes one"
                : "project " + place.project() + " has no release " + wanted);
      }
    }
  }

  /// A plan for people.
  static List<String> words(Plan plan) {
    var lines = new ArrayList<String>();
    lines.add(
        "%s %s -> %s: %s"
            .formatted(
                Terminal.word(plan.kind()),
                Terminal.clean(plan.label()),
                Terminal.clean(plan.environment()),
                plan.summary()));
    for (var target : plan.targets()) {
      lines.add("  target " + target.target() + " (" + target.kind() + ")");
      for (var change : target.changes()) {
        lines.add(
            "    %-6s %s".formatted(Terminal.word(change.kind()), Terminal.clean(change.what())));
        change.detail().forEach(d -> lines.add("           " + Terminal.clean(d)));
      }
    }
    lines.add("  steps");
    plan.steps()
        .forEach(s -> lines.add("    " + (s.index() + 1) + ". " + Terminal.clean(s.words())));
    if (plan.approvals() > 0) {
      lines.add("  needs " + plan.approvals() + " approval(s)");
    }
    lines.add("  plan " + plan.hash());
    return lines;
  }
}
