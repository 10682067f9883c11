package dev.fleetwright.core.deploy;

import java.util.Locale;

/// How a type is written in answers and records: `StepApplied` as `step_applied`.
final class Keyword {

  private static final ClassValue<String> OF =
      new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
          return type.getSimpleName()
              .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
              .toLowerCase(Locale.ROOT);
        }
      };

  private Keyword() {}

  static String of(Class<?> type) {
    return OF.get(type);
  }
}
