package dev.fleetwright.core.environment;

import dev.fleetwright.core.artifact.Digest;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// A short form of an environment's name that is safe in host names, labels and paths.
///
/// Made once, when the environment is, and never again: a slug is data.
///
/// @param value at most 24 characters of `[a-z0-9-]`, the first a letter
public record EnvironmentSlug(String value) {

  private static final int LONGEST = 24;
  private static final int PREFIX = 17;
  private static final int SUFFIX = 6;

  /// The slug that GitLab gives to this name (`CI_ENVIRONMENT_SLUG`): lower case, other characters
  /// as `-`, `env-` before a first character that is no letter, runs of `-` as one; when that
  /// changed anything or is longer than 24, the first 17 and a suffix from the name's SHA-256 in
  /// base 36.
  public static EnvironmentSlug of(EnvironmentName name) {
    var lower = name.value().toLowerCase(Locale.ROOT);
    var slug = lower.replaceAll("[^a-z0-9]", "-");
    if (!slug.matches("[a-z].*")) {
      slug = "env-" + slug;
    }
    slug = slug.replaceAll("-+", "-");
    if (slug.length() <= LONGEST && slug.equals(name.value())) {
      return new EnvironmentSlug(slug.endsWith("-") ? slug.substring(0, slug.length() - 1) : slug);
    }
    var start = slug.substring(0, Math.min(PREFIX, slug.length()));
    return new EnvironmentSlug((start.endsWith("-") ? start : start + "-") + suffix(name));
  }

  private static String suffix(EnvironmentName name) {
    var hash = Digest.of(name.value().getBytes(StandardCharsets.UTF_8)).hex();
    var base36 = new BigInteger(hash, 16).toString(36);
    return base36.substring(base36.length() - SUFFIX);
  }

  @Override
  public String toString() {
    return value;
  }
}
