package dev.fleetwright.core.environment;

import java.util.Locale;
import java.util.regex.Pattern;

/// What an environment is for; GitLab's deployment tiers.
public enum Tier {
  PRODUCTION,
  STAGING,
  TESTING,
  DEVELOPMENT,
  OTHER;

  private static final Pattern DEVELOPMENT_NAME = Pattern.compile("dev|review|trunk");
  private static final Pattern TESTING_NAME =
      Pattern.compile("test|tst|int|ac(ce|)pt|qa|qc|control|quality");
  private static final Pattern STAGING_NAME = Pattern.compile("st(a|)g|mod(e|)l|pre|demo|non");
  private static final Pattern PRODUCTION_NAME = Pattern.compile("pr(o|)d|live");

  /// The tier that GitLab guesses from a name when `deployment_tier` is not given: the first of
  /// development, testing, staging, production whose pattern occurs in the name, else other.
  public static Tier guess(String environmentName) {
    var name = environmentName.toLowerCase(Locale.ROOT);
    if (DEVELOPMENT_NAME.matcher(name).find()) {
      return DEVELOPMENT;
    } else if (TESTING_NAME.matcher(name).find()) {
      return TESTING;
    } else if (STAGING_NAME.matcher(name).find()) {
      return STAGING;
    } else if (PRODUCTION_NAME.matcher(name).find()) {
      return PRODUCTION;
    } else {
      return OTHER;
    }
  }

  /// As it is written in files and answers: `production`, `staging` …
  public String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }
}
