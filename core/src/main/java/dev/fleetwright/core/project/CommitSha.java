package dev.fleetwright.core.project;

import java.util.regex.Pattern;

/// The full name of a Git commit.
///
/// @param value 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits
public record CommitSha(String value) {

  private static final Pattern FORM = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

  public CommitSha {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not a full commit name: `" + value + "`");
    }
  }

  /// The first eight digits, as `CI_COMMIT_SHORT_SHA` has them.
  public String brief() {
    return value.substring(0, 8);
  }

  @Override
  public String toString() {
    return value;
  }
}
