package dev.fleetwright.pipeline.project;

import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.Tier;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What `environments:` says of one environment, or of all whose names match a pattern.
///
/// @param pattern a name, or one with `*` in it, such as `review/*`
/// @param targets names, in the order in which they are deployed to
/// @param timeToLive not acted on yet
public record EnvironmentRule(
    String pattern,
    List<String> targets,
    Policy policy,
    Optional<String> url,
    Optional<Tier> tier,
    Optional<Duration> timeToLive) {

  public EnvironmentRule {
    targets = List.copyOf(targets);
  }

  public boolean isPattern() {
    return pattern.indexOf('*') >= 0;
  }

  /// `*` stands for any text, `/` included.
  public boolean matches(EnvironmentName name) {
    return matches(pattern, 0, name.value(), 0);
  }

  private static boolean matches(String pattern, int from, String name, int start) {
    var star = pattern.indexOf('*', from);
    if (star < 0) {
      return name.substring(start).equals(pattern.substring(from));
    }
    var literal = pattern.substring(from, star);
    if (!name.startsWith(literal, start)) {
      return false;
    }
    // The shortest text for each star is enough: a later one can only have more to choose from.
    var after = star + 1;
    var next = pattern.indexOf('*', after);
    if (next < 0) {
      var end = pattern.substring(after);
      return name.length() - end.length() >= start + literal.length() && name.endsWith(end);
    }
    var middle = pattern.substring(after, next);
    var found = name.indexOf(middle, start + literal.length());
    return found >= 0 && matches(pattern, next, name, found + middle.length());
  }

  /// How much a rule says of names: an exact one most, then the longest text before the first star.
  int precision() {
    return isPattern() ? pattern.indexOf('*') : Integer.MAX_VALUE;
  }
}
