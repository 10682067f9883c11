package dev.fleetwright.kubernetes.health;

import java.util.Optional;

/// Which kinds a rule is for: `apps/Deployment`, `*.crossplane.io/*`, `/Pod`. A star stands for any
/// text, also for none, and may stand at either end of the group and as the whole kind.
record KindPattern(String group, String kind) {

  static Optional<KindPattern> of(String text) {
    var slash = text.lastIndexOf('/');
    if (slash < 0 || slash == text.length() - 1) {
      return Optional.empty();
    }
    return Optional.of(new KindPattern(text.substring(0, slash), text.substring(slash + 1)));
  }

  /// Whether it names no kind.
  boolean isGroup() {
    return kind.equals("*");
  }

  boolean matches(Kind other) {
    return fits(group, other.group()) && fits(kind, other.name());
  }

  private static boolean fits(String pattern, String text) {
    if (pattern.equals("*")) {
      return true;
    }
    if (pattern.startsWith("*")) {
      return text.endsWith(pattern.substring(1));
    }
    return pattern.endsWith("*")
        ? text.startsWith(pattern.substring(0, pattern.length() - 1))
        : text.equals(pattern);
  }
}
