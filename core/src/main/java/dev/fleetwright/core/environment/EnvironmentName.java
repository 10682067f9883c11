package dev.fleetwright.core.environment;

import java.util.Optional;
import java.util.regex.Pattern;

/// The name of an environment, such as `production` or `review/fix-login`.
///
/// @param value at most 255 characters of the set that GitLab allows; no `/` at either end
public record EnvironmentName(String value) implements Comparable<EnvironmentName> {

  private static final Pattern FORM =
      Pattern.compile("[a-zA-Z0-9_${}. -]([a-zA-Z0-9_/${}. -]*[a-zA-Z0-9_${}. -])?");
  private static final int LONGEST = 255;

  public EnvironmentName {
    if (!valid(value)) {
      throw new IllegalArgumentException(
          "environment name `"
              + value
              + "` can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces,"
              + " but it cannot start or end with '/'");
    }
  }

  /// Whether a text can be an environment name.
  public static boolean valid(String value) {
    return value.length() <= LONGEST && FORM.matcher(value).matches();
  }

  /// The part before the first `/`, where there is one; GitLab groups environments by it.
  public Optional<String> folder() {
    var slash = value.indexOf('/');
    return slash < 0 ? Optional.empty() : Optional.of(value.substring(0, slash));
  }

  @Override
  public int compareTo(EnvironmentName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
