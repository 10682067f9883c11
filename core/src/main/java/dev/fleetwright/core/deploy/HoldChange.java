package dev.fleetwright.core.deploy;

import dev.fleetwright.core.environment.Promotion;
import java.util.Optional;

/// What asking for a deploy means for the hold of its environment; pure.
///
/// Who goes back on purpose does not want to be overtaken by the rule that brings new releases:
/// elsewhere roll-back and automatic sync undo each other until somebody switches one off
/// (argoproj/argo-cd#9570).
public enum HoldChange {
  /// From now on nothing is deployed here by itself.
  SET,
  /// It is again, if it was not.
  LIFTED,
  /// As before.
  NONE;

  /// @param promotion of the environment
  /// @param newest the newest release that ever succeeded there
  public static HoldChange of(DeployRequest request, Promotion promotion, Optional<Long> newest) {
    if (!promotion.takesByItself()) {
      return NONE;
    }
    return switch (request.origin()) {
      // The engine's own way back keeps away what it took back already: no release is taken twice.
      case BRANCH, PROMOTION, ALARM -> NONE;
      case HAND, JOB, TRAIN ->
          switch (request.kind()) {
            case STOP -> NONE;
            case ROLLBACK -> request.origin() == Origin.TRAIN ? NONE : SET;
            case START -> {
              var release = request.release().orElseThrow();
              if (newest.filter(n -> release < n).isPresent()) {
                yield SET;
              }
              yield request.origin() != Origin.JOB && request.only().isEmpty() ? LIFTED : NONE;
            }
          };
    };
  }
}
