package dev.fleetwright.server.operations;

import dev.fleetwright.core.deploy.Deploy;
import dev.fleetwright.core.environment.Environment;
import java.util.ArrayList;
import java.util.Optional;

/// Whose approval of a deploy counts; pure. Who may approve may also open a gate that a rule keeps
/// closed, since that too is answering for the deploy.
public final class Approvers {

  private Approvers() {}

  /// Why somebody's word does not count, and whose does.
  public record Objection(String message, String remedy) {}

  /// What speaks against this person approving this deploy; empty when nothing does.
  public static Optional<Objection> objection(
      Environment environment, Deploy deploy, String person) {
    var approvals = environment.policy().gating().approvals();
    if (!approvals.by().isEmpty() && !approvals.by().contains(person)) {
      return Optional.of(
          new Objection(
              "`%s` is not among those whose approval counts for `%s`"
                  .formatted(person, environment.name()),
              "ask " + others(environment, deploy)));
    }
    // Where nobody has to approve, whoever deploys answers for it.
    if (approvals.required() > 0 && !approvals.ofDeployer() && deploy.by().equals(person)) {
      return Optional.of(
          new Objection(
              "`%s` asked for this deploy, and needs the word of another for `%s`"
                  .formatted(person, environment.name()),
              "ask %s; `deployer: counts` below `approvals` in fleetwright.yml would let their own count"
                  .formatted(others(environment, deploy))));
    }
    return Optional.empty();
  }

  /// Those whose word counts, in a few words: `ann or ben`.
  static String others(Environment environment, Deploy deploy) {
    var approvals = environment.policy().gating().approvals();
    var names = new ArrayList<>(approvals.by());
    if (!approvals.ofDeployer()) {
      names.remove(deploy.by());
    }
    return switch (names.size()) {
      case 0 -> approvals.ofDeployer() ? "anybody with a token" : "somebody else with a token";
      case 1 -> names.getFirst();
      default -> String.join(", ", names.subList(0, names.size() - 1)) + " or " + names.getLast();
    };
  }
}
