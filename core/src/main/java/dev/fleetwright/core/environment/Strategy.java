package dev.fleetwright.core.environment;

import dev.fleetwright.core.analysis.HttpProbe;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How a new release takes the place of the old one. A target that cannot do it refuses while the
/// deploy is planned. Going back takes the quickest way a target has, without stages: it is the
/// fix.
public sealed interface Strategy {

  /// As each target usually does it: batch by batch of what may be away at once.
  Strategy USUAL = new Rolling(Optional.empty(), Duration.ZERO);

  /// Everything, on all instances, in one step.
  record AllAtOnce() implements Strategy {}

  /// How long blue-green keeps the old one up when nothing is said.
  Duration USUAL_KEEP = Duration.ofMinutes(30);

  /// One batch of instances after the other.
  ///
  /// @param maxUnavailable how many instances may be away at once, a number or a share such as
  ///   `25%`; empty for what the target says
  /// @param pause how long each batch but the last is watched before the next one; zero for not at
  ///   all
  record Rolling(Optional<String> maxUnavailable, Duration pause) implements Strategy {
    public Rolling {
      if (pause.isNegative()) {
        throw new IllegalArgumentException("a pause cannot take " + pause);
      }
    }
  }

  /// A growing share of the instances or of the traffic, all targets together, and what is to be
  /// seen before it grows. All of it comes after the last stage.
  record Canary(List<Stage> stages) implements Strategy {
    public Canary {
      stages = List.copyOf(stages);
      var before = 0;
      for (var stage : stages) {
        if (stage instanceof Stage.Weight(var percent)) {
          if (percent <= before || percent > 100) {
            throw new IllegalArgumentException(
                "weights have to grow, up to 100%%; after %d%% comes %d%%"
                    .formatted(before, percent));
          }
          before = percent;
        } else if (before == 0) {
          throw new IllegalArgumentException("a canary begins with a weight");
        }
      }
      if (before == 0) {
        throw new IllegalArgumentException("a canary has at least one weight");
      }
    }
  }

  /// The new one comes up beside the old one and is looked at before callers are sent to it, all in
  /// one step. The old one stays up for a while, so that going back is such a step as well.
  ///
  /// @param before what is to be seen before the switch
  /// @param keep how long the old one stays up
  record BlueGreen(List<Stage> before, Duration keep) implements Strategy {
    public BlueGreen {
      before = List.copyOf(before);
      if (before.stream().anyMatch(stage -> stage instanceof Stage.Weight)) {
        throw new IllegalArgumentException("all callers switch in one step, without weights");
      }
      if (keep.isNegative()) {
        throw new IllegalArgumentException("nothing can be kept for " + keep);
      }
    }
  }

  /// One line of a canary.
  sealed interface Stage {
    /// Go on to this share.
    ///
    /// @param percent from 1 to 100
    record Weight(int percent) implements Stage {}

    /// What runs must stay healthy for so long, or until a person says go on.
    record Pause(Optional<Duration> length) implements Stage {}

    /// What runs must stay healthy, and must answer as expected.
    record Analyse(HttpProbe probe) implements Stage {}
  }
}
